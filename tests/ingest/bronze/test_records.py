"""The record reader: every physical record is read or rejected with a reason, whatever the bytes."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts.model import Landing
from jobs.ingest.bronze.content import Unusable
from jobs.ingest.bronze.lines import LONGEST_RECORD, MOST_LINES
from tests.builders.deliveries import GSCPI, HEADER, bronze_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gscpi.csv"


def read(path: Path, text: str, source: Landing = GSCPI) -> list[dict[str, Any]]:
    return bronze_rows(path, text.encode(), source)


def reasons(path: Path, text: str) -> list[object]:
    """Why each record was rejected; None for one that was read."""
    return [record["reject_reason"] for record in read(path, HEADER + text)]


def test_a_record_is_read_as_text_and_numbered_after_the_header(path: Path) -> None:
    first, second = read(path, HEADER + "2024-01-01, 0.5 \n2024-02-01,\n")
    assert (first["source_row"], first["date"], first["value"]) == (1, "2024-01-01", "0.5")
    assert (second["source_row"], second["value"]) == (2, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-01-01\n", "record_wrong_fields"),
        ("2024-01-01,0.5,1\n", "record_wrong_fields"),
        ('"2024-01-01,0.5\n', "record_open_quote"),
        (f"2024-01-01,{'9' * LONGEST_RECORD}\n", "record_too_long"),
        ("2024-01-01,0.5", "record_unterminated"),
    ],
)
def test_a_damaged_line_is_rejected_with_its_reason(path: Path, text: str, reason: str) -> None:
    assert reasons(path, text) == [reason]


def test_a_damaged_line_harms_itself_alone(path: Path) -> None:
    assert reasons(path, '2024-01-01,0.5\n"2024-02-01,0\n2024-03-01,0.7\n') == [None, "record_open_quote", None]


def test_a_last_line_without_end_is_a_record_where_the_publisher_may_leave_it_open(path: Path) -> None:
    may = contracts.landing("coffee_price")
    header, line = ",".join(may.columns) + "\n", "2026-05,1,2,3,7.0,FRED"
    must = may.model_copy(update={"ends_every_line": True})
    rejected = [
        [record["reject_reason"] for record in read(path, header + f"{line}\n{cut}", contract)]
        for contract, cut in ((may, line), (may, "2026-05,1,2,3,7."), (must, line))
    ]
    assert rejected == [[None, None], [None, "record_wrong_fields"], [None, "record_unterminated"]]


def test_a_file_cut_inside_a_character_keeps_its_other_records(tmp_path: Path) -> None:
    content = "date,value\n2024-01-01,1\n2024-02-01,값".encode()[:-1]
    rows = bronze_rows(tmp_path / "a.csv", content, GSCPI.model_copy(update={"ends_every_line": False}))
    assert [row["reject_reason"] for row in rows] == [None, "record_unterminated"]


def test_blank_lines_are_no_records_and_windows_line_ends_are_ends(path: Path) -> None:
    assert reasons(path, "2024-01-01,0.5\r\n\r\n2024-02-01,0.6\r\n") == [None, None]


def test_a_quoted_value_longer_than_the_csv_module_allows_is_read(path: Path) -> None:
    assert reasons(path, f'"{"9" * 200_000}",0.5\n') == [None]


def test_a_lone_carriage_return_in_a_quoted_line_is_no_crash(path: Path) -> None:
    assert reasons(path, '"2024-01-01"\r,"0.5"\n') == ["record_wrong_fields"]


def test_extra_columns_are_kept_beside_the_contract(path: Path) -> None:
    (record,) = read(path, "date,value,memo\n2024-01-01,0.5,new\n")
    assert record["extra_columns"] == [("memo", "new")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"\n \n", "file_empty"),
        ("date,value\n2024-01-01,값\n".encode("euc-kr"), "file_undecodable"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_rejected_record(tmp_path: Path, content: bytes, reason: str) -> None:
    rows = bronze_rows(tmp_path / "gscpi.csv", content)
    assert [(row["source_row"], row["reject_reason"]) for row in rows] == [(0, reason)]


def test_a_missing_column_makes_a_file_unusable(path: Path) -> None:
    with pytest.raises(Unusable) as refused:
        read(path, "date\n2024-01-01\n")
    assert (refused.value.problem.code, refused.value.problem.params["missing"]) == ("header", "value")


TOO_LONG = '"a\n' + "b\n" * MOST_LINES + '",1\n'
CELLS = st.lists(st.text(alphabet='a1", \t값', max_size=6), min_size=1, max_size=MOST_LINES // 4)
ENDS = st.sampled_from(["\n", "\r\n"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(cells=st.lists(st.tuples(CELLS, st.sampled_from([b"", b"x"])), min_size=1, max_size=4), end=ENDS)
def test_a_cell_with_line_breaks_is_one_record_however_it_is_typed(
    path: Path, cells: list[tuple[list[str], bytes]], end: str
) -> None:
    """A line inside a cell that reads as a record would end it; such are not typed here."""
    wanted, text = [], HEADER
    for lines, _ in cells:
        typed = ["; ".join(line.split(",")) for line in lines]
        wanted.append("\n".join(typed).strip())
        quoted = end.join(line.replace('"', '""') for line in typed)
        text += f'"{quoted}",0.5{end}2024-01-01,1{end}'
    rows = read(path, text)
    assert [row["date"] for row in rows] == [each for cell in wanted for each in (cell, "2024-01-01")]
    assert [row["source_row"] for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"2024-01-01,1\n2024-02-01,2\n', ["record_open_quote", None]),  # runs into a plain record
        ('"2024-01-01,1\n"2024-02-01,2\n', ["record_open_quote"] * 2),  # the next slip does not close it
        ('"2024-01-01\n",1,2\n', ["record_open_quote"] * 2),  # too many fields
        (
            '"a\n' + "b\n" * MOST_LINES + '",1\n',
            ["record_open_quote", *["record_wrong_fields"] * MOST_LINES, "record_open_quote"],
        ),
        ('"a\nb",1\n"2024-02-01,2', [None, "record_open_quote"]),
        ('"a\n\n\nb",1\n\n2024-02-01,2\n', [None, None]),
    ],
)
def test_an_open_quotation_mark_swallows_no_other_record(path: Path, text: str, expected: list[str | None]) -> None:
    assert reasons(path, text) == expected


def is_readable(line: bytes) -> bool:
    """Whether a line states a text; a character that lacks its last bytes at the end of the file does not hinder
    that.
    """
    try:
        line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def physical_records(content: bytes) -> int:
    """Lines after the first that is not blank, blank ones apart; one where the file is blank, or its header or most of
    its lines no UTF-8.
    """

    def is_blank(line: bytes) -> bool:
        return is_readable(line) and not line.decode("utf-8-sig", "replace").strip()

    every = re.findall(rb"[^\n]*\n|[^\n]+$", content)
    header, *rest = [*dropwhile(lambda line: not line.removeprefix(BOM_UTF8).strip(), every)] or [b""]
    lines = [line for line in rest if not is_blank(line)]
    is_whole_file_lost = not is_readable(header) or 2 * sum(not is_readable(line) for line in lines) > len(lines)
    return 1 if is_whole_file_lost or (is_blank(header) and not lines) else len(lines)


LINES = st.lists(
    st.sampled_from(
        [b"2024-01-01,1", b'"', b",", b"\r", b"\xff", b"\x00", b" ", b'"a","b"', b"\xea\xb0\x92,1", b"1,\xea\xb0"]
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(body=st.one_of(LINES.map(b"\n".join), st.binary(max_size=200)), has_header=st.booleans())
def test_any_bytes_balance_or_break_the_contract(tmp_path: Path, body: bytes, has_header: bool) -> None:
    content = (b"date,value\n" if has_header else b"") + body
    try:
        rows = bronze_rows(tmp_path / "any.csv", content)
    except Unusable:
        assert not has_header
        return
    assert len(rows) == physical_records(content)
    assert len({row["source_row"] for row in rows}) == len(rows)
    assert all((row["reject_reason"] is None) == (row["raw_record"] is None) for row in rows if row["source_row"])
