"""LP-5: an importer's price after a change of counterpart. A legal ground to ask; it sets no value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.price_changes import MemoryRule, assess_change, first_day, goods_of, last_lots
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest


@dataclass(frozen=True, kw_only=True)
class NewCounterpartRule(MemoryRule):
    """Figures of the detector: the importer's past, and for how many days a lot counts as after the change."""

    fresh_days: int


def assess_new_counterpart(
    assessed: Lots,
    past: Lots,
    expected: FloatArray,
    past_expected: FloatArray,
    usual_log_sd: FloatArray | None,
    rule: PriceRule,
    memory: NewCounterpartRule,
) -> PriceTest:
    """LP-5: a lot from a new exporter group against what the importer paid for these goods before the change.

    The change is the importer's first lot from that group; a lot long after it, or of an importer without an
    earlier past, is no test. Arguments as in `lp_2.assess_supplier_change`.
    """
    ours, theirs = goods_of(assessed, past, "importer")
    first = first_day(assessed, past, ours, theirs)
    is_fresh = assessed.declared - first <= memory.fresh_days
    past_of = last_lots(np.where(is_fresh, ours, -1), first, theirs, past, memory)
    reasons = {"lp5_new_counterpart": is_fresh}
    return assess_change(assessed, past, past_of, expected, past_expected, usual_log_sd, rule, reasons)
