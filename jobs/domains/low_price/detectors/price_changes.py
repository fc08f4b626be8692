"""LP-2 and LP-5: a price that left its own past, with one supplier or after a change of counterpart.

Both compare a lot with the last lots before it: LP-2 with those of the same exporter, LP-5 with those the
importer bought elsewhere before its first lot from a new exporter. What is compared is the price over what was
expected of any lot on that day, so that a market that moves is no change of a firm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.detectors.price_rules import PriceRule, PriceTest, compare_price, uncertainty
from jobs.domains.low_price.methods.comparables.windows import DayIndex, number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.stats.robust.medians import row_median, row_spread

_GOODS = ("product", "specification", "origin", "trade_level")


@dataclass(frozen=True)
class Memory:
    """How far a firm's past reaches: its last `lots` lots of these goods, not older than `days`.

    After a change of counterpart, lots count as after it for `fresh_days`.
    """

    lots: int = 20
    days: int = 365
    fresh_days: int = 90


def assess_supplier_change(
    assessed: Lots,
    past: Lots,
    expected: FloatArray | None = None,
    past_expected: FloatArray | None = None,
    usual_log_sd: FloatArray | None = None,
    rule: PriceRule | None = None,
    memory: Memory | None = None,
) -> PriceTest:
    """LP-2: the exporter's price of these goods against its own last ones, declared before the assessed lot.

    Args:
        past: lots known on the night, accepted or not; the assessed ones may be among them.
        expected, past_expected: reference price of each lot on its day, USD per kg, shapes (M,) and (P,); where
            not given, prices are compared as they are.
        usual_log_sd: as in `price_rules.judge_comparables`.
    """
    ours, theirs = _goods_of(assessed, past, "exporter")
    past_of = _last_lots(ours, assessed.declared, theirs, past, memory or Memory())
    reasons = {"lp2_supplier_change": np.ones(len(assessed), dtype=bool)}
    return _assess_change(assessed, past, past_of, expected, past_expected, usual_log_sd, rule, reasons)


def assess_new_counterpart(
    assessed: Lots,
    past: Lots,
    expected: FloatArray | None = None,
    past_expected: FloatArray | None = None,
    usual_log_sd: FloatArray | None = None,
    rule: PriceRule | None = None,
    memory: Memory | None = None,
) -> PriceTest:
    """LP-5: a lot from a new exporter group against what the importer paid for these goods before the change.

    The change is the importer's first lot from that group; a lot long after it, or of an importer without an
    earlier past, is no test. Arguments as in `judge_supplier_change`.
    """
    memory = memory or Memory()
    ours, theirs = _goods_of(assessed, past, "importer")
    first = _first_day(assessed, past, ours, theirs)
    is_fresh = assessed.declared - first <= memory.fresh_days
    past_of = _last_lots(np.where(is_fresh, ours, -1), first, theirs, past, memory)
    reasons = {"lp5_new_counterpart": is_fresh}
    return _assess_change(assessed, past, past_of, expected, past_expected, usual_log_sd, rule, reasons)


def _goods_of(assessed: Lots, past: Lots, firm: str) -> tuple[IntArray, IntArray]:
    """Number of (goods, firm) of each assessed and past lot."""
    names = (*_GOODS, firm)
    return number_keys([getattr(assessed, n) for n in names], [getattr(past, n) for n in names])


def _first_day(assessed: Lots, past: Lots, ours: IntArray, theirs: IntArray) -> IntArray:
    """Day of the first lot of these goods between the importer and the exporter group, (M,); -1 where unknown."""
    our_pair, their_pair = number_keys([ours, assessed.exporter_group], [theirs, past.exporter_group])
    index = DayIndex(their_pair, past.declared)
    start, stop = index.ranges(our_pair, np.zeros(len(assessed), dtype=np.int64), assessed.declared)
    earliest = np.append(past.declared[index.rows], 0)[np.minimum(start, len(index.rows))]
    first = np.where(stop > start, earliest, assessed.declared)
    return np.where(our_pair >= 0, first, -1)


def _last_lots(key: IntArray, day: IntArray, past_key: IntArray, past: Lots, memory: Memory) -> IntArray:
    """Past rows of the last accepted lots of each key before each day, shape (M, memory.lots), -1 where none."""
    usable = past.is_accepted & ~past.is_disputed & (past.price > 0)
    index = DayIndex(np.where(usable, past_key, -1), past.declared)
    start, stop = index.ranges(np.where(day > 0, key, -1), day - memory.days, day - 1)
    place = stop[:, None] - 1 - np.arange(memory.lots)
    is_there = place >= start[:, None]
    return np.where(is_there, np.append(index.rows, -1)[np.where(is_there, place, -1)], -1)


def _assess_change(
    assessed: Lots,
    past: Lots,
    past_of: IntArray,
    expected: FloatArray | None,
    past_expected: FloatArray | None,
    usual_log_sd: FloatArray | None,
    rule: PriceRule | None,
    reasons: dict[str, BoolArray],
) -> PriceTest:
    """Price over expected against the same of the past lots listed."""
    rule = rule or PriceRule()
    expected = np.ones(len(assessed)) if expected is None else expected
    past_expected = np.ones(len(past)) if past_expected is None else past_expected
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.append(np.log(past.price / past_expected), np.nan)
    matrix = relative[past_of]  # row -1 takes the NaN
    matrix[~np.isfinite(matrix)] = np.nan
    middle, n = row_median(matrix)
    log_sd = uncertainty(row_spread(matrix, middle), n, rule, usual_log_sd)
    return compare_price(assessed.price, expected * np.exp(middle), log_sd, n, rule, reasons)
