"""One world, published: its landing files into one folder, the planted truth into another."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jobs.sample.files import LandingFile, write_csv
from jobs.sample.parameters import SIZES
from jobs.sample.sources import deliveries
from jobs.sample.truth import planted, refuse_truth_inside, truth_files
from jobs.sample.world import World, build_world


@dataclass(frozen=True)
class SampleSummary:
    """What a call of `generate` left on disk.

    `records` counts data rows over all landing files; `cases` the planted cases begun so far, by kind;
    `last_known` is the last day anything became known: the night to run.
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
    cases: dict[str, int]


def generate(
    out: Path,
    truth: Path,
    seed: int,
    size: str = "small",
    until: str | None = None,
    on_file: Callable[[LandingFile], None] | None = None,
) -> SampleSummary:
    """Writes the world of a seed: the same seed and size give the same bytes.

    Args:
        until: last month (YYYY-MM), default the size's own; a later one adds files and changes none.
        on_file: called after each landing file is written.

    Raises:
        ValueError: unknown size, month out of range, truth inside the landing folder.
        LandingConflictError: `out` holds another world's files.
    """
    if size not in SIZES:
        raise ValueError(f"unknown size {size!r}; choose one of {', '.join(SIZES)}")
    if seed < 0:
        raise ValueError(f"the seed must not be negative, got {seed}")
    refuse_truth_inside(out, truth)
    world = build_world(seed, SIZES[size])
    last = _position(world, until)
    files = records = 0
    known = []
    for landing in deliveries(world, last):
        write_csv(out / landing.relative_path, landing.header, landing.rows, landing.has_bom)
        files, records = files + 1, records + len(landing.rows)
        known.append(landing.known_on)
        if on_file is not None:
            on_file(landing)
    _write_truth(world, last, truth)
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
        cases=dict(Counter(str(case.line[0]) for case in planted(world, last))),
    )


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
