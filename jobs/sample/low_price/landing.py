"""The landing files of a world of declarations: one a source and day, written as they would have arrived."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from jobs.sample.files import place
from jobs.sample.low_price.world import DeclarationWorld

BLOCK_LOTS = 100_000  # made at once: what bounds the memory
PLAIN = csv.WriteOptions(include_header=False, quoting_style="none")  # no text here needs a quotation mark
TRUTH_FILE = "low_price.csv"


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """One delivery of a source, known on a day."""

    folder: str
    known_on: np.datetime64
    table: pa.Table

    @property
    def stem(self) -> str:
        return self.folder

    @property
    def relative_path(self) -> Path:
        return Path(self.folder) / f"{self.folder}_known_{self.known_on}.csv"

    def write(self, out: Path) -> None:
        """Writes it below `out`, whole or not at all, never over another world's file."""
        content = io.BytesIO()
        content.write(header(self.table))
        csv.write_csv(self.table, content, PLAIN)
        place(out / self.relative_path, content.getvalue())


def declaration_files(world: DeclarationWorld, until: int) -> Iterator[TableFile]:
    """Every landing file known by day `until`, source by source.

    What was known before the first declaration arrives on its day. Each day's declarations come as filed, and with
    them again those whose inspection ended on that day.
    """
    yield _file("tariff_rate", world.calendar.first, world.tariff_rate)
    yield from _by_day("firm", world.firm, "registered_on", world, until)
    yield from _by_day("firm_relation", world.firm_relation, "valid_from", world, until)
    yield from _by_day("price_reference", world.price_reference, "published_on", world, until)
    for first, last in _blocks(world, until):
        yield from _declared(world, first, last)
    yield from _inspected(world, until)


def write_truth(world: DeclarationWorld, until: int, truth: Path) -> None:
    """Writes the truth of the lots declared by day `until`, block by block; it appears at once."""
    truth.mkdir(parents=True, exist_ok=True)
    part = truth / f".{TRUTH_FILE}.new"
    with part.open("wb") as file:
        for number, (first, last) in enumerate(_blocks(world, until)):
            table = world.truth(_rows(world, first, last))
            if number == 0:
                file.write(header(table))
            csv.write_csv(table, file, PLAIN)
    os.replace(part, truth / TRUTH_FILE)


def header(table: pa.Table) -> bytes:
    """The names of the columns as the first line of a file."""
    return (",".join(table.column_names) + "\n").encode()


def _declared(world: DeclarationWorld, first: int, last: int) -> Iterator[TableFile]:
    rows = _rows(world, first, last)
    filed, filed_on = world.declarations(rows, is_filed=True), world.lots.declared[rows]
    made = world.inspections
    again = np.flatnonzero(made.is_inspected & (made.day >= first) & (made.day <= last))
    again = again[np.argsort(made.day[again], kind="stable")]
    settled, settled_on = world.declarations(again), made.day[again]
    for day in range(first, last + 1):
        parts = [_slice_of(filed, filed_on, day), _slice_of(settled, settled_on, day)]
        if any(part.num_rows for part in parts):
            yield _file("import_declaration", day, pa.concat_tables(parts))


def _inspected(world: DeclarationWorld, until: int) -> Iterator[TableFile]:
    made = world.inspections
    rows = np.flatnonzero(made.is_inspected & (made.day <= until))
    rows = rows[np.argsort(made.day[rows], kind="stable")]
    results = world.inspection_results(rows)
    for day in np.unique(made.day[rows]).tolist():
        yield _file("inspection_result", day, _slice_of(results, made.day[rows], day))


def _by_day(folder: str, table: pa.Table, column: str, world: DeclarationWorld, until: int) -> Iterator[TableFile]:
    """A register by the day each row became known, what is older on the first day."""
    day = np.maximum(pc.cast(table[column], pa.int32()).to_numpy(), world.calendar.first)
    order = np.argsort(day, kind="stable")
    table, day = table.take(pa.array(order)), day[order]
    for known in np.unique(day[day <= until]).tolist():
        yield _file(folder, known, _slice_of(table, day, known))


def _blocks(world: DeclarationWorld, until: int) -> Iterator[tuple[int, int]]:
    """First and last day of runs of days with about `BLOCK_LOTS` lots."""
    days = np.arange(world.calendar.first, until + 1)
    lots = np.searchsorted(world.lots.declared, days, side="left")
    block = lots // BLOCK_LOTS
    first = np.flatnonzero(np.r_[True, block[1:] != block[:-1]])
    for start, stop in zip(first, np.r_[first[1:], len(days)], strict=True):
        yield int(days[start]), int(days[stop - 1])


def _rows(world: DeclarationWorld, first: int, last: int) -> slice:
    declared = world.lots.declared
    return slice(int(np.searchsorted(declared, first)), int(np.searchsorted(declared, last, side="right")))


def _slice_of(table: pa.Table, day: NDArray[np.int64], wanted: int) -> pa.Table:
    """The rows of one day of a table in the order of days."""
    first, last = np.searchsorted(day, [wanted, wanted + 1])
    return table.slice(first, last - first)


def _file(folder: str, day: int, table: pa.Table) -> TableFile:
    return TableFile(folder=folder, known_on=np.datetime64(day, "D"), table=table)
