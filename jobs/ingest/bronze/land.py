"""Takes new files of the landing folder into bronze, each once and whole; what can not be taken is named.

A broken file stops its own source, never the night: it is set aside with a sentence, stands in `ops.delivery`, and is
named every night until it is gone, replaced, or followed by a sound delivery. A file that is still being written waits
for the next night: it is looked at twice, and again when it was read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from jobs import contracts
from jobs.contracts.model import Landing
from jobs.ingest.bronze.content import (
    CHANGED,
    READ_TIMEOUT,
    Problem,
    Unusable,
    check_content,
    hash_file,
    look_at_stamp,
)
from jobs.ingest.bronze.delivery import Delivery
from jobs.ingest.bronze.entries import Entry, look
from jobs.ingest.bronze.journal import (
    REPEATED,
    TAKEN,
    Journal,
    barren_deliveries,
    gone_rows,
    problem_columns,
    repeated_on_another_day,
    unnoted_days,
)
from jobs.ingest.bronze.scope_file import read_scope, with_scope
from jobs.ingest.bronze.writing import groups, write_each
from jobs.lake.delta import Lake
from jobs.settings import settings

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Landed:
    """What an ingest found in the landing folder.

    Attributes:
        taken: files taken now, by source.
        unknown: folders and files no contract names, reported and left where they are.
        extra: columns that files bring beyond their contract, by file.
        without_records: files taken now that have a header and nothing below it.
        repeated: files of content that was delivered last before, under this name or another. Those that state a day of
            their own are taken all the same: another delivery may yet come between.
        waiting: files that grew or changed while they were looked at.
        set_aside: rows of ops.delivery of files that can not be taken, those of nights before that still lie there too.
    """

    taken: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    extra: dict[str, list[str]] = field(default_factory=dict)
    without_records: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    set_aside: list[dict[str, Any]] = field(default_factory=list)


def wait_for_writers(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The files that are written to their end, and those that grow or change: looked at again after some seconds."""
    if any(not entry.is_done for entry in entries):
        time.sleep(settings().landing_wait)
    settled: list[Entry] = []
    waiting: list[Entry] = []
    for entry in entries:
        stamp = look_at_stamp(entry.path)
        is_settled = entry.is_done or (stamp is not None and with_scope(stamp, entry.path) == entry.stamp)
        (settled if is_settled else waiting).append(entry)
    return settled, waiting


def read_delivery(entry: Entry, ingested_at: datetime, today: date) -> Delivery:
    """A file of the landing folder as a delivery, its content not yet looked at.

    Raises:
        Unusable: it can not be opened, changed since it was looked at, or the scope file beside it can not be read.
    """
    sha256, stamp = hash_file(entry.path)
    if with_scope(stamp, entry.path) != entry.stamp:
        raise Unusable(CHANGED)
    scope = read_scope(entry.path, today)
    stated_on = entry.stated_on or (scope.known_on if scope else None)
    return Delivery(
        path=entry.path,
        source_file=entry.source_file,
        sha256=sha256,
        stamp=stamp,
        noted=entry.stamp,
        arrived_on=stated_on or today,
        is_arrival_stated=stated_on is not None,
        ingested_at=ingested_at,
        scope=scope,
    )


