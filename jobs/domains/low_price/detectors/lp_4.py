"""LP-4: a lot's price against the survey price at its origin. A legal ground to ask; it sets no value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray
from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest, compare_price


@dataclass(frozen=True, kw_only=True)
class SurveyRule:
    """Figures of the detector: the log-sd that a survey price has at least."""

    least_log_sd: float


def assess_survey_price(
    price: FloatArray, survey_price: FloatArray, log_sd: FloatArray | float, rule: PriceRule, survey: SurveyRule
) -> PriceTest:
    """LP-4: against the origin survey price, brought to the lot's terms by the caller.

    n is 1, the survey; that it is one opens level 4 without thirty comparables. Reason: lp4_survey_price.
    """
    spread = np.maximum(np.broadcast_to(log_sd, price.shape), survey.least_log_sd)
    reasons = {"lp4_survey_price": np.ones(len(price), dtype=bool)}
    return compare_price(price, survey_price, spread, np.ones(len(price), dtype=np.int64), rule, reasons)
