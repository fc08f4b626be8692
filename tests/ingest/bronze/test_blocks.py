"""The block reader: the same rows as the strict reader, whatever the lines and wherever a block ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import PropertyMock, patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.ingest.bronze import batches, blocks
from jobs.ingest.bronze.blocks import Reading
from jobs.ingest.bronze.records import read_record
from tests.builders.deliveries import HEADER, bronze_rows

LINES = st.text(alphabet='a1,"\r \t\x00\u3000값', max_size=6)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few lines each."""
    monkeypatch.setattr(batches, "BLOCK_BYTES", 16)


@pytest.mark.usefixtures("small_blocks")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            LINES, st.just("2024-01-01, 0.5"), st.just("a,b\r"), st.just("date,value"), st.just('"a'), st.just('b",1')
        ),
        min_size=1,
    )
)
def test_both_readers_give_the_same_rows(tmp_path: Path, lines: list[str]) -> None:
    content = (HEADER + "".join(f"{line}\n" for line in lines)).encode()
    rows = bronze_rows(tmp_path / "a.csv", content)
    with (
        patch.object(batches, "BLOCK_BYTES", 1 << 20),
        patch.object(Reading, "is_always_strict", PropertyMock(return_value=True)),
    ):
        assert rows == bronze_rows(tmp_path / "a.csv", content)


@pytest.mark.usefixtures("small_blocks")
def test_a_line_longer_than_a_block_is_read_whole(tmp_path: Path) -> None:
    rows = bronze_rows(tmp_path / "a.csv", f"{HEADER}2024-01-01,{'9' * 100}\n2024-02-01,1\n".encode())
    assert [(row["source_row"], row["value"]) for row in rows] == [(1, "9" * 100), (2, "1")]


def test_a_line_in_another_encoding_is_rejected_by_itself(tmp_path: Path) -> None:
    content = HEADER.encode() + b"2024-01-01,1\n" + "2024-02-01,값\n".encode("euc-kr") + b"2024-03-01,3\n"
    rows = bronze_rows(tmp_path / "a.csv", content)
    assert {row["source_row"]: row["reject_reason"] for row in rows} == {1: None, 2: "record_undecodable", 3: None}
    assert [row["raw_record"] for row in rows if row["reject_reason"]] == ["2024-02-01,\\xb0\\xaa"]


def test_plain_lines_do_not_pass_the_strict_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def read(layout: Any, lines: Sequence[str]) -> dict[str, object]:
        seen.extend(lines)
        return read_record(layout, lines)

    monkeypatch.setattr(blocks, "read_record", read)
    assert len(bronze_rows(tmp_path / "a.csv", f'{HEADER}2024-01-01,1\n"2024-02-01",2\n2024-03-01,3\n'.encode())) == 3
    assert seen == ['"2024-02-01",2\n']
