"""ops.delivery: what ingests made of the files of the landing folder, so that a file is opened once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from jobs import contracts
from jobs.ingest.bronze.content import Problem, Stamp
from jobs.lake.delta import Lake

TAKEN, REPEATED, SET_ASIDE, GONE, AGAIN = "taken", "repeated", "set_aside", "gone", "again"
ONE_INGEST = timedelta(seconds=1)
Row = dict[str, Any]


def problem_columns(problem: Problem) -> Row:
    """The columns of ops.delivery that tell of a problem."""
    return {
        "delivery_state": SET_ASIDE,
        "reason_code": problem.code,
        "reason_params": sorted(problem.params.items()),
    }


def reason_of(row: Row) -> tuple[str, dict[str, str]]:
    """Code and parameters of the sentence that says why a file is set aside, what was expected, and what to do."""
    delivered = contracts.landing(row["source"])
    known = {"name": row["source_file"], "publisher": delivered.publisher, "columns": ", ".join(delivered.columns)}
    return f"landing.{row['reason_code']}", {**known, **dict(row["reason_params"] or [])}


@dataclass(frozen=True, kw_only=True)
class Journal:
    """What became of files.

    Attributes:
        rows: all rows of ops.delivery in the order of ingests.
        latest: the latest of each source and file.
        barren: source and id of deliveries that were loaded and of which nothing was let in.
    """

    rows: list[Row]
    latest: dict[tuple[str, str], Row]
    barren: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def read(cls, lake: Lake) -> Journal:
        """The journal of a lake."""
        return cls.of(lake.rows("ops.delivery").to_pylist(), barren_deliveries(lake))

    @classmethod
    def of(cls, rows: Iterable[Row], barren: frozenset[tuple[str, str]] = frozenset()) -> Journal:
        """The journal that rows of ops.delivery make."""
        ordered = sorted(rows, key=lambda row: row["ingested_at"])
        latest = {(row["source"], row["source_file"]): row for row in ordered}
        return cls(rows=ordered, latest=latest, barren=barren)

    def knows(self, source: str, source_file: str, stamp: Stamp) -> bool:
        """Whether a file was read as it lies there now."""
        row = self.latest.get((source, source_file))
        if row is None or row["file_sha256"] is None:
            return False
        return Stamp(row["size_bytes"], row["modified_at"]) == stamp

    def is_taken(self, source: str, delivery_id: str) -> bool:
        """Whether a delivery was taken for the source."""
        return any(row["delivery_id"] == delivery_id for row in self.taken(source))

    def taken(self, source: str) -> list[Row]:
        """Rows of the deliveries that were taken for a source."""
        return [row for row in self.rows if row["source"] == source and row["delivery_state"] == TAKEN]

    def repeats(self, source: str, source_file: str, sha256: str) -> bool:
        """Whether a content is what a file's name, or the source, brought last; one seen before that is news again."""
        before, taken = self.latest.get((source, source_file)), self.taken(source)
        was_sound = before is not None and before["delivery_state"] in (TAKEN, REPEATED)
        if before is not None and was_sound and before["file_sha256"] == sha256:
            return True
        return any(
            row["file_sha256"] == sha256
            for row in taken
            if is_same_ingest(row["ingested_at"], taken[-1]["ingested_at"])
        )

    def says_something(self, row: Row) -> bool:
        """Whether a delivery was taken and brought records that count, or states that there was nothing to bring."""
        is_barren = (row["source"], row["delivery_id"]) in self.barren
        return row["delivery_state"] == TAKEN and (not is_barren or row["stated_scope"] is not None)

    def standing(self) -> list[Row]:
        """Rows of files that are set aside and were not followed by a sound delivery of their source."""
        good: dict[str, datetime] = {row["source"]: row["ingested_at"] for row in self.rows if self.says_something(row)}
        return [
            row
            for row in self.latest.values()
            if row["delivery_state"] == SET_ASIDE
            and not (row["source"] in good and good[row["source"]] >= self.since(row) + ONE_INGEST)
        ]

    def since(self, row: Row) -> datetime:
        """When a file was first found with the problem it has."""
        of_file = [each for each in self.rows if all(each[name] == row[name] for name in ("source", "source_file"))]
        first: datetime = row["ingested_at"]
        for each in reversed(of_file):
            if each["reason_code"] != row["reason_code"]:
                break
            first = each["ingested_at"]
        return first


def barren_deliveries(lake: Lake) -> frozenset[tuple[str, str]]:
    """Source and id of the deliveries of which no record was let in: empty, or all of them set aside."""
    counts = ["records_out", "records_unchanged"]
    loads = lake.rows("ops.load", ["source", "delivery_id", "recorded_at", *counts]).to_pylist()
    latest = {(row["source"], row["delivery_id"]): row for row in sorted(loads, key=lambda row: row["recorded_at"])}
    return frozenset(of for of, row in latest.items() if not any(row[name] for name in counts))


def is_same_ingest(one: datetime, other: datetime) -> bool:
    """Whether two files are of one ingest, whose files are microseconds apart."""
    return bool(abs(one - other) < ONE_INGEST)


def repeated_on_another_day(taken: Sequence[Mapping[str, Any]], new: Collection[str]) -> list[str]:
    """Files among the `new` deliveries that bring on a later day what the delivery before, by day, has brought.

    Args:
        taken: rows of ops.delivery of all deliveries that were taken for the source.
        new: identities of those that are asked about.
    """
    by_day = sorted(taken, key=lambda row: (row["arrived_on"], row["ingested_at"]))
    return [
        row["source_file"]
        for before, row in pairwise(by_day)
        if row["delivery_id"] in new
        and row["file_sha256"] == before["file_sha256"]
        and row["arrived_on"] != before["arrived_on"]
        and row["stated_scope"] == before["stated_scope"]
    ]


def unnoted_days(lake: Lake, journal: Journal, source: str) -> dict[str, date]:
    """Days on which an ingest that was killed took files that state none, by the hash of their bytes: what it writes
    last, the journal, does not name them.
    """
    taken = journal.taken(source)
    known = {row["delivery_id"] for row in taken}
    columns = ["delivery_id", "file_sha256", "arrived_on"]
    since = [("ingested_at", ">=", taken[-1]["ingested_at"])] if taken else []
    unstated: list[tuple[str, str, Any]] = [("is_arrival_stated", "=", False), *since]
    empty: list[tuple[str, str, Any]] = [("source", "=", source), ("records_in", "=", 0), *since]
    rows = [lake.rows("ops.load", columns, where=empty), lake.rows(f"bronze.{source}", columns, where=unstated)]
    taken_then = [row for table in rows for row in table.group_by(columns).aggregate([]).to_pylist()]
    return {row["file_sha256"]: row["arrived_on"] for row in taken_then if row["delivery_id"] not in known}


def gone_rows(journal: Journal, present: Iterable[tuple[str, str]], ingested_at: datetime) -> list[Row]:
    """Rows that say of files set aside that they lie there no more; `present`: sources and files that do."""
    columns = dict.fromkeys(contracts.table("ops.delivery").column_names)
    missing = {(row["source"], row["source_file"]) for row in journal.standing()} - set(present)
    return [
        {
            **columns,
            "source": source,
            "source_file": source_file,
            "delivery_state": GONE,
            "ingested_at": ingested_at,
        }
        for source, source_file in sorted(missing)
    ]
