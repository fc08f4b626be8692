"""LP-4: a lot's price against the survey price at its origin. A legal ground to ask; it sets no value."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest, compare_price


def assess_survey_price(
    price: FloatArray, survey_price: FloatArray, log_sd: FloatArray | float, rule: PriceRule
) -> PriceTest:
    """LP-4: against the origin survey price, brought to the lot's terms by the caller, with the rule's least log-sd.

    n is 1, the survey; that it is one opens level 4 without thirty comparables. Reason: lp4_survey_price.
    """
    spread = np.maximum(np.broadcast_to(log_sd, price.shape), rule.survey_log_sd)
    reasons = {"lp4_survey_price": np.ones(len(price), dtype=bool)}
    return compare_price(price, survey_price, spread, np.ones(len(price), dtype=np.int64), rule, reasons)
