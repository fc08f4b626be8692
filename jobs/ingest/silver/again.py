"""Loads deliveries once more: what they state now is recorded, what they no longer state goes.

The day of a delivery stays, so that what follows is known as it was; the record of it is new. Records and deliveries
that were taken back stay so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from jobs import contracts
from jobs.ingest.bronze.journal import TAKEN, Journal
from jobs.ingest.silver.assess import date_rows
from jobs.ingest.silver.deliveries import Deliveries, File, first_days, is_let_in, last_loads, taken_back
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.rules.columns import literal, literals
from jobs.ingest.silver.stopped import stopped_deliveries
from jobs.ingest.silver.table_load import TableLoad
from jobs.ingest.silver.vintages import changed_sql, lost_sql, new_rows_sql, replaced_sql
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake


class Reload(TableLoad):
    """The load of deliveries that silver has already."""

    def identities(self) -> list[str]:
        """Commits are of this reading, not of the deliveries' first."""
        return [f"{file.identity}@{self.known.now.isoformat()}" for file in self.files]

    def type_records(self) -> None:
        """Leave out records that were taken back."""
        super().type_records()
        taken_back = [row["record_id"] for row in self.lake.rows("ops.withdrawal").to_pylist() if row["record_id"]]
        if taken_back:
            self.engine.execute(f"delete from typed where _record_id in ({literals(taken_back)})")

    def show_stored(self) -> None:
        """Make `stored`, without the rows of the deliveries that are read again, and `before`, those rows."""
        (source,) = self.sources
        ids = literals(file.delivery_id for file in self.files)
        own = f"source = {literal(source)} and split_part(record_id, ':', 1) in ({ids})"
        self.lake.show(self.engine, "everything", self.contract.name)
        self.engine.execute(f"create view stored as select * from everything where not ({own})")
        current = current_sql(self.contract, f"(select * from everything where {own})")
        self.engine.execute(f"create table before as {current}")

    def date_rows(self, let_in: Sequence[Mapping[str, Any]]) -> None:
        """Date all rows of the source: those read again, and all others as these may move them."""
        (source,) = self.sources
        first = first_days(let_in, self.known.first)
        date_rows(self.engine, self.contract, {source: first.get(source)}, [source])

    def rows(self) -> list[str]:
        """What is stated now and was not, what was and is not, and what is dated anew."""
        stated = new_rows_sql(self.contract)
        return [changed_sql(self.contract, stated), lost_sql(self.contract, stated), replaced_sql(self.contract)]


def overtaken(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Ids of deliveries of a source that were loaded before one of an earlier day: they were not compared with it.

    Args:
        rows: of each delivery its last row of ops.load.
    """
    ids, newest = set[str](), None
    for row in sorted(rows, key=lambda row: (row["arrived_on"], row["ingested_at"])):
        if newest and row["recorded_at"] < newest:
            ids.add(row["delivery_id"])
        newest = max(newest or row["recorded_at"], row["recorded_at"])
    return ids


def load_overtaken(lake: Lake) -> None:
    """Compare again what a late delivery has overtaken, so that what passes follows from the set of deliveries."""
    loads = last_loads(lake)
    for source in sorted({row["source"] for row in loads}):
        if contracts.table(contracts.landing(source).feeds).checks.comparison:
            late = overtaken([row for row in loads if row["source"] == source and row["records_in"]])
            if late:
                load_again(lake, source, lambda row, late=late: row["delivery_id"] in late)  # type: ignore[misc]


def load_again(lake: Lake, source: str, is_asked: Callable[[Mapping[str, Any]], bool]) -> list[dict[str, Any]]:
    """Load deliveries of a source anew; returns their rows of ops.load as they end now.

    Args:
        lake: the lake.
        source: the source.
        is_asked: whether a delivery is, by its last row of ops.load. Those that were taken back are left alone.
    """
    refused, gone, counts = stopped_deliveries(lake), taken_back(lake), is_let_in(lake)
    loads = [row for row in last_loads(lake) if row["source"] == source and row["records_in"]]
    again = [row for row in loads if is_asked(row) and (source, row["delivery_id"]) not in gone]
    if not again:
        return []
    names = {field.name for field in fields(File)}
    files = [File(**{name: row[name] for name in names}) for row in again]
    ids = {file.delivery_id for file in files}
    first = first_days([row for row in loads if counts(row) and row["delivery_id"] not in ids], {})
    known = Deliveries(pending=files, first=first, now=datetime.now(UTC))
    with connection() as engine:
        ended = Reload(lake, contracts.table(contracts.landing(source).feeds), engine, files, known).run()
    passed = {row["delivery_id"] for row in ended if row["records_out"]}  # of one set aside whole there are none
    note_let_in(lake, source, {each for each in passed if (source, each) in refused}, known.now)
    return ended


def note_let_in(lake: Lake, source: str, passed: set[str], now: datetime) -> None:
    """Say in ops.delivery of deliveries, by id, that they were set aside whole and are taken now."""
    latest = {row["delivery_id"]: row for row in Journal.read(lake).rows if row["source"] == source}
    taken = {"delivery_state": TAKEN, "reason_code": None, "reason_params": None, "ingested_at": now}
    if rows := [{**latest[each], **taken, "run_id": lake.run_id} for each in sorted(passed)]:
        lake.append_rows("ops.delivery", rows)
