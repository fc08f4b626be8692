"""Which cases are planted where and when: chosen by share in the uncut world, not by how visible they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.sample.parameters import (
    BREAK_DEPTHS,
    BREAK_MONTHS,
    DIP_FACTOR,
    DIP_MONTHS,
    EXIT_FACTOR,
    EXIT_MONTHS,
    HOARDED_SHARE,
    HOARDING_MONTHS,
    MIN_SUPPLIER_SHARE,
    PRICE_SHIFT,
    QUIET_MONTHS,
    SLIP_FACTOR,
    STRIKE_FACTOR,
    Size,
)
from jobs.sample.streams import stream
from jobs.sample.supply_chain.layout import Layout

TRUE_CASES = frozenset({"supply_break", "price_shift", "hoarding", "chokepoint_closure"})
LOOK_ALIKES = frozenset({"seasonal_dip", "lumpy_month", "strike", "gradual_exit"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """One planted case; `first` and `last` are positions in the world's months, without hoarding before.

    `series` are those it strikes (empty: every series, as a strike does); `depth` is the share of the uncut
    mass left, for a price shift its log size, for hoarding alone missing (each month has its own factor);
    `share_before` the supplier's share of the item's mass over the twelve months before.
    """

    kind: str
    first: int
    last: int
    series: tuple[int, ...] = ()
    depth: float | None = None
    is_hoarded: bool = False
    share_before: float | None = None


def plan_cases(seed: int, size: Size, layout: Layout, uncut: NDArray[np.float64]) -> tuple[Case, ...]:
    """The monthly cases of a world: one item bears one case at most. Closures of straits are planned apart.

    Args:
        uncut: import mass by series and month without any case.
    """
    rng = stream(seed, "cases")
    free = list(rng.permutation(len(layout.items)))
    cases: list[Case] = []
    for kind, depth, hoarded in _draw_kinds(rng, size):
        first, last = _draw_months(rng, kind, size.months)
        if kind == "strike":
            cases.append(Case(kind=kind, first=first, last=last, depth=depth))
            continue
        for item in list(free):
            series = layout.series_of(item)
            struck, share = _choose_supplier(rng, uncut, series, first)
            if struck is None:
                continue
            everyone = kind == "seasonal_dip"
            chosen = tuple(int(s) for s in series) if everyone else (struck,)
            cases.append(
                Case(
                    kind=kind,
                    first=first,
                    last=last,
                    series=chosen,
                    depth=depth,
                    is_hoarded=hoarded,
                    share_before=None if everyone else share,
                )
            )
            free.remove(item)
            break
    return tuple(cases)


def _draw_kinds(rng: np.random.Generator, size: Size) -> list[tuple[str, float | None, bool]]:
    """Kind, depth and hoarding of every case: breaks in equal numbers by depth, half of them hoarded."""
    breaks = size.cases.get("supply_break", 0)
    depths = rng.permutation(np.resize(rng.permutation(BREAK_DEPTHS), breaks))
    hoarded = rng.permutation(np.arange(breaks) < int(breaks * HOARDED_SHARE + rng.random()))
    kinds: list[tuple[str, float | None, bool]] = [
        ("supply_break", float(d), bool(h)) for d, h in zip(depths, hoarded, strict=True)
    ]
    draws: dict[str, Callable[[], float | None]] = {
        "price_shift": lambda: float(rng.choice((-1, 1)) * rng.uniform(*PRICE_SHIFT)),
        "hoarding": lambda: None,
        "seasonal_dip": lambda: DIP_FACTOR,
        "lumpy_month": lambda: SLIP_FACTOR,
        "strike": lambda: float(rng.uniform(*STRIKE_FACTOR)),
        "gradual_exit": lambda: EXIT_FACTOR,
    }
    for kind, draw in draws.items():
        kinds += [(kind, draw(), False) for _ in range(size.cases.get(kind, 0))]
    return kinds


def _draw_months(rng: np.random.Generator, kind: str, months: int) -> tuple[int, int]:
    """First and last month of a case: after the quiet months, inside the planned ones."""
    length = {
        "supply_break": BREAK_MONTHS,
        "price_shift": BREAK_MONTHS,
        "hoarding": HOARDING_MONTHS,
        "seasonal_dip": DIP_MONTHS,
        "lumpy_month": 2,
        "strike": 2,
        "gradual_exit": EXIT_MONTHS,
    }[kind]
    first = int(rng.integers(QUIET_MONTHS, months - length + 1))
    return (first, months - 1) if kind == "price_shift" else (first, first + length - 1)


def _choose_supplier(
    rng: np.random.Generator, uncut: NDArray[np.float64], series: NDArray[np.int64], first: int
) -> tuple[int | None, float | None]:
    """A supplier with enough of the item's mass over the twelve months before, arriving in most of them."""
    before = uncut[series, first - 12 : first]
    share = before.sum(axis=1) / max(before.sum(), 1e-9)
    able = np.flatnonzero((share >= MIN_SUPPLIER_SHARE) & (np.median(before, axis=1) > 0))
    if not len(able):
        return None, None
    chosen = int(rng.choice(able))
    return int(series[chosen]), float(share[chosen])
