"""What follows from the deliveries of a source is stored as changes: the new rows, and the former ones taken back.

The commit carries the set of deliveries it is of, so that nothing is derived twice and a load that was killed is made
up for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from jobs.contracts.model import Table
from jobs.ingest.silver.engine import reader_of
from jobs.ingest.silver.vintages import changed_sql, lost_sql
from jobs.lake.delta import Lake

OF_A_DELIVERY = (
    pa.field("delivery_id", pa.string()),
    pa.field("arrived_on", pa.date32()),
    pa.field("ingested_at", pa.timestamp("us", tz="UTC")),
)


def show_deliveries(engine: duckdb.DuckDBPyConnection, deliveries: Sequence[Mapping[str, Any]], said: pa.Field) -> None:
    """Make the relation `deliveries`: of each its id, when it came, and what it says of itself."""
    schema = pa.schema([*OF_A_DELIVERY, said])
    rows = [{name: row[name] for name in schema.names} for row in deliveries]
    engine.register("deliveries", pa.Table.from_pylist(rows, schema=schema))


def append_changes(lake: Lake, engine: duckdb.DuckDBPyConnection, contract: Table, of_set: str) -> None:
    """Append to a table what differs between `before`, the rows that count now, and `derived`, those that follow.

    Args:
        lake: the lake.
        engine: has the two relations.
        contract: the table's.
        of_set: the set of deliveries that `derived` is of (`deliveries.set_identity`).
    """
    stated = "select * from derived"
    rows = f"({changed_sql(contract, stated)}) union all by name ({lost_sql(contract, stated)})"
    lake.append_rows(contract.name, reader_of(engine, rows, contract, {"now": datetime.now(UTC)}), transaction=of_set)
