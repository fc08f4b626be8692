"""LP-1, LP-3, LP-4: a lot's price against comparables, the world price and the origin survey price.

Each is a legal ground to ask, none sets a value. All give the same: r = declared / reference, a robust
z = log r over what is uncertain (the spread of honest prices and the error of the reference) and n, the
prices the reference rests on. Spreads of few prices are shrunk towards the usual one, as an inverse-gamma
prior would (Smyth 2004, moderated variances): three equal prices prove no spread of zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.comparables import Comparables
from jobs.domains.low_price.methods.comparables.ladder import IDENTICAL, SIMILAR
from jobs.domains.low_price.methods.comparables.windows import number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.stats.robust.medians import group_median, group_spread, row_median, row_spread


@dataclass(frozen=True)
class PriceRule:
    """Figures of the rules.

    Attributes:
        least: fewest prices a reference may rest on.
        usual_log_sd: spread of honest log prices where nothing better is known: a wide one, so that honest lots of
            a restless market stay below the nominal rate.
        prior: number of prices the usual spread counts for.
        survey_log_sd: least uncertainty of a survey price (rule G).
        low_ratio, low_z: from where a ground to ask stands (level 2 of rule G).
    """

    least: int = 3
    usual_log_sd: float = 0.25
    prior: float = 8.0
    survey_log_sd: float = 0.25
    low_ratio: float = 0.8
    low_z: float = -2.0


@dataclass(frozen=True)
class PriceTest:
    """One rule on M lots; every array has shape (M,), NaN where the rule cannot test.

    Attributes:
        reference: price compared with, USD per kg.
        log_sd: standard deviation of an honest lot's log price around it.
        ratio: declared over reference.
        z: log ratio over log_sd.
        n: prices the reference rests on.
        reasons: conditions by code, each true only where the rule stands (`is_low`).
        is_low: the ground stands: ratio and z below the limits of level 2.
    """

    reference: FloatArray
    log_sd: FloatArray
    ratio: FloatArray
    z: FloatArray
    n: IntArray
    is_low: BoolArray
    reasons: dict[str, BoolArray] = field(default_factory=dict)


def compare_price(
    price: FloatArray,
    reference: FloatArray,
    log_sd: FloatArray,
    n: IntArray,
    rule: PriceRule | None = None,
    reasons: Mapping[str, BoolArray] | None = None,
) -> PriceTest:
    """Declared prices against references whose log-sd is known; not positive or not finite is no test."""
    rule = rule or PriceRule()
    with np.errstate(invalid="ignore"):
        testable = (price > 0) & (reference > 0) & (log_sd > 0) & np.isfinite(price * reference * log_sd)
    reference, log_sd = (np.where(testable, values, np.nan) for values in (reference, log_sd))
    ratio = np.where(testable, price, np.nan) / reference
    z = np.log(ratio) / log_sd
    is_low = (ratio < rule.low_ratio) & (z < rule.low_z)
    shown = {code: is_low & holds for code, holds in (reasons or {}).items()}
    return PriceTest(reference, log_sd, ratio, z, np.where(testable, n, 0), is_low, shown)


def uncertainty(spread: FloatArray, n: IntArray, rule: PriceRule, usual_log_sd: FloatArray | None = None) -> FloatArray:
    """Log-sd of an honest lot around the median of n prices of this robust spread; NaN below `least`.

    The spread is freed of its bias on few values, n / (n - 0.8) (Croux and Rousseeuw 1992); the usual one
    counts for `prior` prices; the median adds pi / 2n of the variance.
    """
    usual = rule.usual_log_sd if usual_log_sd is None else np.where(usual_log_sd > 0, usual_log_sd, rule.usual_log_sd)
    spread = np.nan_to_num(spread) * n / np.maximum(n - 0.8, 0.2)
    variance = (n * spread**2 + rule.prior * usual**2) / (n + rule.prior)
    log_sd = np.sqrt(variance * (1 + np.pi / (2 * np.maximum(n, 1))))
    return np.where(n >= rule.least, log_sd, np.nan)


def assess_comparables(
    price: FloatArray,
    result: Comparables,
    usual_log_sd: FloatArray | None = None,
    rule: PriceRule | None = None,
    chunk: int = 200_000,
) -> PriceTest:
    """LP-1: against identical or similar goods, those at the best rung.

    The reference is the median of the nearest comparables, at the lot's own freight; n is the exact number of
    all. Reasons: lp1_identical, lp1_similar, and lp1_below_lowest where no accepted comparable is as cheap.

    Args:
        usual_log_sd: spread of honest lots of such goods, where a reference price knows it, shape (M,).
        chunk: assessed lots whose lists are held as a matrix at once.
    """
    rule = rule or PriceRule()
    usable = (result.rung == IDENTICAL) | (result.rung == SIMILAR)
    length = np.diff(result.offsets)
    of = np.repeat(np.arange(len(price)), length)
    at_best = usable[of] & (result.lot_rung == result.rung[of])
    log_price = np.where(at_best, np.log(result.lot_price), np.nan)
    column = np.arange(len(of)) - result.offsets[of]
    middle, spread = np.full(len(price), np.nan), np.full(len(price), np.nan)
    listed = np.zeros(len(price), dtype=np.int64)
    for first in range(0, len(price), chunk):
        last = min(first + chunk, len(price))
        part = slice(int(result.offsets[first]), int(result.offsets[last]))
        matrix = np.full((last - first, int(length[first:last].max(initial=0))), np.nan)
        matrix[of[part] - first, column[part]] = log_price[part]
        middle[first:last], listed[first:last] = row_median(matrix)
        spread[first:last] = row_spread(matrix, middle[first:last])
    log_sd = uncertainty(spread, listed, rule, usual_log_sd)
    reasons = {
        "lp1_identical": result.rung == IDENTICAL,
        "lp1_similar": result.rung == SIMILAR,
        "lp1_below_lowest": price < result.lowest,
    }
    return compare_price(price, np.exp(middle), log_sd, np.where(usable, result.count, 0), rule, reasons)


def assess_world_price(
    assessed: Lots,
    pool: Lots,
    world_price: FloatArray,
    pool_world_price: FloatArray,
    usual_log_sd: FloatArray | None = None,
    rule: PriceRule | None = None,
) -> PriceTest:
    """LP-3: against the world price, times what such goods usually cost of it.

    Grades and origins sell at their own premium or discount to the quotation. It is the median of
    log(price / world price) over the pool's firm groups, one vote each, so that one firm's volume decides
    nothing; its spread is that of the lots. Reason: lp3_world_price.

    Args:
        world_price, pool_world_price: quotation in force on each lot's day, USD per kg, shapes (M,) and (P,);
            NaN where there is none.
        usual_log_sd: as in `judge_comparables`.
    """
    rule = rule or PriceRule()
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
    log_sd = np.where(voters >= rule.least, uncertainty(spread, size, rule, usual_log_sd), np.nan)
    reasons = {"lp3_world_price": np.ones(len(assessed), dtype=bool)}
    return compare_price(assessed.price, world_price * np.exp(middle), log_sd, size, rule, reasons)


def _vote(values: FloatArray, group: IntArray, firm: IntArray, n_groups: int) -> tuple[FloatArray, IntArray]:
    """Median of each group over its firms' medians, and the number of firms; a firm not stated has no vote."""
    width = int(firm.max(initial=0)) + 1
    pairs, pair = np.unique(np.where(firm >= 0, group * width + firm, -1), return_inverse=True)
    vote, _ = group_median(values, pair, len(pairs))
    return group_median(vote, pairs // width, n_groups)  # -1 // width is -1: no group


def assess_survey_price(
    price: FloatArray, survey_price: FloatArray, log_sd: FloatArray | float = 0.0, rule: PriceRule | None = None
) -> PriceTest:
    """LP-4: against the origin survey price, brought to the lot's terms by the caller; a log-sd of at least 0.25.

    n is 1, the survey; that it is one opens level 4 without thirty comparables. Reason: lp4_survey_price.
    """
    rule = rule or PriceRule()
    spread = np.maximum(np.broadcast_to(log_sd, price.shape), rule.survey_log_sd)
    reasons = {"lp4_survey_price": np.ones(len(price), dtype=bool)}
    return compare_price(price, survey_price, spread, np.ones(len(price), dtype=np.int64), rule, reasons)
