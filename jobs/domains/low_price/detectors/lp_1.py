"""LP-1: a lot's price against identical or similar goods. A legal ground to ask; it sets no value."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.methods.comparables.comparables import Comparables
from jobs.domains.low_price.methods.comparables.ladder import IDENTICAL, SIMILAR
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest, compare_price, uncertainty
from jobs.stats.robust.medians import row_median, row_spread

ROWS_AT_ONCE = 200_000  # lots whose lists of comparables are one matrix


def assess_comparables(
    price: FloatArray,
    result: Comparables,
    usual_log_sd: FloatArray | None,
    rule: PriceRule,
    chunk: int = ROWS_AT_ONCE,
) -> PriceTest:
    """LP-1: against identical or similar goods, those at the best rung.

    The reference is the median of the nearest comparables, at the lot's own freight; n is the exact number of
    all. Reasons: lp1_identical, lp1_similar, and lp1_below_lowest where no accepted comparable is as cheap.

    Args:
        usual_log_sd: spread of honest lots of such goods, where a reference price knows it, shape (M,).
        chunk: assessed lots whose lists are held as a matrix at once.
    """
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
