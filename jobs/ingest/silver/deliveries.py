"""Which deliveries there are: what bronze holds and silver does not, what was let in, since when a source delivers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from jobs import contracts
from jobs.ingest.silver.engine import connection, rows_of
from jobs.ingest.silver.outcomes import STATES
from jobs.ingest.silver.rules.columns import literals
from jobs.ingest.silver.stopped import stopped_deliveries
from jobs.lake.delta import Lake

OF_A_FILE = ["delivery_id", "file_sha256", "source_file", "arrived_on", "ingested_at"]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in bronze and the number of its physical records."""

    source: str
    delivery_id: str
    file_sha256: str
    source_file: str
    arrived_on: date
    ingested_at: datetime
    records_in: int

    @property
    def identity(self) -> str:
        """The delivery's identity among those of all sources, which commits carry."""
        return f"{self.source}:{self.delivery_id}"


def pending_files(lake: Lake, ledger: Sequence[Mapping[str, Any]]) -> list[File]:
    """Files that bronze holds and the ledger does not, in the order of sources and names.

    Bronze is looked through only where it holds more records than were loaded, and the newest first.

    Args:
        lake: the lake.
        ledger: of each delivery its last row of ops.load.
    """
    files = []
    with connection() as engine:
        for contract in contracts.tables("bronze"):
            source = contract.name.split(".")[1]
            loaded = [row for row in ledger if row["source"] == source and row["records_in"]]
            lacking = lake.count(contract.name) - sum(row["records_in"] for row in loaded)
            if lacking:
                lake.show(engine, "stored", contract.name)
                files += [File(source=source, **row) for row in rows_not_loaded(engine, loaded, lacking)]
    return sorted(files, key=lambda file: (file.source, file.source_file, file.ingested_at))


def rows_not_loaded(
    engine: duckdb.DuckDBPyConnection, loaded: Sequence[Mapping[str, Any]], lacking: int
) -> list[dict[str, Any]]:
    """The files of `stored`, a bronze table, that are not among those loaded; they have `lacking` records."""
    of_file = f"select {', '.join(OF_A_FILE)}, count(*) as records_in from stored"
    done = literals(row["delivery_id"] for row in loaded)
    others = f"delivery_id not in ({done})" if loaded else "true"
    if loaded:
        newest = max(row["ingested_at"] for row in loaded)
        recent = f"ingested_at > timestamptz '{newest.isoformat()}'"
        rows = rows_of(engine, f"{of_file} where {recent} and {others} group by all")
        if sum(row["records_in"] for row in rows) == lacking:
            return rows
    return rows_of(engine, f"{of_file} where {others} group by all")


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """What is to be loaded, and what the sources delivered before.

    Attributes:
        pending: files of bronze that silver does not have.
        first: by source the first day of what it delivered before and was let in.
        now: when this load began.
    """

    pending: list[File]
    first: dict[str, date]
    now: datetime


def last_loads(lake: Lake) -> list[dict[str, Any]]:
    """Of each delivery the row of ops.load that was recorded last."""
    rows = sorted(lake.rows("ops.load").to_pylist(), key=lambda row: row["recorded_at"])
    return [*{(row["source"], row["delivery_id"]): row for row in rows}.values()]


def taken_back(lake: Lake) -> set[tuple[str, str]]:
    """Source and id of the deliveries that were taken back whole."""
    rows = lake.rows("ops.withdrawal").to_pylist()
    return {(row["source"], row["delivery_id"]) for row in rows if not row["record_id"]}


def is_let_in(lake: Lake) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a delivery counts: a record of it was let in, and it was neither set aside whole nor taken back whole."""
    out = stopped_deliveries(lake) | taken_back(lake)
    return lambda row: has_let_in(row) and (row["source"], row["delivery_id"]) not in out


def has_let_in(row: Mapping[str, Any]) -> bool:
    """Whether any record of a delivery was let in, by its row of ops.load.

    One whose records were all set aside says nothing of its source, not even that it has begun.
    """
    return bool(row["records_out"] + row["records_unchanged"])


def read_deliveries(lake: Lake) -> Deliveries:
    """What bronze holds and silver does not."""
    loads, counts = last_loads(lake), is_let_in(lake)
    first = first_days([row for row in loads if counts(row)], {})
    return Deliveries(pending=pending_files(lake, loads), first=first, now=datetime.now(UTC))


def first_days(deliveries: Iterable[Mapping[str, Any]], before: Mapping[str, date]) -> dict[str, date]:
    """By source the first day of a delivery, one of those given or one before."""
    first = dict(before)
    for row in deliveries:
        first[row["source"]] = min(first.get(row["source"], row["arrived_on"]), row["arrived_on"])
    return first


def set_identity(of: str, loads: Iterable[Mapping[str, Any]], withdrawals: int) -> str:
    """What commits carry that are made of a set of deliveries, so that they are made once.

    Args:
        of: what is made, and of which source.
        loads: rows of ops.load of the deliveries.
        withdrawals: how many rows ops.withdrawal has.
    """
    ordered = sorted(loads, key=lambda row: (row["arrived_on"], row["ingested_at"]))
    listed = ",".join(f"{row['delivery_id']}@{row['recorded_at']}" for row in ordered)
    return f"{of}:{hashlib.sha256(f'{listed}:{withdrawals}'.encode()).hexdigest()[:16]}"


def ledger(files: Sequence[File], counted: Sequence[dict[str, Any]], recorded_at: datetime) -> list[dict[str, Any]]:
    """Rows of ops.load: how the records of each file ended.

    Raises:
        AssertionError: the records of a file do not add up to those it brought.
    """
    ended = {(row["source"], row["delivery_id"]): row for row in counted}
    rows = []
    for file in files:
        of_file = ended[file.source, file.delivery_id]
        counts = {name: int(of_file[name]) for name in (f"records_{state}" for state in STATES)}
        if sum(counts.values()) != file.records_in or min(counts.values()) < 0:
            raise AssertionError(f"{file.source_file}: {file.records_in} records do not balance with {counts}")
        rows.append({**asdict(file), **counts, "recorded_at": recorded_at})
    return rows
