"""The days of a world: prices begin three years before the first declaration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import IntArray
from jobs.sample.low_price.parameters import HISTORY_DAYS, WEEKEND_WEIGHT


@dataclass(frozen=True)
class Calendar:
    """`first` and `last` day of declaration, as days since 1970-01-01; prices are known from `begin`."""

    first: int
    last: int

    @property
    def begin(self) -> int:
        return self.first - HISTORY_DAYS

    @property
    def days(self) -> IntArray:
        """The days of declaration."""
        return np.arange(self.first, self.last + 1)

    @property
    def price_days(self) -> IntArray:
        """The days that have a price."""
        return np.arange(self.begin, self.last + 1)

    @property
    def working_weight(self) -> NDArray[np.float64]:
        """How many declarations a day draws, against a working day."""
        return np.where((self.days + 3) % 7 < 5, 1.0, WEEKEND_WEIGHT)  # 1970-01-01 was a Thursday


def day_of(date: str | np.datetime64) -> int:
    """A date as days since 1970-01-01."""
    return int(np.datetime64(str(date), "D").astype(np.int64))


def month_of(days: IntArray) -> NDArray[np.int64]:
    """The month of each day, as months since 1970-01."""
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_of(months: NDArray[np.int64]) -> IntArray:
    """The first day of each month."""
    return np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def year_fraction(days: IntArray) -> NDArray[np.float64]:
    """Time in years; the fraction is the season."""
    return np.asarray(days) / 365.2425
