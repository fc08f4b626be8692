"""The engine of a load: DuckDB, with a limit to its memory, a disk to spill to, and the relations a load reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Table
from jobs.ingest.silver.rules.exchange import weekly_rates
from jobs.settings import settings

ROWS_AT_ONCE = 100_000  # rows of an Arrow batch on its way to the lake


@contextmanager
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory for one load; what is over its limit lies on disk, and is gone at the end."""
    with TemporaryDirectory(prefix="customs-load-") as folder:
        config: dict[str, Any] = {"memory_limit": settings().load_memory, "temp_directory": folder}
        with duckdb.connect(config=config) as engine:
            engine.execute("set timezone = 'UTC'")
            engine.register("weekly_rates", weekly_rates())
            yield engine


def rows_of(engine: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """The rows of a short answer."""
    rows: list[dict[str, Any]] = engine.sql(sql).to_arrow_table().to_pylist()
    return rows


def reader_of(
    engine: duckdb.DuckDBPyConnection, sql: str, contract: Table, params: Mapping[str, Any] | None = None
) -> pa.RecordBatchReader:
    """An answer as Arrow batches of a table, in the contract's order and types, as they are read.

    A lineage column that the answer lacks is empty.
    """
    schema = arrow_schema(contract)
    answer = engine.sql(sql, params=dict(params or {})).to_arrow_reader(ROWS_AT_ONCE)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in answer:
            given = pa.table(batch)
            names = set(given.column_names)
            columns = [
                given[each.name].cast(each.type) if each.name in names else pa.nulls(len(given), each.type)
                for each in schema
            ]
            yield from pa.table(columns, schema=schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())
