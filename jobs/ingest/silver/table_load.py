"""The load of one table of silver in the driver: records typed, flagged, dated, and every one accounted for.

The rules are SQL that DuckDB runs. Order of commits: rejected, quarantine, silver, and
the ledger `ops.load` last. Each commit carries the deliveries it is of, so that a load that is killed between two of
them is done again without writing anything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.bronze.content import Problem
from jobs.ingest.silver.assess import date_rows, flag_repeated, refuse, split_sound
from jobs.ingest.silver.comparison import find_problems
from jobs.ingest.silver.deliveries import Deliveries, File, first_days, has_let_in, ledger
from jobs.ingest.silver.engine import reader_of, rows_of
from jobs.ingest.silver.outcomes import counts_sql, quarantined_sql, rejected_sql
from jobs.ingest.silver.rules.columns import literals
from jobs.ingest.silver.rules.statement import typed_sql
from jobs.ingest.silver.scopes.stated import stated_scopes, states_all
from jobs.ingest.silver.stopped import find_unsound, is_unsound, note_stopped
from jobs.ingest.silver.vintages import new_rows_sql, replaced_sql
from jobs.lake.delta import Lake

SET_ASIDE_SQL = {"rejected": rejected_sql, "quarantined": quarantined_sql}
SET_ASIDE_TABLES = {"rejected": "ops.rejected", "quarantined": "ops.quarantine"}


class TableLoad:
    """The load of one table of silver from the files of all sources that feed it, in the driver."""

    def __init__(
        self, lake: Lake, contract: Table, engine: duckdb.DuckDBPyConnection, files: Sequence[File], known: Deliveries
    ) -> None:
        self.lake, self.contract, self.engine, self.files, self.known = lake, contract, engine, files, known
        self.sources = sorted({file.source for file in files})

    def run(self) -> list[dict[str, Any]]:
        """Take the files; returns their rows of ops.load."""
        self.show_records()
        self.type_records()
        flag_repeated(self.engine, self.contract)
        split_sound(self.engine, self.contract)
        self.show_stored()
        ended = self.ledger()
        unsound = [(row, find_unsound(row)) for row in ended if is_unsound(row)]
        ended = self.stop(unsound, ended)
        shifted = [
            (row, problem)
            for source in self.sources
            for delivery, problem in self.find_problems(source).items()
            for row in ended
            if (row["source"], row["delivery_id"]) == (source, delivery)
        ]
        ended = self.stop(shifted, ended)
        stopped = {(row["source"], row["delivery_id"]) for row, _ in [*unsound, *shifted]}
        let_in = [row for row in ended if has_let_in(row) and (row["source"], row["delivery_id"]) not in stopped]
        date_rows(self.engine, self.contract, *self.first_days(let_in))
        self.set_aside(ended)
        self.append(self.contract.name, self.rows(), now=self.known.now)
        self.lake.append_rows("ops.load", ended)
        return ended

    def stop(
        self, stopped: Sequence[tuple[dict[str, Any], Problem]], ended: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Set deliveries aside whole; returns the rows of ops.load as all deliveries end now."""
        if not stopped:
            return ended
        note_stopped(self.lake, stopped)
        refuse(self.engine, self.contract, [(row["source"], row["delivery_id"]) for row, _ in stopped])
        split_sound(self.engine, self.contract)
        return self.ledger()

    def find_problems(self, source: str) -> dict[str, Problem]:
        """By id the deliveries of a source that are no continuation of what it delivered before."""
        scopes = stated_scopes(self.lake)
        return find_problems(
            self.engine, self.contract, source, lambda each: states_all(source, scopes.get((source, each)))
        )

    def show_records(self) -> None:
        """Make `records_<source>`, the rows of bronze that are loaded."""
        for source in self.sources:
            ids = [file.delivery_id for file in self.files if file.source == source]
            self.lake.show(self.engine, f"bronze_{source}", f"bronze.{source}")
            self.engine.execute(
                f"create view records_{source} as select * from bronze_{source} where delivery_id in ({literals(ids)})"
            )

    def type_records(self) -> None:
        """Make `typed`, whose rows are flagged but for what other rows show."""
        typed = " union all ".join(f"({typed_sql(source, f'records_{source}')})" for source in self.sources)
        self.engine.execute(f"create table typed as {typed}")

    def show_stored(self) -> None:
        """Make `stored`, the rows that those of the load are compared with."""
        self.lake.show(self.engine, "stored", self.contract.name)

    def ledger(self) -> list[dict[str, Any]]:
        """Rows of ops.load."""
        return ledger(self.files, rows_of(self.engine, counts_sql(self.sources)), self.known.now)

    def first_days(self, let_in: Sequence[Mapping[str, Any]]) -> tuple[dict[str, date | None], list[str]]:
        """By source the first day on which it delivered anything that was let in, and sources whose day this moves."""
        before, first = self.known.first, first_days(let_in, self.known.first)
        redated = [source for source in self.sources if source in before and first[source] < before[source]]
        return {source: first.get(source) for source in self.sources}, redated

    def rows(self) -> list[str]:
        """Queries for what is appended to silver."""
        has_moved = rows_of(self.engine, "select 1 from dated where known_at <> _known_at limit 1")
        return [new_rows_sql(self.contract), *([replaced_sql(self.contract)] if has_moved else [])]

    def set_aside(self, ended: Sequence[dict[str, Any]]) -> None:
        """Commit what was rejected or quarantined."""
        for state, rows in SET_ASIDE_SQL.items():
            if sources := sorted({row["source"] for row in ended if row[f"records_{state}"]}):
                of_run = {"run_id": self.lake.run_id, "now": self.known.now}
                self.append(SET_ASIDE_TABLES[state], [rows(source) for source in sources], **of_run)

    def identities(self) -> list[str]:
        """What commits of this load carry, so that they are made once."""
        return [file.identity for file in self.files]

    def append(self, name: str, queries: Iterable[str], **params: Any) -> None:
        """Append answers to a table in one commit, but for what an earlier try of this load has written there."""
        identities = self.identities()
        written = self.lake.holds(name, *identities)
        news = [identity for identity in identities if identity not in written]
        if not news:
            return
        rows = " union all by name ".join(f"({query})" for query in queries)
        if written:
            done = literals(sorted(written))
            rows = f"select * from ({rows}) where source || ':' || split_part(record_id, ':', 1) not in ({done})"
        self.lake.append_rows(name, reader_of(self.engine, rows, contracts.table(name), params), transaction=news)
