"""Comparable lots of each assessed lot: the list, the lowest accepted price, how many, on which legal method.

Prices are accepted ones out of dispute, of importers not related to the assessed one, shipped within the
window, brought to the assessed lot's freight. The best rung of the ladder that has any counts; where several
stand on it, the lowest is the value (WTO Valuation Agreement, art. 2(3), 3(3)).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.ladder import (
    ARTICLES,
    IDENTICAL,
    NONE,
    SURVEY,
    Rung,
    climb_ladder,
    stand_on_rung,
)
from jobs.domains.low_price.methods.comparables.windows import (
    Window,
    adjust_freight,
    can_compare,
    expand_ranges,
    lowest_adjusted,
    stated_freight,
)
from jobs.domains.low_price.methods.lots import Lots

_MASS_STEPS, _MASS_SCALE = 1 << 20, 1000.0  # masses are told apart to a thousandth
_DAY_STEPS = 128  # over twice LONGEST_DAYS is not needed: distances are at most 90


PAIRS_AT_ONCE = 4_000_000  # candidates held in memory


@dataclass(frozen=True, kw_only=True)
class ComparablesRule:
    """Which sales a lot is compared with.

    Attributes:
        window: days of shipment around the lot's.
        nearest: length of a list; by rung, then days, then mass.
    """

    window: Window
    nearest: int


@dataclass(frozen=True, kw_only=True)
class Comparables:
    """Comparables of M assessed lots: a summary at the best rung, and the nearest of all rungs in CSR form.

    Attributes:
        rung: best rung with a comparable, NONE to SURVEY, shape (M,).
        count: exact number of comparables at that rung; 0 at NONE and SURVEY.
        lowest: lowest accepted price among all of them, USD per kg at the assessed lot's freight; NaN without one.
        lowest_lot: its row in the pool, -1 without one.
        offsets: the list of lot i is entries offsets[i] to offsets[i + 1], nearest first, shape (M + 1,).
        lot, lot_rung, lot_days, lot_price: of each entry: row in the pool, rung, days between the shipments,
            freight-adjusted price.
    """

    rung: IntArray
    count: IntArray
    lowest: FloatArray
    lowest_lot: IntArray
    offsets: IntArray
    lot: IntArray
    lot_rung: IntArray
    lot_days: IntArray
    lot_price: FloatArray

    @property
    def article(self) -> IntArray:
        """Article of the Valuation Agreement the best rung could support, 0 for none."""
        return ARTICLES[self.rung]

    def of(self, row: int) -> slice:
        """Entries of one assessed lot's list."""
        return slice(int(self.offsets[row]), int(self.offsets[row + 1]))


def find_comparables(
    assessed: Lots,
    pool: Lots,
    kind_of: IntArray,
    rule: ComparablesRule,
    survey_price: FloatArray | None = None,
    pairs: int = PAIRS_AT_ONCE,
) -> Comparables:
    """Comparables of every assessed lot.

    Args:
        assessed: M lots.
        pool: lots as known on the night; the assessed ones may be among them.
        kind_of: for each specification number the number of its state, grade and size, without packaging and
            crop year: what goods must share to be similar; -1 where one of these is not stated.
        rule: days of shipment, and the length of a list.
        survey_price: origin survey price of each assessed lot, NaN where there is none, shape (M,).
        pairs: candidates held in memory at once.
    """
    window, nearest = rule.window, rule.nearest
    rows = np.flatnonzero(can_compare(pool))
    pool = pool.take(rows)
    rung, count, lowest_lot = (np.full(len(assessed), fill) for fill in (NONE, 0, -1))
    lowest = np.full(len(assessed), np.nan)
    result = np.zeros(len(assessed), dtype=np.int64)
    # Lists are twenty times as long as the lots: their numbers are kept in the fewest bytes.
    entries = [tuple(np.zeros(0, dtype=kind) for kind in (np.int32, np.int32, np.int8, np.int8))]
    earlier: list[Rung] = []
    for step, (ours, theirs) in enumerate(climb_ladder(assessed, pool, kind_of), start=IDENTICAL):
        here = stand_on_rung(assessed, pool, ours, theirs, window)
        opened = np.flatnonzero((rung == NONE) & (here.count > 0))
        rung[opened], count[opened] = step, here.count[opened]
        price, place = lowest_adjusted(
            assessed.take(opened), pool.take(here.index.rows), here.start[opened], here.stop[opened]
        )
        lowest[opened], lowest_lot[opened] = price, rows[here.index.rows[place]]
        for of, lot, days in _nearest(assessed, pool, here, earlier, window, nearest, result, pairs):
            entries.append((of, lot, np.full(len(of), step, dtype=np.int8), days))
            result += np.bincount(of, minlength=len(assessed))
        earlier.append(here)
    if survey_price is not None:
        rung = np.where((rung == NONE) & (survey_price > 0), SURVEY, rung)
    of, lot, lot_rung, days = (np.concatenate(each) for each in zip(*entries, strict=True))
    order = np.argsort(of, kind="stable")
    of, lot = of[order], lot[order]
    return Comparables(
        rung=rung,
        count=count,
        lowest=lowest,
        lowest_lot=lowest_lot,
        offsets=np.concatenate([[0], np.cumsum(result)]),
        lot=rows[lot],
        lot_rung=lot_rung[order],
        lot_days=days[order],
        lot_price=adjust_freight(pool.price[lot], stated_freight(pool)[lot], stated_freight(assessed)[of]),
    )


