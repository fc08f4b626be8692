"""Data files that several writers make and one commit adds: every reader sees the same rows, and none before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.data_files import DataFiles, pieces, read_piece
from jobs.lake.delta import Lake

NAME = "silver.inspection_result"
MONTHS = [date(2024, 1, 1), None, date(2023, 12, 1)]


def rows(*numbers: int) -> pa.Table:
    """Rows whose months go round, one of them unknown; all else is empty but for the number and an instant."""
    made: list[dict[str, Any]] = [
        {"declaration_id": f"d{n}", "period_month": MONTHS[n % 3], "known_at": datetime(2024, 1, 2, tzinfo=UTC)}
        for n in numbers
    ]
    return pa.Table.from_pylist(made, arrow_schema(contracts.table(NAME)))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(None, str(tmp_path / "lake"), "run")
    lake.ensure(NAME)
    return lake


def written(lake: Lake, *lots: pa.Table) -> list[dict[str, Any]]:
    """Files of one writer that was given some lots."""
    files = DataFiles(contracts.table(NAME), lake.path(NAME))
    for lot in lots:
        files.write(lot)
    return list(files.close().to_pylist())


def test_rows_are_seen_by_every_reader_once_committed(lake: Lake) -> None:
    of_two = written(lake, rows(0, 1, 2, 3), rows(4)) + written(lake, rows(5, 6))
    assert lake.count(NAME) == 0
    lake.commit_files(NAME, of_two, transaction=["a:1", "a:2"])
    assert lake.holds(NAME, "a:1", "a:2", "a:3") == {"a:1", "a:2"}
    expected = sorted((f"d{n}", MONTHS[n % 3]) for n in range(7))
    columns = ["declaration_id", "period_month"]
    assert sorted(tuple(row.values()) for row in lake.rows(NAME, columns).to_pylist()) == expected
    with duckdb.connect() as engine:
        lake.show(engine, "shown", NAME)
        assert sorted(engine.sql("select declaration_id, period_month from shown").fetchall()) == expected
        assert engine.sql("from shown").columns == contracts.table(NAME).column_names


def test_pieces_are_all_rows(lake: Lake) -> None:
    lake.commit_files(NAME, written(lake, rows(*range(9))), transaction=["a:1"])
    read = [read_piece(piece, ["declaration_id", "period_month"]).to_pylist() for piece in pieces(lake.dataset(NAME))]
    assert sorted((row["declaration_id"], row["period_month"]) for each in read for row in each) == sorted(
        (f"d{n}", MONTHS[n % 3]) for n in range(9)
    )
    assert not pieces(Lake(None, f"{lake.root}-none", "run").dataset(NAME))
