"""Reads deliveries again by the contracts of today: what they state now is recorded, what they no longer state goes.

The day of a delivery stays, so that what follows is known as it was; the record of it is new. Records and deliveries
that were taken back stay so. Files of the source that could not be taken and still lie in the landing folder are opened
again by the next ingest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from jobs import contracts
from jobs.contracts.messages import both
from jobs.ingest.bronze.journal import AGAIN, TAKEN, Journal
from jobs.ingest.silver.assess import date_rows
from jobs.ingest.silver.coverage import keep_scopes
from jobs.ingest.silver.deliveries import Deliveries, File, first_days, is_let_in, last_loads
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.rules.columns import literal, literals
from jobs.ingest.silver.stopped import stopped_deliveries
from jobs.ingest.silver.table_load import TableLoad
from jobs.ingest.silver.vintages import changed_sql, lost_sql, new_rows_sql, replaced_sql
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake


@dataclass(frozen=True, kw_only=True)
class Reloaded:
    """What reading again came to.

    Attributes:
        loads: rows of ops.load of the deliveries as they end now.
        reopened: names of files that the next ingest opens again.
    """

    loads: list[dict[str, Any]]
    reopened: list[str]


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


def reload(lake: Lake, source: str, since: date | None = None) -> Reloaded:
    """Read the deliveries of a source again.

    Args:
        lake: the lake.
        source: the source.
        since: day of the first delivery to be read; all where none is named.

    Raises:
        LookupError: there is no such source, or it has no such delivery.
    """
    if source not in {each.source for each in contracts.landings()}:
        raise LookupError(
            both("reload.no_source", source=source, known=", ".join(e.source for e in contracts.landings()))
        )
    refused, counts = stopped_deliveries(lake), is_let_in(lake)
    loads = [row for row in last_loads(lake) if row["source"] == source]
    again = [
        row
        for row in loads
        if row["records_in"]
        and (since is None or row["arrived_on"] >= since)
        and (counts(row) or (source, row["delivery_id"]) in refused)
    ]
    reopened = reopen(lake, source)
    if not again and not reopened:
        raise LookupError(both("reload.nothing", source=source))
    ended = read_again(lake, source, again, loads) if again else []
    keep_scopes(lake)
    return Reloaded(loads=ended, reopened=reopened)


def read_again(
    lake: Lake, source: str, again: Sequence[Mapping[str, Any]], loads: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Load deliveries anew; returns their rows of ops.load."""
    refused, counts = stopped_deliveries(lake), is_let_in(lake)
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


def reopen(lake: Lake, source: str) -> list[str]:
    """Forget files of a source that were set aside, so that the next ingest opens them again; their names."""
    standing = [row for row in Journal.read(lake).standing() if row["source"] == source and not row["delivery_id"]]
    now = datetime.now(UTC)
    empty = dict.fromkeys(contracts.table("ops.delivery").column_names)
    about = [{"source": source, "source_file": row["source_file"]} for row in standing]
    rows = [{**empty, **each, "delivery_state": AGAIN, "ingested_at": now} for each in about]
    if rows:
        lake.append_rows("ops.delivery", rows)
    return [row["source_file"] for row in standing]
