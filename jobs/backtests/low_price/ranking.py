"""Scores by which lots are looked at: ours, and the two baselines with their parameters for these lots.

The baselines' parameters are the best of a grid on generated worlds of seeds 1 and 2 (all difficulties, recall at 5 % with
look-alikes left out): grouping by product, by product and kind (state and grade), either with the origin or with origin and
trade level; walk .005 to .4 of the Kalman filter, 30 to 180 days of the median. Both do best with the coarse grouping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.backtests.low_price.trial import OURS, FloatArray, IntArray
from jobs.methods.kalman_2007 import KalmanConfig, judge_by_kalman
from jobs.methods.lots import Lots
from jobs.methods.median_mad import MedianConfig, judge_by_median
from jobs.methods.price_filter import fit_reference
from jobs.methods.reference_price import judge_prices

KALMAN = KalmanConfig(fields=("product", "specification"), walk=0.01)
MEDIAN = MedianConfig(fields=("product", "specification"), days=180, most=240)


@dataclass(frozen=True)
class Ranked:
    """Our scores of N lots, larger for more suspect; what they were made of, and the day that was known by."""

    scores: dict[str, FloatArray]
    features: dict[str, FloatArray]
    known: IntArray


def rank_by_baselines(lots: Lots) -> dict[str, FloatArray]:
    """Deviations below the reference of each baseline, (N,) each; NaN without a reference.

    Args:
        lots: specifications being the kind of goods only.
    """
    return {"kalman_2007": -judge_by_kalman(lots, KALMAN).z, "median_mad": -judge_by_median(lots, MEDIAN).z}


def rank_ours(lots: Lots) -> Ranked:
    """Deviations below the reference price."""
    found = judge_prices(lots, fit_reference(lots))
    features = {"log_ratio": np.log(found.r), "z": found.z, "spread": found.spread, "log_sd": found.log_sd}
    return Ranked({OURS: -found.z}, features, found.vintage)
