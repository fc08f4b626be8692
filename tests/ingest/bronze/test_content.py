"""What people deliver in place of CSV text is recognised, and each is refused with what was found."""

from __future__ import annotations

import gzip
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts.messages import LANGUAGES, say
from jobs.ingest.bronze.content import Unusable, check_content, first_line, open_content
from jobs.ingest.bronze.journal import reason_of

TRADE = contracts.landing("kcs_trade_country")
HEADER = ",".join(TRADE.columns)
LINE = "2024.01,CN,중국,흑연,380110,1,2,0,0,-2"
TEXT = f"{HEADER}\n{LINE}\n{LINE}\n"


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/"), body)
    return content.getvalue()


REFUSED = {
    "web_page": [b"<!DOCTYPE html><html><body>503</body></html>", b"\n  <HTML>", "\ufeff<html>".encode()],
    "workbook": [zipped(xl__workbook=b"x", xl__styles=b"y"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600],
    "document": [b"%PDF-1.7", b'<?xml version="1.0"?><response/>', b'{"error": 1}', b"[1, 2]"],
    "encoding": [
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp949"),
        TEXT.replace("중", "똠").encode("cp949"),
    ],
    "separator": [TEXT.replace(",", ";").encode(), TEXT.replace(",", "\t").encode(), TEXT.replace(",", "|").encode()],
    "line_ends": [TEXT.replace("\n", "\r").encode()],
    "header": [
        TEXT.replace("impWgt", "weight").encode(),
        TEXT.replace("expWgt", "impWgt").encode(),
        b"no header at all\n",
    ],
    "damaged_archive": [gzip.compress(TEXT.encode() * 99)[:-20], zipped(a=TEXT.encode())[:-30], b"\x1f\x8b nothing"],
    "archive_of_several": [zipped(a=b"1", b=b"2"), zipped()],
}


@pytest.mark.parametrize(("code", "content"), [(code, each) for code, kinds in REFUSED.items() for each in kinds])
def test_what_is_no_delivery_is_said(tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Unusable) as refused:
        check_content(path, TRADE)
    problem = refused.value.problem
    assert problem.code == code
    row = {
        "source": TRADE.source,
        "source_file": "a.csv",
        "reason_code": code,
        "reason_params": [*problem.params.items()],
    }
    for lang in LANGUAGES:
        sentence, params = reason_of(row)
        assert say(sentence, lang, params).startswith("a.csv")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        f"\n\r\n{TEXT}".encode(),
        TEXT.replace("\n", "\r\n").encode(),
        gzip.compress(TEXT.encode()),
        zipped(a=TEXT.encode()),
    ],
)
def test_what_is_a_delivery_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert check_content(path, TRADE) == ()
    with open_content(path) as opened:
        assert first_line(opened).decode("utf-8-sig").strip() == HEADER
        assert opened.read().decode().replace("\r\n", "\n") == f"{LINE}\n{LINE}\n"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=99).map(lambda body: TEXT.encode() + body),
        st.integers(0, 400).flatmap(lambda at: st.binary(min_size=1, max_size=3).map(lambda b: TEXT.encode()[:at] + b)),
        st.binary(max_size=99).map(lambda body: gzip.compress(TEXT.encode())[:40] + body),
        st.binary(max_size=99).map(lambda body: zipped(a=TEXT.encode())[:60] + body),
    )
)
def test_any_bytes_are_read_or_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with suppress(Unusable):
        check_content(path, TRADE)
