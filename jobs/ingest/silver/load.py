"""Takes new bronze records into silver: typed, flagged, dated, and every physical record accounted for.

The rules are SQL (`statement`, `vintages`, `outcomes`) that DuckDB runs in the driver, table by table; no Spark is
started. Order of commits: rejected, quarantine, silver, and the ledger `ops.load` last. Each commit carries the
deliveries it is of, so that a load that is killed between two of them is done again without writing anything twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.assess import date_rows, flag_repeated, refuse, split_sound
from jobs.ingest.silver.columns import literals
from jobs.ingest.silver.engine import connection, reader_of, rows_of
from jobs.ingest.silver.outcomes import STATES, counts_sql, quarantined_sql, rejected_sql
from jobs.ingest.silver.statement import typed_sql
from jobs.ingest.silver.unsound import is_unsound, note_unsound, refused_deliveries
from jobs.ingest.silver.vintages import new_rows_sql, replaced_sql
from jobs.lake.delta import Lake

log = logging.getLogger(__name__)
SET_ASIDE_SQL = {"rejected": rejected_sql, "quarantined": quarantined_sql}
SET_ASIDE_TABLES = {"rejected": "ops.rejected", "quarantined": "ops.quarantine"}
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
        ledger: rows of ops.load.
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


def read_deliveries(lake: Lake) -> Deliveries:
    """What bronze holds and silver does not."""
    ledger = lake.rows("ops.load").to_pylist()
    refused = refused_deliveries(lake)
    first: dict[str, date] = {}
    for row in ledger:
        if (row["source"], row["delivery_id"]) not in refused:
            first[row["source"]] = min(first.get(row["source"], row["arrived_on"]), row["arrived_on"])
    pending = pending_files(lake, ledger)
    return Deliveries(pending=pending, first=first, now=datetime.now(UTC))


class TableLoad:
    """The load of one table of silver from the files of all sources that feed it, in the driver."""

    def __init__(
        self, lake: Lake, contract: Table, engine: duckdb.DuckDBPyConnection, files: Sequence[File], known: Deliveries
    ) -> None:
        self.lake, self.contract, self.engine, self.files, self.known = lake, contract, engine, files, known
        self.sources = sorted({file.source for file in files})

    def run(self) -> list[dict[str, Any]]:
        """Take the files; returns their rows of ops.load."""
        self.type_records()
        flag_repeated(self.engine, self.contract)
        split_sound(self.engine, self.contract)
        ended = self.ledger()
        if unsound := [row for row in ended if is_unsound(row)]:
            note_unsound(self.lake, unsound)
            refuse(self.engine, self.contract, [(row["source"], row["delivery_id"]) for row in unsound])
            split_sound(self.engine, self.contract)
            ended = self.ledger()
        refused = {(row["source"], row["delivery_id"]) for row in unsound}
        first, redated = first_days([f for f in self.files if (f.source, f.delivery_id) not in refused], self.known)
        self.lake.show(self.engine, "stored", self.contract.name)
        date_rows(self.engine, self.contract, dict.fromkeys(self.sources) | first, redated)
        self.write(ended)
        return ended

    def type_records(self) -> None:
        """Make `records_<source>` and `typed`, whose rows are flagged but for what other rows show."""
        for source in self.sources:
            ids = [file.delivery_id for file in self.files if file.source == source]
            self.lake.show(self.engine, f"bronze_{source}", f"bronze.{source}")
            self.engine.execute(
                f"create view records_{source} as select * from bronze_{source} where delivery_id in ({literals(ids)})"
            )
        typed = " union all ".join(f"({typed_sql(source, f'records_{source}')})" for source in self.sources)
        self.engine.execute(f"create table typed as {typed}")

    def ledger(self) -> list[dict[str, Any]]:
        """Rows of ops.load."""
        return ledger(self.files, rows_of(self.engine, counts_sql(self.sources)))

    def write(self, ended: Sequence[dict[str, Any]]) -> None:
        """Commit what was set aside, the rows, and the ledger."""
        for state, rows in SET_ASIDE_SQL.items():
            if sources := sorted({row["source"] for row in ended if row[f"records_{state}"]}):
                self.append(SET_ASIDE_TABLES[state], [rows(source) for source in sources], run_id=self.lake.run_id)
        news = [new_rows_sql(self.contract)]
        if rows_of(self.engine, "select 1 from dated where known_at <> _known_at limit 1"):
            news.append(replaced_sql(self.contract))
        self.append(self.contract.name, news, now=self.known.now)
        self.lake.append_rows("ops.load", ended)

    def append(self, name: str, queries: Iterable[str], **params: Any) -> None:
        """Append answers to a table in one commit, but for what an earlier try of this load has written there."""
        identities = [file.identity for file in self.files]
        written = self.lake.holds(name, *identities)
        news = [identity for identity in identities if identity not in written]
        if not news:
            return
        rows = " union all by name ".join(f"({query})" for query in queries)
        if written:
            done = literals(sorted(written))
            rows = f"select * from ({rows}) where source || ':' || split_part(record_id, ':', 1) not in ({done})"
        reader = reader_of(self.engine, rows, contracts.table(name), params)
        self.lake.append_rows(name, reader, transaction=news)


def ledger(files: Sequence[File], counted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
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
        about = {name: getattr(file, name) for name in ("source", *OF_A_FILE, "records_in")}
        rows.append({**about, **counts})
    return rows


def first_days(files: Sequence[File], known: Deliveries) -> tuple[dict[str, date], list[str]]:
    """By source of files that are let in the first day on which it delivered, and the sources whose day they move."""
    first: dict[str, date] = {}
    for file in files:
        before = first.get(file.source, known.first.get(file.source, file.arrived_on))
        first[file.source] = min(before, file.arrived_on)
    return first, [source for source, day in first.items() if day < known.first.get(source, day)]


def load(lake: Lake) -> dict[str, dict[str, int]]:
    """Take everything bronze holds and silver does not; returns the record counts of each table loaded."""
    known = read_deliveries(lake)
    of_table: dict[str, list[File]] = {}
    for file in known.pending:
        of_table.setdefault(contracts.landing(file.source).feeds, []).append(file)
    counts: dict[str, dict[str, int]] = {}
    for name, files in sorted(of_table.items()):
        with connection() as engine:
            ended = TableLoad(lake, contracts.table(name), engine, files, known).run()
        counts[name] = {state: sum(row[f"records_{state}"] for row in ended) for state in ("in", *STATES)}
        log.info("silver: %s %s", name, counts[name])
    return counts
