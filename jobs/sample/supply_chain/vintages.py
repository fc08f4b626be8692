"""How figures become known: deliveries, small revisions, late rows, the incomplete tail of ship tracking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray
from jobs.sample.parameters import (
    AIS_LAG_DAYS,
    AIS_TAIL_DAYS,
    AIS_TAIL_MISSING,
    LATE_SHARE,
    PUBLICATION_DAY,
    REVISED_SHARE,
    REVISION_LOG_SD,
)

AGES = len(REVISION_LOG_SD)  # months after publication in which a figure may still change


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file's worth of months: up to `newest`, after those up to `previous` (-1: none)."""

    known_on: np.datetime64
    newest: int
    previous: int

    @property
    def window(self) -> NDArray[np.int64]:
        """The months a file can hold: those not published yet, and those still open to revision."""
        return np.arange(max(0, self.previous + 1 - AGES), self.newest + 1)


@dataclass(frozen=True)
class Revisions:
    """`error[c, m, a]`: log error of cell c, month m at a months of age; `late[c, m]`: months absent."""

    error: NDArray[np.float64]
    late: NDArray[np.int8]


def schedule(months: DateArray, history: int, until: int, every: int, lag: int = 0) -> list[Delivery]:
    """The deliveries of a monthly source, from the one that holds all history to month `until`.

    Args:
        every: months between two deliveries.
        lag: further months a source needs; what it delivers ends that much earlier.
    """
    ends = list(range(history - 1, until + 1, every))
    known = [publication_date(months[end]) for end in ends]
    newest = [end - lag for end in ends]
    return [Delivery(known_on=k, newest=n, previous=p) for k, n, p in zip(known, newest, [-1, *newest], strict=False)]


def publication_date(month: np.datetime64) -> np.datetime64:
    """The day on which a month's statistics are published: the 15th of the next."""
    day: np.datetime64 = (month + 1).astype("datetime64[D]") + (PUBLICATION_DAY - 1)
    return day


def draw_revisions(rng: np.random.Generator, cells: int, months: int) -> Revisions:
    """Independent corrections at one, two and three months; one cell in a few is corrected at each."""
    sd = np.array(REVISION_LOG_SD)
    step = rng.normal(0.0, 1.0, (cells, months, AGES)) * sd
    step *= rng.random(step.shape) < REVISED_SHARE
    error = step[..., ::-1].cumsum(axis=-1)[..., ::-1]
    late = np.where(rng.random((cells, months)) < LATE_SHARE, rng.integers(1, AGES, (cells, months)), 0)
    return Revisions(error=error, late=late.astype(np.int8))


def errors_at(revisions: Revisions, window: NDArray[np.int64], newest: int) -> NDArray[np.float64]:
    """Log error of each cell of the window when month `newest` is the last out: 0 once settled."""
    age = newest - window
    error = np.zeros(revisions.error.shape[:1] + age.shape)
    open_ = (age >= 0) & (age < AGES)
    error[:, open_] = revisions.error[:, window[open_], age[open_]]
    return error


def released(
    columns: Sequence[NDArray[np.float64]], revisions: Revisions, window: NDArray[np.int64], newest: int
) -> list[NDArray[np.int64]]:
    """Each column as it reads when `newest` is the last month out, in whole units; 0 where not out yet.

    A cell's columns move together: what is corrected is a declaration, with its mass and its value.
    """
    visible = newest - window >= revisions.late[:, window]
    factor = np.exp(errors_at(revisions, window, newest)) * visible
    return [np.rint(column[:, window] * factor).astype(np.int64) for column in columns]


def changed(now: Sequence[NDArray[Any]], before: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """Cells to deliver: something is known of them, and it differs from what was delivered before."""
    known = np.logical_or.reduce([column != 0 for column in now])
    differs = np.logical_or.reduce([a != b for a, b in zip(now, before, strict=True)])
    delivered: NDArray[np.bool_] = known & differs
    return delivered


def daily_schedule(months: DateArray, history: int, until: int, every_days: int | None) -> list[np.datetime64]:
    """The days on which a daily source delivers: with the monthly statistics, or every so many days."""
    known = [delivery.known_on for delivery in schedule(months, history, until, 1)]
    return known if every_days is None else list(np.arange(known[0], known[-1] + 1, every_days))


def read_low(count: NDArray[np.int64], days: NDArray[np.datetime64], known_on: np.datetime64) -> NDArray[np.int64]:
    """Daily counts as ship tracking shows them on a day: incomplete for two weeks, 0 for days not out yet."""
    age = ((known_on - AIS_LAG_DAYS) - days).astype(int)
    missing = AIS_TAIL_MISSING * (1 - np.clip(age, 0, AIS_TAIL_DAYS) / AIS_TAIL_DAYS)
    seen: NDArray[np.int64] = np.floor(count * (1 - missing) + 0.5).astype(np.int64) * (age >= 0)
    return seen