def _nearest(
    assessed: Lots,
    pool: Lots,
    here: Rung,
    earlier: list[Rung],
    window: Window,
    nearest: int,
    result: IntArray,
    pairs: int,
) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """The next comparables of lists that are not full: assessed row, pool row, days; chunk by chunk.

    Only lots as near as the list needs are looked at. A rung contains the one before, so as many as the list
    is long, with those listed already among them, are enough.
    """
    asked = np.flatnonzero((result < nearest) & (here.count > 0))
    start, stop = _narrow(assessed, here, asked, window, nearest)
    mass = [np.log(np.maximum(lots.net_mass_kg, 1e-9)) for lots in (assessed, pool)]
    chunk = np.cumsum(stop - start) // pairs
    bounds = np.concatenate([np.searchsorted(chunk, np.unique(chunk)), [len(asked)]])
    for a, b in itertools.pairwise(bounds.tolist()):
        local, place = expand_ranges(start[a:b], stop[a:b])
        of, lot = asked[a:b][local], here.index.rows[place]
        new = _is_new(assessed, pool, earlier, of, lot)
        local, of, lot = local[new], of[new], lot[new]
        days = np.abs(pool.shipped[lot] - assessed.shipped[of])
        separate = np.minimum(np.abs(mass[1][lot] - mass[0][of]) * _MASS_SCALE, _MASS_STEPS - 1).astype(np.int64)
        order = np.argsort((local * _DAY_STEPS + days) * _MASS_STEPS + separate, kind="stable")
        local = local[order]
        position = np.arange(len(local)) - np.searchsorted(local, local)
        kept = order[position < (nearest - result[asked[a:b]])[local]]
        yield of[kept].astype(np.int32), lot[kept].astype(np.int32), days[kept].astype(np.int8)


def _narrow(assessed: Lots, here: Rung, asked: IntArray, window: Window, nearest: int) -> tuple[IntArray, IntArray]:
    """Ranges of the fewest whole days that hold `nearest` lots of others, or all there are, by bisection."""
    key, day = here.assessed_key[asked], assessed.shipped[asked]
    enough = np.minimum(nearest + here.own[asked], here.stop[asked] - here.start[asked])

    def within(radius: IntArray) -> tuple[IntArray, IntArray]:
        return here.index.ranges(key, day - np.minimum(radius, window.before), day + np.minimum(radius, window.after))

    low, high = np.zeros(len(asked), dtype=np.int64), np.full(len(asked), max(window.before, window.after))
    while (low < high).any():
        middle = (low + high) // 2
        start, stop = within(middle)
        is_enough = stop - start >= enough
        low, high = np.where(is_enough, low, middle + 1), np.where(is_enough, middle, high)
    return within(high)


def _is_new(assessed: Lots, pool: Lots, earlier: list[Rung], of: IntArray, lot: IntArray) -> BoolArray:
    """Pairs of different firm groups that no earlier rung has listed."""
    new: BoolArray = assessed.importer_group[of] != pool.importer_group[lot]
    for rung in earlier:
        new &= (rung.assessed_key[of] != rung.pool_key[lot]) | (rung.assessed_key[of] < 0)
    return new
