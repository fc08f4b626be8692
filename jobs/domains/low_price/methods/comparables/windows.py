"""Which lots of a pool are of the same kind as an assessed lot and near it in time, and the lowest price among them.

Everything is one sort of the pool by (key, day) and then contiguous ranges of it: a count is a difference of
two binary searches, a minimum a range-minimum query on a sparse table (Bender and Farach-Colton 2000, The LCA
problem revisited), of which only the level in use is held. Nobody is a witness for itself: each entry of the
table carries the two smallest values of different firm groups, so that the assessed lot's own group is left out
exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots

LONGEST_DAYS = 90
_SPAN = 1 << 20  # days a key has room for: far more than any date needs
_WIDEST = 1 << 42  # key numbers that times _SPAN stay within 64 bits


@dataclass(frozen=True)
class Window:
    """Days of shipment around the assessed lot's; the nightly run sees the previous thirty only.

    Over 90 days no sale is "at or about the same time" (tribunal practice), whatever is configured.
    """

    before: int
    after: int

    def __post_init__(self) -> None:
        if not 0 <= min(self.before, self.after) <= max(self.before, self.after) <= LONGEST_DAYS:
            raise ValueError(f"a window of {self.before} days before and {self.after} after: 0 to {LONGEST_DAYS} each")


def number_keys(assessed: Sequence[IntArray], pool: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """One number per combination of columns, for assessed and pool alike; -1 where any column is not stated."""
    code = np.zeros(len(assessed[0]) + len(pool[0]), dtype=np.int64)
    stated = np.ones(len(code), dtype=bool)
    widest = 1
    for ours, theirs in zip(assessed, pool, strict=True):
        column = np.concatenate([ours, theirs])
        stated &= column >= 0
        width = int(column.max(initial=0)) + 1
        if widest * width >= _WIDEST:
            _, code = np.unique(code, return_inverse=True)
            widest = int(code.max(initial=0)) + 1
        code = code * width + np.maximum(column, 0)
        widest *= width
    if widest >= _WIDEST:
        _, code = np.unique(code, return_inverse=True)
    code = np.where(stated, code, -1)
    return code[: len(assessed[0])], code[len(assessed[0]) :]


class DayIndex:
    """A pool in the order of (key, day), with the places of every (key, range of days).

    Attributes:
        rows: pool row at each place; rows without a key or a day are left out.
    """

    def __init__(self, key: IntArray, day: IntArray) -> None:
        rows = np.flatnonzero((key >= 0) & (day >= 0))
        place = key[rows] * _SPAN + day[rows]
        order = np.argsort(place, kind="stable")
        self.rows = rows[order]
        self._place = place[order]

    def ranges(self, key: IntArray, first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
        """Half-open ranges of places with this key and first <= day <= last; empty where the key is -1."""
        base = key * _SPAN
        start = np.searchsorted(self._place, base + np.maximum(first, 0), side="left")
        stop = np.searchsorted(self._place, base + last, side="right")
        return start, np.where(key >= 0, np.maximum(stop, start), start)


def lowest_of_others(
    values: FloatArray, group: IntArray, start: IntArray, stop: IntArray, own: IntArray
) -> tuple[FloatArray, IntArray]:
    """The smallest value in each range [start, stop) of a group other than `own`, and its place.

    Ties go to the earlier place.

    Returns:
        value, inf where there is none, and place, -1 where there is none.
    """
    n = len(values)
    order = np.argsort(values, kind="stable")
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    # By rank, so that the smaller rank is the smaller value; rank n stands for nothing.
    group_at = np.append(group[order], -2)
    value_at = np.append(values[order], np.inf)
    first, second = rank, np.full(n, n)
    result = np.full(len(start), n)
    length = stop - start
    level = np.where(length > 0, np.frexp(np.maximum(length, 1))[1] - 1, -1)
    for k in range(int(level.max(initial=-1)) + 1):
        asked, width = np.flatnonzero(level == k), 1 << k
        left, right = start[asked], stop[asked] - width
        best, next_best = _two_groups(first[left], second[left], first[right], second[right], group_at)
        result[asked] = np.where(group_at[best] == own[asked], next_best, best)
        first, second = _two_groups(first[:-width], second[:-width], first[width:], second[width:], group_at)
    value = value_at[result]
    return value, np.where(np.isfinite(value), np.append(order, -1)[result], -1)


def _two_groups(a1: IntArray, a2: IntArray, b1: IntArray, b2: IntArray, group_at: IntArray) -> tuple[IntArray, ...]:
    """Smallest rank of two ranges, and the smallest of any other group."""
    first = np.minimum(a1, b1)
    none = len(group_at) - 1
    second = np.full(len(first), none)
    for other in (np.maximum(a1, b1), a2, b2):
        second = np.minimum(second, np.where(group_at[other] == group_at[first], none, other))
    return first, second


def expand_ranges(start: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
    """Every place of every range: which range it belongs to, and the place."""
    length = stop - start
    of = np.repeat(np.arange(len(start)), length)
    return of, np.arange(len(of)) + np.repeat(start - (np.cumsum(length) - length), length)


def can_compare(pool: Lots) -> BoolArray:
    """Lots whose price may stand beside another's: accepted, undisputed, positive, of a known firm.

    A firm that is not stated cannot be shown to be another one.
    """
    known = (pool.importer_group >= 0) & (pool.shipped >= 0)
    positive = (pool.price > 0) & np.isfinite(pool.price) & (pool.net_mass_kg > 0)
    return pool.is_accepted & ~pool.is_disputed & positive & known


def stated_freight(lots: Lots) -> FloatArray:
    """Freight in USD per kg, NaN where it is not stated or not below the price it is contained in."""
    with np.errstate(invalid="ignore"):
        return np.where((lots.freight >= 0) & (lots.freight < lots.price), lots.freight, np.nan)


def adjust_freight(price: FloatArray, freight: FloatArray, to: FloatArray) -> FloatArray:
    """A comparable's price brought to the assessed lot's freight (art. 2(2), 3(2)).

    As it is where either is unknown.
    """
    change = to - freight
    return price + np.where(np.isfinite(change), change, 0.0)


def lowest_adjusted(assessed: Lots, pool: Lots, start: IntArray, stop: IntArray) -> tuple[FloatArray, IntArray]:
    """Lowest freight-adjusted price of other firm groups in each assessed lot's range of `pool`, and its place.

    The adjustment is one number an assessed lot, so the minimum is taken before it is added: over prices less
    freight where both sides state it, over prices as declared where one does not.
    """
    ours, theirs = stated_freight(assessed), stated_freight(pool)
    has_ours, has_theirs = np.isfinite(ours), np.isfinite(theirs)
    lowest, place = np.full(len(assessed), np.inf), np.full(len(assessed), -1)
    for asked, values, to in (
        (has_ours, np.where(has_theirs, pool.price - theirs, np.inf), ours),
        (has_ours, np.where(has_theirs, np.inf, pool.price), np.zeros(len(assessed))),
        (~has_ours, pool.price, np.zeros(len(assessed))),
    ):
        rows = np.flatnonzero(asked)
        if rows.size == 0 or not np.isfinite(values).any():
            continue
        own = assessed.importer_group[rows]
        value, at = lowest_of_others(values, pool.importer_group, start[rows], stop[rows], own)
        value = value + to[rows]
        better = value < lowest[rows]
        lowest[rows[better]], place[rows[better]] = value[better], at[better]
    return lowest, place