class Intake:
    """One ingest of the landing folder: what it found, and the rows of ops.delivery that will tell of it."""

    def __init__(self, lake: Lake, ingested_at: datetime, today: date) -> None:
        self.lake, self.ingested_at, self.today = lake, ingested_at, today
        self.journal = Journal.read(lake)
        self.landed = Landed()
        self.rows: list[dict[str, Any]] = []
        self.opened = 0

    def run(self, folder: Path) -> Landed:
        """Take what is new, and write what became of every file."""
        listing = look(folder, self.today)
        self.landed.unknown = listing.unknown
        for delivered, source_file, problem in listing.problems:
            self.set_aside(delivered, source_file, problem)
        new = [
            entry
            for entry in listing.entries
            if not self.journal.knows(entry.delivered.source, entry.source_file, entry.stamp)
        ]
        settled, waiting = wait_for_writers(new)
        self.landed.waiting = [entry.source_file for entry in waiting]
        for source, entries in groupby(settled, key=lambda entry: entry.delivered.source):
            self.take_source(contracts.landing(source), list(entries))
        present = [(delivered.source, name) for delivered, name, _ in listing.problems]
        present += [(entry.delivered.source, entry.source_file) for entry in listing.entries]
        self.rows += gone_rows(self.journal, present, self.ingested_at)
        if self.rows:
            self.lake.append_rows("ops.delivery", self.rows)
        known = Journal.of([*self.journal.rows, *self.rows], barren_deliveries(self.lake))
        self.landed.set_aside = known.standing()
        return self.landed

    def take_source(self, delivered: Landing, entries: Sequence[Entry]) -> None:
        """Take the new files of one source."""
        opened = self.on_first_days(delivered, [*self.open_each(entries)])
        stored = self.lake.holds(f"bronze.{delivered.source}", *{delivery.delivery_id for delivery in opened})
        pending: dict[str, Delivery] = {}
        for delivery in opened:
            if delivery.delivery_id in stored and not self.journal.is_taken(delivered.source, delivery.delivery_id):
                self.note(delivered, delivery, {"delivery_state": TAKEN})  # by an ingest that was killed
            elif delivery.delivery_id in stored or delivery.delivery_id in pending or self.repeats(delivered, delivery):
                self.landed.repeated.append(delivery.source_file)
                self.note(delivered, delivery, {"delivery_state": REPEATED})
            elif self.is_sound(delivered, delivery):
                pending[delivery.delivery_id] = delivery
        for group in groups([*pending.values()]):
            for delivery, without_records, problem in write_each(self.lake, delivered, group):
                if problem:
                    self.refuse(delivered, delivery, problem)
                    continue
                self.landed.taken.setdefault(delivered.source, []).append(delivery.source_file)
                self.landed.without_records += [name for name in without_records if name == delivery.source_file]
                self.note(delivered, delivery, {"delivery_state": TAKEN})
        taken = Journal.of([*self.journal.rows, *self.rows]).taken(delivered.source)
        self.landed.repeated += repeated_on_another_day(taken, {*pending})

    def repeats(self, delivered: Landing, delivery: Delivery) -> bool:
        """Whether a file that states neither day nor scope brings what was last brought: under its name, or by its
        source.
        """
        is_plain = not delivery.is_arrival_stated and delivery.scope is None
        return is_plain and self.journal.repeats(delivered.source, delivery.source_file, delivery.sha256)

    def open_each(self, entries: Sequence[Entry]) -> Iterator[Delivery]:
        """The files that can be opened as deliveries; after one that does not answer, the others wait."""
        for number, entry in enumerate(entries, 1):
            try:
                self.opened += 1
                place = timedelta(microseconds=self.opened)
                yield read_delivery(entry, self.ingested_at + place, self.today)
            except Unusable as error:
                self.refuse(entry.delivered, entry, error.problem)
                if error.problem.code == READ_TIMEOUT:
                    self.landed.waiting += [each.source_file for each in entries[number:]]
                    return

    def on_first_days(self, delivered: Landing, opened: Sequence[Delivery]) -> list[Delivery]:
        """The deliveries, those that state no day on the day on which a killed ingest took them, if one did."""
        if all(delivery.is_arrival_stated for delivery in opened):
            return [*opened]
        days = unnoted_days(self.lake, self.journal, delivered.source)
        return [
            delivery
            if delivery.is_arrival_stated
            else replace(delivery, arrived_on=days.get(delivery.sha256, delivery.arrived_on))
            for delivery in opened
        ]

    def is_sound(self, delivered: Landing, delivery: Delivery) -> bool:
        """Whether a file is what its contract describes; columns beyond it are reported."""
        try:
            extra = check_content(delivery.path, delivered)
        except Unusable as error:
            self.refuse(delivered, delivery, error.problem)
            return False
        if extra and not delivered.is_wide:
            self.landed.extra[delivery.source_file] = list(extra)
        return True

    def refuse(self, delivered: Landing, file: Delivery | Entry, problem: Problem) -> None:
        """Set a file aside; one that changed meanwhile waits, one that did not answer is opened again next night."""
        if problem.code == CHANGED:
            self.landed.waiting.append(file.source_file)
        elif isinstance(file, Delivery) and problem.code != READ_TIMEOUT:
            self.note(delivered, file, problem_columns(problem))
        else:
            self.set_aside(delivered, file.source_file, problem)

    def set_aside(self, delivered: Landing, source_file: str, problem: Problem) -> None:
        """Note an entry that was not opened, unless the journal says the same of it already."""
        before = self.journal.latest.get((delivered.source, source_file))
        if before is None or before["reason_code"] != problem.code:
            columns = problem_columns(problem)
            known = {"source": delivered.source, "source_file": source_file, "ingested_at": self.ingested_at}
            self.rows.append(dict.fromkeys(contracts.table("ops.delivery").column_names) | known | columns)

    def note(self, delivered: Landing, delivery: Delivery, state: Mapping[str, Any]) -> None:
        """Note what became of a file that was opened."""
        self.rows.append(
            {
                "source": delivered.source,
                "source_file": delivery.source_file,
                "size_bytes": (delivery.noted or delivery.stamp).size,
                "modified_at": (delivery.noted or delivery.stamp).modified_at,
                "file_sha256": delivery.sha256,
                "delivery_id": delivery.delivery_id,
                "arrived_on": delivery.arrived_on,
                "stated_scope": delivery.stated_scope,
                "reason_code": None,
                "ingested_at": delivery.ingested_at,
                **state,
            }
        )


def land(lake: Lake, folder: Path, ingested_at: datetime, today: date) -> Landed:
    """Take every file that is new; what can not be taken is set aside and named.

    Raises:
        ContractError: the landing folder is missing.
    """
    if not folder.is_dir():
        raise contracts.ContractError(
            f"the landing folder {folder} does not exist: set CUSTOMS_LANDING, or make a world with "
            "`python -m jobs sample`"
        )
    return Intake(lake, ingested_at, today).run(folder)
