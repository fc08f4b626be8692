"""Nights of a tiny world in this process, on a lake of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from jobs.night import run
from jobs.sample import generate
from jobs.settings import settings

SEED = 7


@dataclass(frozen=True)
class Nightly:
    """A lake after some nights.

    Attributes:
        lake, landing: where they lie.
        before: the lake as the night before the last left it.
        nights: the nights run, oldest first.
    """

    lake: Path
    landing: Path
    before: Path
    nights: tuple[date, ...]


@contextmanager
def pointing(lake: Path, landing: Path) -> Iterator[None]:
    """The settings name this lake and this landing folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSTOMS_LAKE", str(lake))
        patch.setenv("CUSTOMS_LANDING", str(landing))
        settings.cache_clear()
        yield
    settings.cache_clear()


def earlier_files(landing: Path, target: Path) -> list[date]:
    """Copy a landing folder without its newest deliveries; returns the days on which files came."""
    days = sorted({path.stem.split("_known_")[1] for path in landing.rglob("*.csv")})
    shutil.copytree(landing, target, ignore=shutil.ignore_patterns(f"*_known_{days[-1]}.csv"), dirs_exist_ok=True)
    return [date.fromisoformat(day) for day in days]


def run_nights(root: Path) -> Nightly:
    """Two nights: the first with what had come by then, the second with a month more and revisions."""
    generate(root / "all", root / "truth", SEED, "tiny")
    landing, lake = root / "landing", root / "lake"
    days = earlier_files(root / "all", landing)
    with pointing(lake, landing):
        run.run(run.PARTS, days[-2])
        shutil.copytree(lake, root / "before")
        shutil.copytree(root / "all", landing, dirs_exist_ok=True)
        run.run(run.PARTS, days[-1])
    return Nightly(lake, landing, root / "before", (days[-2], days[-1]))
