"""The record reader: every physical record is read or rejected with a reason, whatever the bytes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts import ContractError
from jobs.contracts.model import Landing
from jobs.ingest.bronze.blocks import record_batches
from jobs.ingest.bronze.records import LONGEST_RECORD, Delivery, read_records

GSCPI = contracts.landing("gscpi")
HEADER = "date,value\n"


def reasons(text: str) -> list[object]:
    """Why each record was rejected; None for one that was read."""
    return [record.get("reject_reason") for record in read_records(HEADER + text, GSCPI, "gscpi.csv")]


def delivery(path: Path) -> Delivery:
    """The delivery of a file."""
    return Delivery(
        path=path,
        source_file=path.name,
        sha256="0" * 64,
        arrived_on=date(2024, 6, 20),
        is_arrival_stated=False,
        ingested_at=datetime(2024, 6, 20, tzinfo=UTC),
    )


def delivered(path: Path, content: bytes, source: Landing = GSCPI) -> list[dict[str, object]]:
    """Bronze rows of a file with this content."""
    path.write_bytes(content)
    return [row for batch in record_batches(delivery(path), source) for row in batch.to_pylist()]


def test_a_record_is_read_as_text_and_numbered_after_the_header() -> None:
    first, second = read_records(HEADER + "2024-01-01, 0.5 \n2024-02-01,\n", GSCPI, "gscpi.csv")
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
def test_a_damaged_line_is_rejected_with_its_reason(text: str, reason: str) -> None:
    assert reasons(text) == [reason]


def test_a_damaged_line_harms_itself_alone() -> None:
    assert reasons('2024-01-01,0.5\n"2024-02-01,0\n2024-03-01,0.7\n') == [None, "record_open_quote", None]


def test_a_last_line_without_end_is_a_record_where_the_publisher_may_leave_it_open() -> None:
    header, line = "year_month,price,source\n", "2026-05,7.0,FRED"
    may = contracts.landing("coffee_price").model_copy(update={"columns": ["year_month", "price", "source"]})
    must = may.model_copy(update={"ends_every_line": True})
    rejected = [
        [record.get("reject_reason") for record in read_records(header + f"{line}\n{cut}", contract, "a.csv")]
        for contract, cut in ((may, line), (may, "2026-05,7."), (must, line))
    ]
    assert rejected == [[None, None], [None, "record_wrong_fields"], [None, "record_unterminated"]]


def test_a_file_cut_inside_a_character_keeps_its_other_records(tmp_path: Path) -> None:
    content = "date,value\n2024-01-01,1\n2024-02-01,값".encode()[:-1]
    rows = delivered(tmp_path / "a.csv", content, GSCPI.model_copy(update={"ends_every_line": False}))
    assert [row["reject_reason"] for row in rows] == [None, "record_unterminated"]


def test_blank_lines_are_no_records_and_windows_line_ends_are_ends() -> None:
    assert reasons("2024-01-01,0.5\r\n\r\n2024-02-01,0.6\r\n") == [None, None]


def test_a_quoted_value_longer_than_the_csv_module_allows_is_read() -> None:
    assert reasons(f'"{"9" * 200_000}",0.5\n') == [None]


def test_a_lone_carriage_return_in_a_quoted_line_is_no_crash() -> None:
    assert reasons('"2024-01-01"\r,"0.5"\n') == ["record_wrong_fields"]


def test_extra_columns_are_kept_beside_the_contract() -> None:
    (record,) = read_records("date,value,memo\n2024-01-01,0.5,new\n", GSCPI, "gscpi.csv")
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
    rows = delivered(tmp_path / "gscpi.csv", content)
    assert [(row["source_row"], row["reject_reason"]) for row in rows] == [(0, reason)]


def test_a_missing_column_names_file_column_and_remedy() -> None:
    with pytest.raises(ContractError, match=r"gscpi\.csv.*Columns missing: value;.*Ask .*corrected file"):
        list(read_records("date\n2024-01-01\n", GSCPI, "gscpi.csv"))


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
    """Lines after the first that are not blank; one where the file is blank, or its header or most of its lines no
    UTF-8.
    """

    def is_blank(line: bytes) -> bool:
        return is_readable(line) and not line.decode("utf-8-sig", "replace").strip()

    header, *rest = re.findall(rb"[^\n]*\n|[^\n]+$", content) or [b""]
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
        rows = delivered(tmp_path / "any.csv", content)
    except ContractError:
        assert not has_header
        return
    assert len(rows) == physical_records(content)
    assert len({row["source_row"] for row in rows}) == len(rows)
    assert all((row["reject_reason"] is None) == (row["raw_record"] is None) for row in rows if row["source_row"])
