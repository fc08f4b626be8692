"""The block reader: the same rows as the strict reader, whatever the lines and wherever a block ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.ingest.bronze import blocks
from jobs.ingest.bronze.records import Delivery, read_records

GSCPI = contracts.landing("gscpi")
HEADER = "date,value\n"
LINES = st.text(alphabet='a1,"\r \t\x00\u3000값', max_size=6)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few lines each."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 16)


def bronze(path: Path, content: bytes) -> list[dict[str, Any]]:
    path.write_bytes(content)
    delivery = Delivery(
        path=path,
        source_file=path.name,
        sha256="0" * 64,
        arrived_on=date(2024, 6, 20),
        is_arrival_stated=False,
        ingested_at=datetime(2024, 6, 20, tzinfo=UTC),
    )
    return [row for batch in blocks.record_batches(delivery, GSCPI) for row in batch.to_pylist()]


@pytest.mark.usefixtures("small_blocks")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(lines=st.lists(st.one_of(LINES, st.just("2024-01-01, 0.5"), st.just("a,b\r")), min_size=1))
def test_both_readers_give_the_same_rows(tmp_path: Path, lines: list[str]) -> None:
    text = HEADER + "".join(f"{line}\n" for line in lines)
    strict = {row["source_row"]: row for row in read_records(text, GSCPI, "a.csv")}
    rows = bronze(tmp_path / "a.csv", text.encode())
    names = ("date", "value", "reject_reason", "raw_record", "extra_columns")
    assert sorted(row["source_row"] for row in rows) == sorted(strict)
    for row in rows:
        assert {name: row[name] for name in names} == {name: strict[row["source_row"]].get(name) for name in names}


@pytest.mark.usefixtures("small_blocks")
def test_a_line_longer_than_a_block_is_read_whole(tmp_path: Path) -> None:
    rows = bronze(tmp_path / "a.csv", f"{HEADER}2024-01-01,{'9' * 100}\n2024-02-01,1\n".encode())
    assert [(row["source_row"], row["value"]) for row in rows] == [(1, "9" * 100), (2, "1")]


def test_a_line_in_another_encoding_is_rejected_by_itself(tmp_path: Path) -> None:
    content = HEADER.encode() + b"2024-01-01,1\n" + "2024-02-01,값\n".encode("euc-kr") + b"2024-03-01,3\n"
    rows = bronze(tmp_path / "a.csv", content)
    assert {row["source_row"]: row["reject_reason"] for row in rows} == {1: None, 2: "record_undecodable", 3: None}
    assert [row["raw_record"] for row in rows if row["reject_reason"]] == ["2024-02-01,\\xb0\\xaa"]


def test_plain_lines_do_not_pass_the_strict_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(blocks, "read_records", lambda text, *_: seen.append(text) or read_records(text, *_))
    assert len(bronze(tmp_path / "a.csv", f'{HEADER}2024-01-01,1\n"2024-02-01",2\n2024-03-01,3\n'.encode())) == 3
    assert seen == [f'{HEADER}"2024-02-01",2\n']
