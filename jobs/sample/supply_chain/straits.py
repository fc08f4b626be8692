"""Daily transits of the straits: a slow level, a weekly cycle, counting noise, and planted closures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray
from jobs.sample.parameters import CLOSURE_DAYS, CLOSURE_FACTOR, QUIET_MONTHS, Size
from jobs.sample.streams import stream

# Strait: (usual transits a day, tankers' share, deadweight tonnes a ship)
STRAITS = {
    "malacca": (180.0, 0.40, 38_000.0),
    "suez": (58.0, 0.31, 46_000.0),
    "bab_el_mandeb": (60.0, 0.33, 46_000.0),
    "hormuz": (92.0, 0.60, 40_000.0),
}


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One planted closure: from its first to its last day `factor` is left of the transits."""

    strait: str
    start: np.datetime64
    end: np.datetime64
    factor: float


@dataclass(frozen=True, kw_only=True)
class StraitDays:
    """Settled daily counts, straits x days."""

    days: NDArray[np.datetime64]
    names: tuple[str, ...]
    tankers: NDArray[np.int64]
    cargo: NDArray[np.int64]
    tonnes_per_ship: NDArray[np.float64]


def day_range(months: DateArray, planned: int, length: int | None) -> NDArray[np.datetime64]:
    """The days observed: the last `length` of the planned months (None: all), and those of later months."""
    after = (months[planned - 1] + 1).astype("datetime64[D]")
    start = months[0].astype("datetime64[D]") if length is None else after - length
    return np.arange(start, (months[-1] + 1).astype("datetime64[D]"))


def plan_closures(seed: int, size: Size, months: DateArray) -> tuple[Closure, ...]:
    """Closures at random, apart from each other, after the quiet months (or 60 days, where days are few)."""
    rng = stream(seed, "closures")
    days = day_range(months, size.months, size.strait_days)
    planned_end = (months[size.months - 1] + 1).astype("datetime64[D]")
    quiet = 60 if size.strait_days else QUIET_MONTHS * 31
    last = int((planned_end - days[0]).astype(int)) - 75  # so that its effect on imports is seen as well
    edges = np.linspace(quiet, last, size.cases.get("chokepoint_closure", 0) + 1)
    names = list(STRAITS)[: size.straits]
    closures = []
    for low, high in pairwise(edges):
        start = days[0] + int(rng.uniform(low, high - CLOSURE_DAYS[1]))
        length = int(rng.integers(CLOSURE_DAYS[0], CLOSURE_DAYS[1] + 1))
        closures.append(
            Closure(
                strait=names[rng.integers(len(names))], start=start, end=start + (length - 1), factor=CLOSURE_FACTOR
            )
        )
    return tuple(closures)


def simulate_strait_days(seed: int, size: Size, months: DateArray, closures: tuple[Closure, ...]) -> StraitDays:
    """Settled daily transits; after a closure the queue clears over as many days as it lasted."""
    rng = stream(seed, "straits")
    days = day_range(months, size.months, size.strait_days)
    names = tuple(STRAITS)[: size.straits]
    usual = np.array([STRAITS[name][0] for name in names])
    weekday = (days.astype(int) + 3) % 7  # 0 = Monday
    cycle = rng.normal(0.0, 0.03, (len(names), 7))[:, weekday]
    mean = usual[:, None] * np.exp(_slow_level(rng, len(names), len(days)) + cycle)
    mean = mean * np.stack([_closure_factor(days, name, closures) for name in names])
    ships = rng.poisson(mean * rng.gamma(150.0, 1 / 150.0, mean.shape))
    tankers = rng.binomial(ships, np.array([STRAITS[name][1] for name in names])[:, None])
    tonnes = np.array([STRAITS[name][2] for name in names])[:, None] * rng.lognormal(0.0, 0.08, mean.shape)
    return StraitDays(days=days, names=names, tankers=tankers, cargo=ships - tankers, tonnes_per_ship=tonnes)


def _slow_level(rng: np.random.Generator, count: int, days: int) -> NDArray[np.float64]:
    """A level that wanders by about 8 % and forgets within a few months."""
    level = np.empty((count, days))
    level[:, 0] = 0.08 * rng.standard_normal(count)
    steps = 0.08 * np.sqrt(1 - 0.99**2) * rng.standard_normal((count, days))
    for day in range(1, days):
        level[:, day] = 0.99 * level[:, day - 1] + steps[:, day]
    return level


def _closure_factor(days: NDArray[np.datetime64], name: str, closures: tuple[Closure, ...]) -> NDArray[np.float64]:
    factor = np.ones(len(days))
    for closure in (c for c in closures if c.strait == name):
        length = closure.end - closure.start + 1
        factor[(days >= closure.start) & (days <= closure.end)] = closure.factor
        factor[(days > closure.end) & (days <= closure.end + length)] = 1.0 + 0.3 * (1 - closure.factor)
    return factor
