"""Honest lots that look under-priced: three for every true case, of six kinds, at .2 to .9 of the usual price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.sample.low_price.lots import MAX_LOT_KG, DrawnLots
from jobs.sample.low_price.parameters import LOOK_ALIKE_RATIO
from jobs.sample.low_price.prices import Fall, Prices
from jobs.sample.low_price.schemes import COPY, Cases
from jobs.sample.low_price.trades import Trades
from jobs.sample.streams import stream

KINDS = ("damaged", "lower_grade", "quantity_discount", "long_contract", "wrong_unit", "market_fall")
DAMAGED, LOWER_GRADE, QUANTITY_DISCOUNT, LONG_CONTRACT, WRONG_UNIT, MARKET_FALL = range(len(KINDS))

# An invoice for other units than kilograms: packs of 200 to 800 g, pounds, catties of 500 and 600 g.
WRONG_UNITS = (0.2, 0.25, 0.4, 0.4536, 0.5, 0.6, 0.8)
FALL_DAYS = 30  # at most
FALL_LOTS = 120  # at most, where there are markets enough
CONTRACT_LOTS = 12  # in a row, at one price
DISCOUNTED_MASS = (2.0, 4.0)  # times the lot


@dataclass(frozen=True)
class LookAlikes:
    """N lots: `kind` is a position in `KINDS`, -1 elsewhere; `ratio` of the usual price, 1 elsewhere."""

    kind: IntArray
    ratio: FloatArray

    def of(self, kind: int) -> BoolArray:
        chosen: BoolArray = self.kind == kind
        return chosen


def plan_falls(seed: int, lots: DrawnLots, trades: Trades, cases: Cases, wanted: int) -> tuple[Fall, ...]:
    """Market-wide falls that strike about `wanted` honest lots."""
    rng = stream(seed, "declarations/falls")
    market = trades.market[lots.trade]
    order = np.lexsort((lots.shipped, market))
    markets, first = np.unique(market[order], return_index=True)
    ends = np.r_[first[1:], len(order)]
    copied = np.isin(markets, market[cases.of(COPY)])  # a ring agrees on a price in a market it knows
    falls, struck = [], 0
    for m in rng.permutation(np.flatnonzero(~copied)):
        if struck >= wanted:
            break
        rows = order[first[m] : ends[m]]
        start = int(rng.integers(0, max(1, len(rows) // 2)))
        begin = lots.shipped[rows[start]]
        count = min(wanted - struck, max(FALL_LOTS, 2 * wanted // len(markets)))
        last = min(begin + FALL_DAYS - 1, lots.shipped[rows[min(start + count, len(rows)) - 1]])
        inside = rows[(lots.shipped[rows] >= begin) & (lots.shipped[rows] <= last)]
        falls.append(
            Fall(market=int(markets[m]), first=int(begin), last=int(last), ratio=float(rng.uniform(*LOOK_ALIKE_RATIO)))
        )
        struck += int((~cases.is_case[inside]).sum())
    return tuple(falls)


def choose_look_alikes(
    seed: int, lots: DrawnLots, trades: Trades, cases: Cases, falls: tuple[Fall, ...], count: int, prices: Prices
) -> LookAlikes:
    """Every honest lot within a fall, and of the five other kinds equally many, `count` in all.

    Args:
        prices: without the falls.
    """
    rng = stream(seed, "declarations/look_alikes")
    kind, ratio = np.full(len(lots), -1), np.ones(len(lots))
    market = trades.market[lots.trade]
    fall = _fall_of(lots, market, falls)
    struck = (fall >= 0) & ~cases.is_case
    kind[struck] = MARKET_FALL
    ratio[struck] = np.array([each.ratio for each in falls] + [1.0])[fall[struck]]
    left = max(0, count - int((kind >= 0).sum()))
    share = [left // 5 + (n < left % 5) for n in range(5)]
    _lay_contracts(rng, lots, cases, kind, ratio, share[0], prices, market)
    free = rng.permutation(np.flatnonzero((kind < 0) & ~cases.is_case))
    for which, wanted in zip((DAMAGED, LOWER_GRADE, QUANTITY_DISCOUNT, WRONG_UNIT), share[1:], strict=True):
        chosen, free = free[:wanted], free[wanted:]
        kind[chosen] = which
        ratio[chosen] = (
            rng.choice(WRONG_UNITS, wanted) if which == WRONG_UNIT else rng.uniform(*LOOK_ALIKE_RATIO, wanted)
        )
    return LookAlikes(kind, ratio)


def enlarge_discounted(seed: int, lots: DrawnLots, look_alikes: LookAlikes) -> DrawnLots:
    """The lots with those sold at a quantity discount made as large as that asks for."""
    rng = stream(seed, "declarations/discounts")
    large = look_alikes.of(QUANTITY_DISCOUNT)
    mass = lots.mass * np.where(large, rng.uniform(*DISCOUNTED_MASS, len(lots)), 1.0)
    return lots.changed(mass=np.minimum(mass, np.maximum(lots.mass, MAX_LOT_KG)))


def _fall_of(lots: DrawnLots, market: IntArray, falls: tuple[Fall, ...]) -> IntArray:
    """The fall each lot was shipped in, -1 outside; a market has one at most."""
    by_market = np.full(int(market.max()) + 1, -1)
    by_market[[fall.market for fall in falls]] = np.arange(len(falls))
    of = by_market[market]
    first, last = (np.array([getattr(fall, end) for fall in falls] + [0])[of] for end in ("first", "last"))
    return np.where((of >= 0) & (lots.shipped >= first) & (lots.shipped <= last), of, -1)


def _lay_contracts(
    rng: np.random.Generator,
    lots: DrawnLots,
    cases: Cases,
    kind: IntArray,
    ratio: FloatArray,
    wanted: int,
    prices: Prices,
    market: IntArray,
) -> None:
    """Runs of lots of one trade at the one price once agreed, whatever the market did since; fills `kind`, `ratio`."""
    free = np.flatnonzero((kind < 0) & ~cases.is_case)
    run = free // CONTRACT_LOTS * len(lots) + lots.trade[free]  # neighbours in the order of trades and days
    _, number = np.unique(run, return_inverse=True)
    taken = free[np.argsort(rng.permutation(number.max() + 1)[number], kind="stable")[:wanted]]
    if not len(taken):
        return
    run = np.unique(taken // CONTRACT_LOTS * len(lots) + lots.trade[taken], return_inverse=True)[1]
    agreed = rng.uniform(*LOOK_ALIKE_RATIO, run.max() + 1)[run]
    now = prices.cif(market[taken], lots.shipped[taken])
    mean = np.bincount(run, now) / np.bincount(run)
    kind[taken] = LONG_CONTRACT
    ratio[taken] = np.clip(agreed * mean[run] / now, *LOOK_ALIKE_RATIO)
