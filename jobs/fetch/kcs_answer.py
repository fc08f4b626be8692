"""Reads one answer of the KCS statistics interface: XML from outside, so nothing in it is trusted.

Document types and entities are refused (no expansion, no outside files), depth and size are limited, and
every reason code is either named here or stops the fetch.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from jobs.fetch.errors import AnswerError, CutAnswerError, DailyLimitError, RefusedError, TransientError

DEEPEST = 12
OK, NO_DATA, DAILY_LIMIT = "00", "03", "22"
KEY_CODES = {"20", "21", "30", "31", "32", "33"}
REQUEST_CODES = {"10", "11", "12"}
TRANSIENT_CODES = {"01", "02", "04", "05", "23"}
OTHER = "99"
"""In the service's own header: a refused request (a window over 12 months); from the gateway: unknown."""

MESSAGE_FIELDS = ("returnAuthMsg", "errMsg", "resultMsg")
"""Free text of the server, which may echo the request."""


@dataclass(frozen=True)
class XmlAnswer:
    """The leaves of an answer: `fields` outside items, `items` one dictionary a row, all text."""

    fields: dict[str, str]
    items: list[dict[str, str]]


class _Reader:
    """Collects leaf texts while expat walks the document."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.items: list[dict[str, str]] = []
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text = []
        if len(self._path) > DEEPEST:
            raise AnswerError("answer_changed", detail="elements nested too deep")
        if name == "item":
            self.items.append({})

    def end(self, name: str) -> None:
        self._path.pop()
        text, self._text = "".join(self._text).strip(), []
        if name == "item":
            return
        (self.items[-1] if "item" in self._path else self.fields)[name] = text

    def refuse(self, *_arguments: object) -> NoReturn:
        raise AnswerError("answer_changed", detail="a document type or entity in the XML, which is refused")


def read_xml(body: bytes) -> XmlAnswer:
    """The leaves of an XML body.

    Raises:
        TransientError: not well-formed, as a gateway's HTML page or a body cut on the way is.
        AnswerError: a document type, an entity, or absurd nesting.
    """
    reader, parser = _Reader(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = lambda text: reader._text.append(text)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    parser.ExternalEntityRefHandler = reader.refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise TransientError(f"the answer is not XML: {expat.errors.messages[error.code]}") from None
    return XmlAnswer(reader.fields, reader.items)


def raise_for_reason(code: str, detail: str, *, from_gateway: bool) -> None:
    """Turns a reason code into the error that says what to do; returns for "ok" and "no data"."""
    if code in {OK, "0", "0000", NO_DATA}:
        return
    if code == DAILY_LIMIT:
        raise DailyLimitError("daily_limit", detail=detail)
    if code in KEY_CODES:
        raise RefusedError("key_refused", detail=detail)
    if code in TRANSIENT_CODES or (code == OTHER and from_gateway):
        raise TransientError(detail)
    if code in REQUEST_CODES or code == OTHER:
        raise RefusedError("request_refused", detail=detail)
    raise AnswerError("answer_changed", detail=f"unknown reason code: {detail}")


def check_gateway(answer: XmlAnswer) -> None:
    """Raises the error of a gateway answer (`OpenAPI_ServiceResponse`), whatever the HTTP status was."""
    code = answer.fields.get("returnReasonCode")
    if code is not None:
        said = answer.fields.get("returnAuthMsg") or answer.fields.get("errMsg", "")
        raise_for_reason(code.zfill(2), f"{code} {said[:120]}", from_gateway=True)


def statistics_rows(answer: XmlAnswer, total_marks: Collection[str]) -> list[dict[str, str]]:
    """The rows of an answer without those whose month is a total mark; an empty list where there was no trade.

    Raises:
        CutAnswerError: the answer says it holds more rows than arrived.
        AnswerError: neither a result code nor a reason code, or an unknown one.
        DailyLimitError, RefusedError, TransientError: by the reason code.
    """
    check_gateway(answer)
    code = answer.fields.get("resultCode", answer.fields.get("returnReasonCode"))
    if code is None:
        raise AnswerError("answer_changed", detail="no resultCode")
    said = answer.fields.get("resultMsg", "")
    raise_for_reason(code, f"{code} {said[:120]}", from_gateway=False)
    announced = answer.fields.get("totalCount", "")
    if re.fullmatch(r"\d+", announced) and int(announced) > len(answer.items):
        raise CutAnswerError(f"{len(answer.items)} of {announced} rows")
    return [row for row in answer.items if row.get("year") not in total_marks]
