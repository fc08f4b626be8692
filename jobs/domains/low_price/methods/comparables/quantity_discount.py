"""How much cheaper a lot of this mass usually is: the price-mass curve of its goods, without the lot's own firms.

log price = month + b log mass within product, specification, origin and trade level, by least squares on what
a first fit leaves within three robust deviations. The firm group assessed is taken out of the sums, so that a
firm that declares its large lots low does not make its own discount. Curves of few lots are drawn towards that of
their product in its state from its region, and none rises with mass nor falls faster than any price list. Nothing rests
on lots of other goods, so that it does not matter which are assessed together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.windows import can_compare, number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.stats.robust.medians import MAD_TO_SD, group_median

_GOODS = ("product", "specification", "origin", "trade_level")
_WIDER = ("product", "state", "region")


@dataclass(frozen=True, kw_only=True)
class CurveRule:
    """Figures of the curve.

    Attributes:
        steepest: largest fall of log price per log mass.
        prior: sum of squares that the product's curve in its region counts for.
        trim: robust deviations kept by the second fit.
        firms: firm groups besides the assessed one that a curve needs.
        month_days: days whose prices are compared with each other.
    """

    steepest: float
    prior: float
    trim: float
    firms: int
    month_days: int


def expect_quantity_discount(assessed: Lots, pool: Lots, rule: CurveRule) -> FloatArray:
    """Log price an assessed lot's mass explains against a lot of the usual mass, shape (M,); 0 or less.

    0 where the lot is not larger than usual or where fewer than `firms` other firm groups have sold such goods.
    """
    pool = pool.take(can_compare(pool))
    ours, theirs = number_keys([getattr(assessed, n) for n in _GOODS], [getattr(pool, n) for n in _GOODS])
    pool, theirs = pool.take(theirs >= 0), theirs[theirs >= 0]
    if len(pool) == 0:
        return np.zeros(len(assessed))
    keys, opens, key = np.unique(theirs, return_index=True, return_inverse=True)
    at = np.minimum(np.searchsorted(keys, ours), len(keys) - 1)
    known = keys[at] == ours
    x, y = _within_months(pool, key, rule.month_days)
    names = [getattr(pool, n) for n in _WIDER]
    _, wider = np.unique(number_keys(names, names)[0], return_inverse=True)
    common = _slopes(x, y, wider)
    residual = np.abs(y - common[wider] * x)
    usual, _ = group_median(residual, wider, len(common))
    kept = residual <= rule.trim * MAD_TO_SD * usual[wider]
    sums = _others_sums(x * kept, y * kept, key, pool.importer_group, at, assessed.importer_group, len(keys))
    slope = (sums[0] + rule.prior * common[wider[opens[at]]]) / (sums[1] + rule.prior)
    usual, _ = group_median(np.log(pool.net_mass_kg), key, len(keys))
    firms = _other_firms(key, pool.importer_group, at, assessed.importer_group, len(keys))
    with np.errstate(divide="ignore", invalid="ignore"):
        larger = np.maximum(np.log(assessed.net_mass_kg) - usual[at], 0.0)
    discount = np.clip(slope, -rule.steepest, 0.0) * larger
    return np.where(known & (firms >= rule.firms) & np.isfinite(discount), discount, 0.0)


def _within_months(pool: Lots, key: IntArray, month_days: int) -> tuple[FloatArray, FloatArray]:
    """Log mass and log price less their means over the goods' month."""
    _, cell = np.unique(key * (1 << 20) + pool.shipped // month_days, return_inverse=True)
    n = np.bincount(cell)
    return tuple(v - (np.bincount(cell, v) / n)[cell] for v in (np.log(pool.net_mass_kg), np.log(pool.price)))


def _slopes(x: FloatArray, y: FloatArray, group: IntArray) -> FloatArray:
    """Least-squares slope of each group through zero."""
    return np.bincount(group, x * y) / np.maximum(np.bincount(group, x * x), 1e-12)


def _firm_pairs(
    key: IntArray, group: IntArray, at: IntArray, own: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """The pool's (goods, firm group) pairs, that of each lot, and each assessed lot's own, len(pairs) if not there."""
    width = max(int(group.max(initial=0)), int(own.max(initial=0))) + 1
    pairs, pair = np.unique(key * width + group, return_inverse=True)
    asked = np.where(own >= 0, at * width + own, -1)
    place = np.minimum(np.searchsorted(pairs, asked), len(pairs) - 1)
    return pairs // width, pair, np.where(pairs[place] == asked, place, len(pairs)), pairs


def _others_sums(
    x: FloatArray, y: FloatArray, key: IntArray, group: IntArray, at: IntArray, own: IntArray, n_keys: int
) -> tuple[FloatArray, FloatArray]:
    """Sums of x y and x x over each assessed lot's goods, its own firm group left out."""
    _, pair, mine, pairs = _firm_pairs(key, group, at, own)

    def others(values: FloatArray) -> FloatArray:
        of_pair = np.append(np.bincount(pair, values, minlength=len(pairs)), 0.0)
        total: FloatArray = np.bincount(key, values, minlength=n_keys)[at] - of_pair[mine]
        return total

    return others(x * y), np.maximum(others(x * x), 0.0)


def _other_firms(key: IntArray, group: IntArray, at: IntArray, own: IntArray, n_keys: int) -> IntArray:
    """Firm groups with such goods besides each assessed lot's own."""
    pair_key, _, mine, pairs = _firm_pairs(key, group, at, own)
    return np.bincount(pair_key, minlength=n_keys)[at] - (mine < len(pairs))
