"""The ladder of goods a lot may be compared with, and where each assessed lot stands on every rung.

identical: same product, specification, origin and trade level (WTO Valuation Agreement, art. 2). similar: the
specification may differ in packaging and crop year, not in state, grade or size (art. 3). wider: another
origin of the region (art. 7). survey: no accepted sale, an origin survey price only (art. 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jobs.arrays import IntArray
from jobs.domains.low_price.methods.comparables.windows import DayIndex, Window, number_keys
from jobs.domains.low_price.methods.lots import Lots

NONE, IDENTICAL, SIMILAR, WIDER, SURVEY = range(5)
RUNGS = ("none", "identical", "similar", "wider", "survey")
ARTICLES = np.array([0, 2, 3, 7, 7])


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One rung: the pool in order, and the range of it each assessed lot is compared with.

    Attributes:
        assessed_key, pool_key: goods at this rung, shapes (M,) and (P,).
        index: the pool by goods and day of shipment.
        start, stop: range of places of each assessed lot, shape (M,).
        own: lots in the range of the assessed lot's own firm group, shape (M,).
    """

    assessed_key: IntArray
    pool_key: IntArray
    index: DayIndex
    start: IntArray
    stop: IntArray
    own: IntArray

    @property
    def count(self) -> IntArray:
        """Lots of other firm groups in each range."""
        return self.stop - self.start - self.own


def climb_ladder(assessed: Lots, pool: Lots, kind_of: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Keys of assessed and pool at each rung, best first."""
    known = np.append(kind_of, -1)  # specification -1 takes the last

    def goods(lots: Lots) -> list[list[IntArray]]:
        kind = known[lots.specification]
        common = [lots.product, lots.state, lots.trade_level]
        return [
            [*common, lots.specification, lots.origin],
            [*common, kind, lots.origin],
            [*common, kind, lots.region],
        ]

    for ours, theirs in zip(goods(assessed), goods(pool), strict=True):
        yield number_keys(ours, theirs)


def stand_on_rung(assessed: Lots, pool: Lots, ours: IntArray, theirs: IntArray, window: Window) -> Rung:
    """The ranges of one rung, and how many in each belong to the assessed lot's own firm group."""
    index = DayIndex(theirs, pool.shipped)
    # An assessed lot without a day of shipment stands nowhere.
    ours = np.where(assessed.shipped >= 0, ours, -1)
    first, last = assessed.shipped - window.before, assessed.shipped + window.after
    start, stop = index.ranges(ours, first, last)
    our_firm, their_firm = number_keys([ours, assessed.importer_group], [theirs, pool.importer_group])
    own_start, own_stop = DayIndex(their_firm, pool.shipped).ranges(our_firm, first, last)
    return Rung(assessed_key=ours, pool_key=theirs, index=index, start=start, stop=stop, own=own_stop - own_start)
