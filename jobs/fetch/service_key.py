"""The service key of data.go.kr: read from the environment or a file, sent encoded once, never shown."""

from __future__ import annotations

import logging
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

from jobs.contracts.messages import both
from jobs.fetch.errors import RefusedError

log = logging.getLogger(__name__)

KEY_VARIABLE = "CUSTOMS_KCS_KEY"
KEY_FILE_VARIABLE = "CUSTOMS_KCS_KEY_FILE"
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


class ServiceKey:
    """A key that does not print itself.

    The portal hands out each key twice, "encoding" (percent-escaped) and "decoding" (base64 or hex, in which
    `%` never occurs). Either is accepted; inside it is always the decoded one, so that it is escaped once.
    """

    __slots__ = ("_decoded",)

    def __init__(self, text: str) -> None:
        stripped = text.strip().removeprefix("\ufeff").strip()
        if not stripped:
            raise RefusedError("key_missing")
        decoded = unquote(stripped) if _ESCAPE.search(stripped) else stripped
        if any(ch.isspace() or not ch.isprintable() for ch in decoded):
            raise RefusedError("key_malformed")
        self._decoded = decoded

    def decoded(self) -> str:
        """The key as the query parameter's value, before the HTTP client escapes it."""
        return self._decoded

    def redact(self, text: str) -> str:
        """`text` with every spelling of the key replaced, for error messages that echo the request."""
        escaped = {quote(self._decoded), quote(self._decoded, safe=""), quote_plus(self._decoded)}
        for spelling in {self._decoded} | escaped | {_ESCAPE.sub(lambda m: m[0].lower(), e) for e in escaped}:
            text = text.replace(spelling, "***")
        return text

    def __repr__(self) -> str:
        return "ServiceKey(***)"

    __str__ = __repr__


def load_service_key(environment: Mapping[str, str]) -> ServiceKey:
    """The key of `CUSTOMS_KCS_KEY`, else of the file `CUSTOMS_KCS_KEY_FILE` names.

    Raises:
        RefusedError: there is no key, or its file cannot be read.
    """
    if environment.get(KEY_VARIABLE, "").strip():
        return ServiceKey(environment[KEY_VARIABLE])
    if not environment.get(KEY_FILE_VARIABLE, "").strip():
        raise RefusedError("key_missing")
    path = Path(environment[KEY_FILE_VARIABLE]).expanduser()
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise RefusedError("key_unreadable", path=path, reason=reason) from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        log.warning("%s", both("fetch.key_shared", path=path))
    return ServiceKey(text)


class RedactServiceKey(logging.Filter):
    """Keeps the key out of the HTTP client's own log lines, which print the whole address."""

    _PARAMETER = re.compile(r"(serviceKey=)[^&\s\"']*", re.IGNORECASE)

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "servicekey=" in message.lower():
            record.msg, record.args = self._PARAMETER.sub(r"\1***", message), ()
        return True


def silence_http_logs() -> None:
    """Installs the redaction once on the HTTP client's loggers, and asks of them warnings only by default."""
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        logger = logging.getLogger(name)
        if not any(isinstance(present, RedactServiceKey) for present in logger.filters):
            logger.addFilter(RedactServiceKey())
    if logging.getLogger("httpx").level == logging.NOTSET:
        logging.getLogger("httpx").setLevel(logging.WARNING)
