"""One world, published: its landing files into one folder, the planted truth into another."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from jobs.sample.files import LandingFile, write_csv
from jobs.sample.low_price import DeclarationWorld, make_declarations
from jobs.sample.low_price.days import day_of
from jobs.sample.low_price.landing import TableFile, declaration_files, write_truth
from jobs.sample.parameters import SIZES
from jobs.sample.supply_chain.sources import deliveries
from jobs.sample.supply_chain.vintages import publication_date
from jobs.sample.supply_chain.world import World, build_world
from jobs.sample.truth import planted, refuse_truth_inside, truth_files


@dataclass(frozen=True, kw_only=True)
class SampleSummary:
    """What a call of `generate` left on disk.

    `records` counts data rows over all landing files; `cases` the planted cases begun so far, by kind;
    `declarations` are item lines, `last_known` is the last day anything became known: the night to run.
    """

    out: Path
    truth: Path
    seed: int
    size: str
    first_month: str
    last_month: str
    last_known: str
    items: int
    series: int
    files: int
    records: int
    declarations: int
    cases: dict[str, int]


def generate(
    out: Path,
    truth: Path,
    seed: int,
    size: str = "small",
    until: str | None = None,
    on_file: Callable[[LandingFile | TableFile], None] | None = None,
    declarations: int | None = None,
    days: int | None = None,
) -> SampleSummary:
    """Writes the world of a seed: the same seed and size give the same bytes.

    Args:
        until: last month (YYYY-MM), default the size's own; a later one adds files and changes none.
        on_file: called after each landing file is written.
        declarations: how many, instead of the size's own number; 0 for none.
        days: over which they are declared, one file a day, instead of the size's own.

    Raises:
        ValueError: unknown size, month out of range, truth inside the landing folder, numbers that do not fit.
        LandingConflictError: `out` holds another world's files.
    """
    if size not in SIZES:
        raise ValueError(f"unknown size {size!r}; choose one of {', '.join(SIZES)}")
    if seed < 0:
        raise ValueError(f"the seed must not be negative, got {seed}")
    refuse_truth_inside(out, truth)
    world = build_world(seed, SIZES[size])
    last = _position(world, until)
    last_day = day_of(publication_date(world.months[last]))
    declared = _declarations(world, until, declarations, days)
    files = records = 0
    known = []
    of_declarations = declaration_files(declared, last_day) if declared else iter(())
    files_of_both: Iterator[LandingFile | TableFile] = chain(deliveries(world, last), of_declarations)
    for landing in files_of_both:
        records += _write(landing, out)
        files += 1
        known.append(landing.known_on)
        if on_file is not None:
            on_file(landing)
    _write_truth(world, last, truth)
    if declared:
        write_truth(declared, last_day, truth)
    return SampleSummary(
        out=out,
        truth=truth,
        seed=seed,
        size=size,
        first_month=str(world.months[0]),
        last_month=str(world.months[last]),
        last_known=str(max(known)),
        items=len(world.layout.items),
        series=int(world.layout.is_origin.sum()),
        files=files,
        records=records,
        declarations=int((declared.lots.declared <= last_day).sum()) if declared else 0,
        cases=dict(Counter(str(case.line[0]) for case in planted(world, last))),
    )


def _declarations(world: World, until: str | None, count: int | None, days: int | None) -> DeclarationWorld | None:
    """The declarations of a world, up to the day its last month is published.

    Those of a size go on past its end, so that a later month adds files and changes none; a number that was asked for
    is the whole.
    """
    size = world.size
    if count is not None or days is not None:
        if until is not None:
            raise ValueError("--until goes with a size's own declarations; leave out --declarations and --days")
        end = publication_date(world.months[size.months - 1])
        lots, span = size.declarations if count is None else count, days or size.declaration_days
    else:
        end = publication_date(world.months[-2])
        later = int((end - publication_date(world.months[size.months - 1])).astype(int))
        span = size.declaration_days + later
        lots = size.declarations * span // size.declaration_days
    return make_declarations(world.seed, lots, days=span, last_day=str(end)) if lots else None


def _write(landing: LandingFile | TableFile, out: Path) -> int:
    """Writes one file and counts its records."""
    if isinstance(landing, TableFile):
        landing.write(out)
        return int(landing.table.num_rows)
    write_csv(out / landing.relative_path, landing.header, landing.rows, landing.has_bom)
    return len(landing.rows)


def _position(world: World, until: str | None) -> int:
    """The position of a month among the world's, no earlier than its initial history ends."""
    size = world.size
    if until is None:
        return size.months - 1
    try:
        position = int((np.datetime64(until, "M") - world.months[0]).astype(int))
    except ValueError as error:
        raise ValueError(f"{until!r} is not a month; write it as 2025-12") from error
    if not size.history - 1 <= position < len(world.months) - 1:
        span = f"{world.months[size.history - 1]} and {world.months[-2]}"
        raise ValueError(f"the month {until} is out of range: choose one between {span}")
    return position


def _write_truth(world: World, until: int, truth: Path) -> None:
    """Replaces the truth files: what is true grows with the months, so these are rewritten, each at once."""
    for name, (header, rows) in truth_files(world, until).items():
        part = truth / f".{name}.new"
        part.unlink(missing_ok=True)
        write_csv(part, header, rows)
        os.replace(part, truth / name)
