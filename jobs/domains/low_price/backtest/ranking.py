"""Scores by which lots are looked at: ours, the night's order, and the two baselines with their parameters for these
lots.

Ours is the chance that a lot is priced low, as the night states it beside every assessed lot. The night's order serves
revenue, a ground to ask first and then expected duty; cases of small duty come late in it.

The baselines' parameters are the best of a grid on generated worlds of seeds 1 and 2 (all difficulties, recall at 5 %
with look-alikes left out): grouping by product, by product and kind (state and grade), either with the origin or with
origin and trade level; walk .005 to .4 of the Kalman filter, 30 to 180 days of the median. Both do best with the coarse
grouping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.assessment import AssessedLots, assess_lots
from jobs.domains.low_price.backtest.baselines.kalman_2007 import KalmanConfig, assess_by_kalman
from jobs.domains.low_price.backtest.baselines.median_mad import MedianConfig, assess_by_median
from jobs.domains.low_price.backtest.trial import OURS
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.price import assess_prices
from jobs.domains.low_price.methods.reference.price_filter import fit_reference
from jobs.stats.selection.two_groups import probability_low

NIGHT_ORDER = "night_order"  # a ground to ask first, then expected duty
PATTERNS = ("LP-HUG", "LP-COPY", "LP-WEIGHT", "LP-SWITCH")
FEATURES = (
    "log_ratio",
    "log_sd",
    "odds",
    "by_price",
    "level",
    *(f"pattern_{code}" for code in PATTERNS),
)
CAPACITY = 0.05  # of the night's own choice, which no figure here reads
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
    return {"kalman_2007": -assess_by_kalman(lots, KALMAN).z, "median_mad": -assess_by_median(lots, MEDIAN).z}


def rank_ours(on: Callable[[int], LotFacts], nights: IntArray, lots: Lots, config: LowPriceConfig) -> Ranked:
    """The assessment of every night, each lot on the night that first sees it.

    Reference prices are fitted once over all lots as filed: each row of theirs rests on earlier days only.

    Args:
        on: the facts of a night, their lots being the first of `lots`.
        nights: days, oldest first.
        lots: all lots in the order of declaration.
        config: settings of the night.
    """
    stored = fit_reference(lots, config.reference)
    columns = {name: np.full(len(lots), np.nan) for name in (OURS, NIGHT_ORDER, *FEATURES)}
    for night in nights.tolist():
        facts = on(night)
        assessed = assess_lots(facts, config, int(CAPACITY * facts.is_assessed.sum()), stored)
        for name, values in read_night(assessed).items():
            columns[name][assessed.assessment.assessed] = values
    scores = {name: columns.pop(name) for name in (OURS, NIGHT_ORDER)}
    return Ranked(scores, columns, assess_prices(lots, stored).vintage)


def read_night(assessed: AssessedLots) -> dict[str, FloatArray]:
    """Scores and features of a night's assessed lots, (M,) each."""
    result, choice = assessed.assessment, assessed.choice
    evidence, place = result.evidence, result.place
    log_ratio, log_sd = evidence.log_ratio[place], evidence.log_sd[place]
    return {
        OURS: choice.probability,
        NIGHT_ORDER: -choice.rank.astype(float),
        "log_ratio": log_ratio,
        "log_sd": log_sd,
        "odds": evidence.odds[place],
        "by_price": probability_low(assessed.chances.mixture, log_ratio, log_sd),
        "level": result.levels.level.astype(float),
        **{f"pattern_{code}": shown[place].astype(float) for code, shown in result.patterns.items()},
    }
