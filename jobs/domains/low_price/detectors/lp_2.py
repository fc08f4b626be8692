"""LP-2: an exporter's price that left the exporter's own past. A legal ground to ask; it sets no value."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.price_changes import MemoryRule, assess_change, goods_of, last_lots
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest


def assess_supplier_change(
    assessed: Lots,
    past: Lots,
    expected: FloatArray,
    past_expected: FloatArray,
    usual_log_sd: FloatArray | None,
    rule: PriceRule,
    memory: MemoryRule,
) -> PriceTest:
    """LP-2: the exporter's price of these goods against its own last ones, declared before the assessed lot.

    Args:
        past: lots known on the night, accepted or not; the assessed ones may be among them.
        expected, past_expected: reference price of each lot on its day, USD per kg, shapes (M,) and (P,).
        usual_log_sd: spread of honest lots of such goods, (M,).
    """
    ours, theirs = goods_of(assessed, past, "exporter")
    past_of = last_lots(ours, assessed.declared, theirs, past, memory)
    reasons = {"lp2_supplier_change": np.ones(len(assessed), dtype=bool)}
    return assess_change(assessed, past, past_of, expected, past_expected, usual_log_sd, rule, reasons)
