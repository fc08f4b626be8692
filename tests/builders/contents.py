"""What tables of a lake hold, apart from when and by which run it was written."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import contracts
from jobs.lake.delta import Lake

LINEAGE = {"ingested_at", "recorded_at", "run_id"}


def contents(lake: Lake, tables: Sequence[str]) -> dict[str, list[str]]:
    """All rows of tables without lineage, in one order."""
    result = {}
    for name in tables:
        kept = [column for column in contracts.table(name).column_names if column not in LINEAGE]
        result[name] = sorted(map(repr, lake.rows(name, kept).to_pylist()))
    return result
