"""A firm's price against its own past: what LP-2 and LP-5 share.

What is compared is the price over what was expected of any lot on that day, so that a market that moves is no change of
a firm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.windows import DayIndex, number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest, compare_price, uncertainty
from jobs.stats.robust.medians import row_median, row_spread

_GOODS = ("product", "specification", "origin", "trade_level")


@dataclass(frozen=True, kw_only=True)
class MemoryRule:
    """How far a firm's past reaches: its last `lots` lots of these goods, not older than `days`."""

    lots: int
    days: int


def goods_of(assessed: Lots, past: Lots, firm: str) -> tuple[IntArray, IntArray]:
    """Number of (goods, firm) of each assessed and past lot."""
    names = (*_GOODS, firm)
    return number_keys([getattr(assessed, n) for n in names], [getattr(past, n) for n in names])


def first_day(assessed: Lots, past: Lots, ours: IntArray, theirs: IntArray) -> IntArray:
    """Day of the first lot of these goods between the importer and the exporter group, (M,); -1 where unknown."""
    our_pair, their_pair = number_keys([ours, assessed.exporter_group], [theirs, past.exporter_group])
    index = DayIndex(their_pair, past.declared)
    start, stop = index.ranges(our_pair, np.zeros(len(assessed), dtype=np.int64), assessed.declared)
    earliest = np.append(past.declared[index.rows], 0)[np.minimum(start, len(index.rows))]
    first = np.where(stop > start, earliest, assessed.declared)
    return np.where(our_pair >= 0, first, -1)


def last_lots(key: IntArray, day: IntArray, past_key: IntArray, past: Lots, memory: MemoryRule) -> IntArray:
    """Past rows of the last accepted lots of each key before each day, shape (M, memory.lots), -1 where none."""
    usable = past.is_accepted & ~past.is_disputed & (past.price > 0)
    index = DayIndex(np.where(usable, past_key, -1), past.declared)
    start, stop = index.ranges(np.where(day > 0, key, -1), day - memory.days, day - 1)
    place = stop[:, None] - 1 - np.arange(memory.lots)
    is_there = place >= start[:, None]
    return np.where(is_there, np.append(index.rows, -1)[np.where(is_there, place, -1)], -1)


def assess_change(
    assessed: Lots,
    past: Lots,
    past_of: IntArray,
    expected: FloatArray,
    past_expected: FloatArray,
    usual_log_sd: FloatArray | None,
    rule: PriceRule,
    reasons: dict[str, BoolArray],
) -> PriceTest:
    """Price over expected against the same of the past lots listed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.append(np.log(past.price / past_expected), np.nan)
    matrix = relative[past_of]  # row -1 takes the NaN
    matrix[~np.isfinite(matrix)] = np.nan
    middle, n = row_median(matrix)
    log_sd = uncertainty(row_spread(matrix, middle), n, rule, usual_log_sd)
    return compare_price(assessed.price, expected * np.exp(middle), log_sd, n, rule, reasons)
