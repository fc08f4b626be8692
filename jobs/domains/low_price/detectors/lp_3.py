"""LP-3: a lot's price against the world price of its goods. A legal ground to ask; it sets no value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.windows import number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest, compare_price, uncertainty
from jobs.stats.robust.medians import group_median, group_spread


@dataclass(frozen=True, kw_only=True)
class WorldPriceRule:
    """Figures of the detector: firm groups whose usual premium is a market's."""

    least_firms: int


def assess_world_price(
    assessed: Lots,
    pool: Lots,
    world_price: FloatArray,
    pool_world_price: FloatArray,
    usual_log_sd: FloatArray | None,
    rule: PriceRule,
    world: WorldPriceRule,
) -> PriceTest:
    """LP-3: against the world price, times what such goods usually cost of it.

    Grades and origins sell at their own premium or discount to the quotation. It is the median of
    log(price / world price) over the pool's firm groups, one vote each, so that one firm's volume decides
    nothing; its spread is that of the lots. Reason: lp3_world_price.

    Args:
        world_price, pool_world_price: quotation in force on each lot's day, USD per kg, shapes (M,) and (P,);
            NaN where there is none.
        usual_log_sd: spread of honest lots of such goods, where a reference price knows it, shape (M,).
    """
    names = ("product", "specification", "origin", "trade_level")
    ours, theirs = number_keys([getattr(assessed, n) for n in names], [getattr(pool, n) for n in names])
    usable = pool.is_accepted & ~pool.is_disputed & (theirs >= 0) & (pool.price > 0) & (pool_world_price > 0)
    groups, theirs = np.unique(theirs[usable], return_inverse=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        basis = np.log(pool.price[usable] / pool_world_price[usable])
    middle, voters = _vote(basis, theirs, pool.importer_group[usable], len(groups))
    spread = group_spread(basis, theirs, middle)
    at = np.minimum(np.searchsorted(groups, ours), max(len(groups) - 1, 0))
    known = np.isin(ours, groups)
    middle, voters, spread, size = (
        np.where(known, np.append(values, 0)[at], fill)
        for values, fill in (
            (middle, np.nan),
            (voters, 0),
            (spread, np.nan),
            (np.bincount(theirs, minlength=len(groups)), 0),
        )
    )
    log_sd = np.where(voters >= world.least_firms, uncertainty(spread, size, rule, usual_log_sd), np.nan)
    reasons = {"lp3_world_price": np.ones(len(assessed), dtype=bool)}
    return compare_price(assessed.price, world_price * np.exp(middle), log_sd, size, rule, reasons)


def _vote(values: FloatArray, group: IntArray, firm: IntArray, n_groups: int) -> tuple[FloatArray, IntArray]:
    """Median of each group over its firms' medians, and the number of firms; a firm not stated has no vote."""
    width = int(firm.max(initial=0)) + 1
    pairs, pair = np.unique(np.where(firm >= 0, group * width + firm, -1), return_inverse=True)
    vote, _ = group_median(values, pair, len(pairs))
    return group_median(vote, pairs // width, n_groups)  # -1 // width is -1: no group
