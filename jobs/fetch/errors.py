"""What can go wrong while fetching: one code, one sentence in English and Korean saying what to do.

The reason codes of the public data portal (data.go.kr) are listed in its "OpenAPI error codes" guide; a
refused call usually arrives as HTTP 200 with the reason in the body, so the body decides, not the status.
"""

from __future__ import annotations

RESUME_EN = "Run the same command again: it continues where it stopped."
RESUME_KO = "같은 명령을 다시 실행하면 멈춘 곳부터 이어서 받습니다."

SENTENCES: dict[str, tuple[str, str]] = {
    "key_missing": (
        "No service key. Put it into CUSTOMS_KCS_KEY, or into a file only you can read and name that in "
        "CUSTOMS_KCS_KEY_FILE. Keys come from data.go.kr (datasets 15100475 and 15101609).",
        "인증키가 없습니다. CUSTOMS_KCS_KEY에 넣거나 본인만 읽을 수 있는 파일에 두고 그 경로를 "
        "CUSTOMS_KCS_KEY_FILE에 지정하세요. 인증키는 data.go.kr(데이터 15100475, 15101609)에서 받습니다.",
    ),
    "key_unreadable": (
        "The key file {path} cannot be read ({reason}). Check CUSTOMS_KCS_KEY_FILE.",
        "인증키 파일 {path}을(를) 읽을 수 없습니다({reason}). CUSTOMS_KCS_KEY_FILE을 확인하세요.",
    ),
    "key_malformed": (
        "The service key holds spaces or control characters: copy it again from data.go.kr, on one line.",
        "인증키에 공백이나 제어 문자가 있습니다. data.go.kr에서 한 줄로 다시 복사하세요.",
    ),
    "key_refused": (
        "The portal refused the service key ({detail}). Check on data.go.kr that the key is right, not "
        "expired, and approved for this dataset; a new approval can take an hour.",
        "포털이 인증키를 거절했습니다({detail}). data.go.kr에서 키, 유효기간, 이 데이터의 활용신청 승인 "
        "여부를 확인하세요. 새 승인은 한 시간쯤 걸릴 수 있습니다.",
    ),
    "daily_limit": (
        "The portal's daily limit of calls is used up ({detail}). It is reset at midnight, Korean time. " + RESUME_EN,
        "일일 호출 한도를 모두 썼습니다({detail}). 한국 시각 자정에 초기화됩니다. " + RESUME_KO,
    ),
    "request_refused": (
        "The portal refused the request ({detail}). Check the HS code, the country, the months and --base-url.",
        "포털이 요청을 거절했습니다({detail}). HS 코드, 국가, 기간과 --base-url을 확인하세요.",
    ),
    "unavailable": (
        "The statistics server did not answer properly after {attempts} attempts ({detail}). " + RESUME_EN,
        "통계 서버가 {attempts}번 시도해도 정상으로 응답하지 않았습니다({detail}). " + RESUME_KO,
    ),
    "answer_changed": (
        "The answer does not have the agreed shape ({detail}). Nothing of it was kept. The interface may "
        "have changed: compare with the dataset's guide on data.go.kr, or report this line.",
        "응답이 약속된 형식이 아닙니다({detail}). 아무것도 저장하지 않았습니다. 인터페이스가 바뀌었을 수 "
        "있으니 data.go.kr의 활용가이드와 비교하거나 이 줄을 알려 주세요.",
    ),
    "bad_argument": ("{detail_en}", "{detail_ko}"),
    "landing_unwritable": (
        "The landing folder cannot be written ({reason}). Choose another with --landing.",
        "입수 폴더에 쓸 수 없습니다({reason}). --landing으로 다른 폴더를 지정하세요.",
    ),
}


class FetchError(Exception):
    """A fetch that ended: `code` names the reason, `exit_code` what the command line returns.

    Exit codes: 1 not finished, run again to resume; 2 something of the user's to correct (key, arguments);
    3 the answer breaks the agreed shape.
    """

    exit_code = 1

    def __init__(self, code: str, **params: object) -> None:
        english, korean = SENTENCES[code]
        super().__init__(f"{english.format(**params)} / {korean.format(**params)}")
        self.code = code


class DailyLimitError(FetchError):
    """No more calls today; everything fetched so far is kept."""


class UnavailableError(FetchError):
    """The server failed each of the allowed attempts."""


class RefusedError(FetchError):
    """The key or the request is wrong; repeating it cannot help."""

    exit_code = 2


class AnswerError(FetchError):
    """The answer is readable but not what was agreed; guessing would put wrong figures into the lake."""

    exit_code = 3


class TransientError(Exception):
    """One failed attempt that is worth repeating; `retry_after_s` is what the server asked for."""

    def __init__(self, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class CutAnswerError(Exception):
    """The server says it has more rows than it sent: ask for a shorter window."""
