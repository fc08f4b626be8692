"""Asks the KCS statistics interface for one window at a time: politely, patiently, within limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_base, wait_exponential_jitter

from jobs.fetch.errors import (
    AnswerError,
    CutAnswerError,
    DailyLimitError,
    RefusedError,
    TransientError,
    UnavailableError,
)
from jobs.fetch.kcs_answer import MESSAGE_FIELDS, XmlAnswer, check_gateway, read_xml, statistics_rows
from jobs.fetch.kcs_source import KcsSource, Row, checked_row
from jobs.fetch.month_window import MonthWindow, format_month
from jobs.fetch.service_key import ServiceKey, silence_http_logs

log = logging.getLogger(__name__)

BASE_URL = "https://apis.data.go.kr/"
LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
LONGEST_CALL_S = 180.0
LONGEST_RETRY_AFTER_S = 300.0


class KcsClient:
    """Fetches statistics rows; every call waits its turn, and failed ones are repeated with growing pauses.

    Args:
        key: the portal's service key.
        base_url: where the interface lives; a slash at the end is optional.
        wait: pause between attempts; exponential with jitter, 1 s to 60 s, unless a test brings its own.
        attempts: calls made before a window is given up.
        min_interval_s: shortest time between two calls, failed ones included.
        timeout_s: longest silence of the server within one call.
        sleep, monotonic: the clock, for tests.
    """

    def __init__(
        self,
        key: ServiceKey,
        base_url: str = BASE_URL,
        *,
        wait: wait_base | None = None,
        attempts: int = 6,
        min_interval_s: float = 0.5,
        timeout_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        silence_http_logs()
        self.base_url = base_url.rstrip("/") + "/"
        self.calls = 0
        self._key, self._attempts = key, attempts
        self._wait = wait if wait is not None else wait_exponential_jitter(initial=1, max=60)
        self._min_interval_s, self._sleep, self._monotonic = min_interval_s, sleep, monotonic
        self._last_call_at: float | None = None
        self._http = httpx.Client(timeout=timeout_s, follow_redirects=False, headers={"Accept": "application/xml"})

    def __enter__(self) -> KcsClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def fetch_rows(self, source: KcsSource, hs: str, window: MonthWindow, country: str | None = None) -> list[Row]:
        """The rows of one code (and country) in one window of at most twelve months, checked, totals removed.

        Where the server sends fewer rows than it announces, the window is halved until all of them fit.

        Raises:
            FetchError: one of its kinds, each saying what to do.
        """
        try:
            rows = self._rows_with_retries(source, hs, window, country)
        except CutAnswerError as cut:
            if window.length == 1:
                raise AnswerError("answer_changed", detail=f"{cut} for {hs} in {window}") from None
            return [row for half in window.halves() for row in self.fetch_rows(source, hs, half, country)]
        return [checked_row(row, source, hs, window) for row in rows]

    def _rows_with_retries(self, source: KcsSource, hs: str, window: MonthWindow, country: str | None) -> list[Row]:
        params = {
            "serviceKey": self._key.decoded(),
            "strtYymm": format_month(window.first, ""),
            "endYymm": format_month(window.last, ""),
            "hsSgn": hs,
        }
        if country is not None:
            params["cntyCd"] = country
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(self._attempts),
            wait=self._pause,
            sleep=self._sleep,
            before_sleep=self._report_retry,
            reraise=True,
        )
        try:
            return retrying(self._ask, source, params)
        except TransientError as error:
            detail = self._key.redact(str(error))
            raise UnavailableError("unavailable", attempts=self._attempts, detail=detail) from None

    def _ask(self, source: KcsSource, params: dict[str, str]) -> list[Row]:
        """One call. Errors raised here carry no address, since the address carries the key."""
        self._wait_turn()
        try:
            status, retry_after_s, body = self._read(self.base_url + source.path, params)
        except httpx.TimeoutException as error:
            raise TransientError(f"no answer in time ({type(error).__name__})") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise RefusedError("request_refused", detail="the base URL is not a web address") from None
        except httpx.HTTPError as error:
            detail = self._key.redact(f"{type(error).__name__}: {error}")
            raise TransientError(f"connection failed ({detail[:120]})") from None
        if status != httpx.codes.OK:
            self._raise_for_status(status, retry_after_s, body)
        return statistics_rows(self._understood(body), source.total_marks)

    def _understood(self, body: bytes) -> XmlAnswer:
        """The answer, with the key taken out of sentences that echo the request."""
        answer = read_xml(body)
        said = {name: self._key.redact(answer.fields[name]) for name in MESSAGE_FIELDS if name in answer.fields}
        return XmlAnswer(answer.fields | said, answer.items)

    def _read(self, url: str, params: dict[str, str]) -> tuple[int, float, bytes]:
        """Status, the pause the server asks for, and the unpacked body, under a limit of size and of time."""
        self.calls += 1
        started = self._monotonic()
        body = bytearray()
        with self._http.stream("GET", url, params=params) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER_BYTES:
                    raise AnswerError("answer_changed", detail=f"more than {LARGEST_ANSWER_BYTES >> 20} MiB")
                if self._monotonic() - started > LONGEST_CALL_S:
                    raise TransientError(f"the answer took longer than {LONGEST_CALL_S:.0f} s")
            asked = response.headers.get("Retry-After", "")
            retry_after_s = min(float(asked), LONGEST_RETRY_AFTER_S) if asked.isdecimal() else 0.0
            return response.status_code, retry_after_s, bytes(body)

    def _raise_for_status(self, status: int, retry_after_s: float, body: bytes) -> None:
        """Raises the error of any status but 200: by the gateway's reason code where the body has one."""
        if b"returnReasonCode" in body:
            check_gateway(self._understood(body))
        if status == 429 and b"quota" in body.lower():
            raise DailyLimitError("daily_limit", detail="HTTP 429, quota exceeded")
        if status in {401, 403}:
            raise RefusedError("key_refused", detail=f"HTTP {status}")
        if status in {408, 425, 429} or status >= 500:
            raise TransientError(f"HTTP {status}", retry_after_s)
        raise RefusedError("request_refused", detail=f"HTTP {status}")

    def _wait_turn(self) -> None:
        if self._last_call_at is not None:
            pause = self._last_call_at + self._min_interval_s - self._monotonic()
            if pause > 0:
                self._sleep(pause)
        self._last_call_at = self._monotonic()

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(self._wait(state), getattr(error, "retry_after_s", 0.0))

    def _report_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        pause = state.next_action.sleep if state.next_action else 0.0
        log.warning(
            "attempt %d of %d failed: %s; next in %.1f s",
            state.attempt_number,
            self._attempts,
            self._key.redact(str(error)),
            pause,
        )
