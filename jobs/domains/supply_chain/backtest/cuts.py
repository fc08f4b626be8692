"""Seeded cuts: supply breaks laid into series that had none, so that detection can be counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray

DEPTHS = (0.50, 0.20, 0.05)  # what is left of the mass
LENGTH = 3  # months
FIRST_MONTH = 18  # months of history before the first cut
HOARD_MONTHS = 2
HOARD_RANGE = (1.5, 3.0)


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """N places for a cut.

    Attributes:
        row: series of each cut, shape (N,).
        start: first month cut, shape (N,).
        hoard: factor on the two months before, shape (N,); 1 without hoarding.
    """

    row: IntArray
    start: IntArray
    hoard: FloatArray

    def take(self, which: IntArray) -> Cuts:
        """Some of the cuts."""
        return Cuts(row=self.row[which], start=self.start[which], hoard=self.hoard[which])


def draw_cuts(
    eligible: NDArray[np.bool_],
    count: int,
    rng: np.random.Generator,
    *,
    hoarding: float = 0.0,
    first: int = FIRST_MONTH,
    length: int = LENGTH,
) -> Cuts:
    """Places drawn evenly among eligible series and months, with replacement.

    Args:
        eligible: whether a series may be cut from month t on, assessed on the months before t, shape (S, T).
        count: cuts drawn.
        rng: seeded generator.
        hoarding: share of the cuts preceded by two months at 1.5 to 3 times the mass.
        first: months of history kept before a cut.
        length: months cut; the last one must still lie in the series.

    Raises:
        ValueError: where no series is ever eligible.
    """
    allowed = eligible.copy()
    allowed[:, :first] = False
    allowed[:, allowed.shape[1] - length + 1 :] = False
    rows, starts = np.nonzero(allowed)
    if len(rows) == 0:
        raise ValueError("no series is eligible for a cut: histories are too short or too thin")
    pick = rng.integers(0, len(rows), count)
    hoard = np.where(rng.random(count) < hoarding, rng.uniform(*HOARD_RANGE, count), 1.0)
    return Cuts(row=rows[pick], start=starts[pick], hoard=hoard)


def lay_cuts(amount: FloatArray, cuts: Cuts, depth: float, length: int = LENGTH) -> FloatArray:
    """The series of each cut with its months scaled, shape (N, T); works for mass and value alike."""
    series = amount[cuts.row].copy()
    ahead = np.arange(series.shape[1]) - cuts.start[:, None]
    factor = np.where((ahead >= 0) & (ahead < length), depth, 1.0)
    factor = np.where((ahead < 0) & (ahead >= -HOARD_MONTHS), cuts.hoard[:, None], factor)
    return series * factor
