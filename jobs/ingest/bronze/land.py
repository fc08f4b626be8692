"""Takes new files of the landing folder into bronze, each once and whole; what can not be taken is named.

A broken file stops its own source, never the night: it is set aside with a sentence, stands in `ops.delivery`, and is
named every night until it is gone, replaced, or followed by a sound delivery. A file that is still being written waits
for the next night: it is looked at twice, and again when it was read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.ingest.bronze.blocks import has_records, record_batches
from jobs.ingest.bronze.content import CHANGED, Problem, Stamp, Unusable, check_content, hash_file
from jobs.ingest.bronze.delivery import Delivery
from jobs.ingest.bronze.entries import Entry, look
from jobs.ingest.bronze.journal import REPEATED, TAKEN, Journal, gone_rows, problem_columns
from jobs.ingest.bronze.scope_file import read_scope, with_scope
from jobs.lake.delta import Lake
from jobs.settings import settings

log = logging.getLogger(__name__)
COMMIT_FILES, COMMIT_BYTES = 200, 1 << 25


@dataclass(kw_only=True)
class Landed:
    """What an ingest found in the landing folder.

    Attributes:
        taken: files taken now, by source.
        unknown: folders and files no contract names, reported and left where they are.
        extra: columns that files bring beyond their contract, by file.
        without_records: files taken now that have a header and nothing below it.
        repeated: files of content that was taken before, under this name or another.
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


def count_nothing(lake: Lake, delivered: Landing, delivery: Delivery) -> None:
    """Give a delivery without records its row of ops.load: the loader, which counts bronze rows, never meets it."""
    counts = {name: 0 for name in contracts.table("ops.load").column_names if name.startswith("records_")}
    row = {
        "source": delivered.source,
        "delivery_id": delivery.delivery_id,
        "source_file": delivery.source_file,
        "file_sha256": delivery.sha256,
        "arrived_on": delivery.arrived_on,
        "ingested_at": delivery.ingested_at,
        **counts,
    }
    lake.append_rows("ops.load", [row], transaction=f"{delivered.source}:{delivery.delivery_id}")


def groups(pending: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Deliveries of one source that are taken in one commit: a thousand daily files are no thousand commits."""
    group: list[Delivery] = []
    size = 0
    for delivery in pending:
        if group and (len(group) == COMMIT_FILES or size + delivery.stamp.size > COMMIT_BYTES):
            yield group
            group, size = [], 0
        group.append(delivery)
        size += delivery.stamp.size
    if group:
        yield group


def write(lake: Lake, delivered: Landing, group: Sequence[Delivery]) -> list[str]:
    """Write deliveries into their bronze table in one commit that carries their hashes: taken twice, they land once.

    Files are read where they lie, on the driver and in blocks; Spark would add seconds and nothing else.

    Returns:
        Those without a record. They are in the ledger before they are taken, so that a kill between the two loses
        nothing.

    Raises:
        Unusable: one of them could not be read to its end; nothing of any was taken.
    """
    name = f"bronze.{delivered.source}"
    without_records = [delivery for delivery in group if not has_records(delivery, delivered)]
    for delivery in without_records:
        count_nothing(lake, delivered, delivery)
    stopped: list[Unusable] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for delivery in group:
                yield from record_batches(delivery, delivered)
        except Unusable as error:
            stopped.append(error)
            raise

    records = pa.RecordBatchReader.from_batches(arrow_schema(contracts.table(name)), batches())
    try:
        lake.append_rows(name, records, transaction=[delivery.delivery_id for delivery in group])
    except Exception:
        if stopped:  # the writer tells of it in words of its own
            raise stopped[0] from None
        raise
    return [delivery.source_file for delivery in without_records]


def write_each(
    lake: Lake, delivered: Landing, group: Sequence[Delivery]
) -> Iterator[tuple[Delivery, list[str], Problem | None]]:
    """Write deliveries together, or, where one of them breaks off, each by itself; what became of each."""
    try:
        without_records = write(lake, delivered, group)
    except Unusable as error:
        if len(group) == 1:
            yield group[0], [], error.problem
            return
        for delivery in group:
            yield from write_each(lake, delivered, [delivery])
        return
    yield from ((delivery, without_records, None) for delivery in group)


def wait_for_writers(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The files that are written to their end, and those that grow or change: looked at again after some seconds."""
    if any(not entry.is_done for entry in entries):
        time.sleep(settings().landing_wait)
    settled: list[Entry] = []
    waiting: list[Entry] = []
    for entry in entries:
        try:
            is_settled = entry.is_done or with_scope(Stamp.of(entry.path.stat()), entry.path) == entry.stamp
        except OSError:
            is_settled = False
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
        self.landed.set_aside = Journal.of([*self.journal.rows, *self.rows]).standing()
        return self.landed

    def take_source(self, delivered: Landing, entries: Sequence[Entry]) -> None:
        """Take the new files of one source."""
        opened = [delivery for entry in entries if (delivery := self.open(entry))]
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

    def repeats(self, delivered: Landing, delivery: Delivery) -> bool:
        """Whether a file that states neither day nor scope brings what was last brought: under its name, or by its
        source.
        """
        is_plain = not delivery.is_arrival_stated and delivery.scope is None
        return is_plain and self.journal.repeats(delivered.source, delivery.source_file, delivery.sha256)

    def open(self, entry: Entry) -> Delivery | None:
        """The file as a delivery; None where it can not be opened."""
        try:
            self.opened += 1
            place = timedelta(microseconds=self.opened)
            return read_delivery(entry, self.ingested_at + place, self.today)
        except Unusable as error:
            self.refuse(entry.delivered, entry, error.problem)
            return None

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
        """Leave a file for the next night where it changed meanwhile, else set it aside."""
        if problem.code == CHANGED:
            self.landed.waiting.append(file.source_file)
        elif isinstance(file, Delivery):
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
