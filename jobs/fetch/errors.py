"""What can go wrong while fetching: one code, one sentence `fetch.<code>` of schemas/messages that says what to do.

The reason codes of the public data portal (data.go.kr) are listed in its "OpenAPI error codes" guide. A
refused call usually arrives as HTTP 200 with the reason in the body, so the body decides, not the status.
"""

from __future__ import annotations

from jobs.contracts.messages import both


class FetchError(Exception):
    """A fetch that ended: `code` names the reason."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(both(f"fetch.{code}", **params))
        self.code = code


class DailyLimitError(FetchError):
    """No more calls today; everything fetched so far is kept."""


class UnavailableError(FetchError):
    """The server failed each of the allowed attempts."""


class RefusedError(FetchError):
    """The key or the request is wrong; repeating it cannot help."""


class AnswerError(FetchError):
    """The answer is readable but not what was agreed; guessing would put wrong figures into the lake."""


class TransientError(Exception):
    """One failed attempt that is worth repeating; `retry_after_s` is what the server asked for."""

    def __init__(self, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class CutAnswerError(Exception):
    """The server says it has more rows than it sent: ask for a shorter window."""
