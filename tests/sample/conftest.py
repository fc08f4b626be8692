"""One small and one tiny world, published once for all tests, and a reader of what was delivered by a day."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.sample import SampleSummary, generate

SEED = 11
Reading = Callable[[Path, str], dict[tuple[str, ...], dict[str, str]]]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    folder = tmp_path_factory.mktemp("small")
    return generate(folder / "landing", folder / "truth", SEED, "small")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    folder = tmp_path_factory.mktemp("tiny")
    return generate(folder / "landing", folder / "truth", SEED, "tiny")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def vintages(landing: Path, pattern: str) -> list[Path]:
    """The deliveries of one source, the oldest first: names end with the day they became known."""
    return sorted(landing.glob(pattern))


def latest(paths: list[Path], key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, str]]:
    """The newest row of every key over some deliveries, as a reader at the time of the last one has it."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for path in paths:
        rows |= {tuple(row[k] for k in key): row for row in read_rows(path)}
    return rows
