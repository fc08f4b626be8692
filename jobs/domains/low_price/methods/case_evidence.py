"""What speaks for a case beyond the reference price: the survey at the origin, patterns of the firm, its other lots.

A reference price is made of declarations. Where a firm that declares low has a thin group nearly to itself the
reference follows it, and its lots look right. A survey price does not know what is declared. Their log ratios are
therefore averaged, the survey's with `survey_weight` times the weight; by variance alone it would have about the same.

A pattern found in a firm multiplies the odds of the lots that show it (Good 1950, weight of evidence). The factors are
odds of true cases among such lots over those among all, measured on generated worlds of seeds 1 to 3; LP-COPY found no
case there and stays without weight.

Evasion is a habit of a trade: one importer, one exporter, one good. Honest lots that are cheap, by damage or by a slip,
come one at a time. So a lot is assessed with the others of its trade: their log odds, each bounded, are averaged as if
`trade_worth` ordinary lots stood beside them, and `trade_weight` of that is added. It is less than one, for an honest
trade may be cheaper than others as well. Both were chosen on generated worlds of seeds 21 to 28.

What labels say of the chances so raised is left to `jobs.stats.selection.calibration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.stats.selection.calibration import CalibrationRule

LEAST = 1e-9  # a chance of nothing or of all would not move
STEP = 1e-6  # log odds are counted in whole steps, so that a sum does not depend on the order of its lots


@dataclass(frozen=True, kw_only=True)
class EvidenceConfig:
    """How the evidence becomes a chance.

    Attributes:
        trade_weight, trade_worth: of the log odds of the other lots of a trade.
        least_log_odds, most_log_odds: bounds of those, so that no lot alone decides over its trade.
        survey_weight: of the survey's log ratio, the reference's being 1.
        pattern_odds: factor of the odds of a lot that shows the pattern.
        prior_lots: ordinary lots that are in the night's mixture before any is seen.
        calibration: how inspections correct the chances.
    """

    trade_weight: float
    trade_worth: float
    least_log_odds: float
    most_log_odds: float
    survey_weight: float
    pattern_odds: Mapping[str, float]
    prior_lots: float
    calibration: CalibrationRule


def weigh_survey(log_ratio: FloatArray, survey_log_ratio: FloatArray, config: EvidenceConfig) -> FloatArray:
    """Log of declared over what is known of the price, (N,); the one that is known where the other is not."""
    weights = np.stack([np.isfinite(log_ratio) * 1.0, np.isfinite(survey_log_ratio) * config.survey_weight])
    total = (np.nan_to_num(np.stack([log_ratio, survey_log_ratio])) * weights).sum(axis=0)
    known = weights.sum(axis=0)
    return np.where(known > 0, total / np.where(known > 0, known, 1.0), np.nan)


def weigh_patterns(shown: Mapping[str, BoolArray], size: int, config: EvidenceConfig) -> FloatArray:
    """The factor of each lot's odds by the patterns it shows, (N,); several patterns multiply.

    Raises:
        KeyError: a pattern without a factor.
    """
    factors = [np.where(holds, config.pattern_odds[code], 1.0) for code, holds in shown.items()]
    factor: FloatArray = np.prod([np.ones(size), *factors], axis=0)
    return factor


def log_odds(chance: FloatArray, usual: float, config: EvidenceConfig) -> FloatArray:
    """How far each lot's log odds lie above those of a usual lot, bounded and in whole steps, (N,); NaN stays NaN.

    Args:
        chance: that the lot is priced low, by itself.
        usual: share of such lots in all.
        config: their bounds.
    """
    bounded, base = np.clip(chance, LEAST, 1 - LEAST), float(np.clip(usual, LEAST, 1 - LEAST))
    above = np.log(bounded / (1 - bounded)) - np.log(base / (1 - base))
    stepped: FloatArray = np.rint(np.clip(above, config.least_log_odds, config.most_log_odds) / STEP) * STEP
    return stepped


def weigh_trade(peer_log_odds: FloatArray, trade: IntArray, config: EvidenceConfig) -> FloatArray:
    """The factor of each lot's odds by the other lots of its trade, (N,); 1 where there are none.

    Args:
        peer_log_odds: log odds that each lot adds to the others, NaN where nothing is known of its price, (N,).
        trade: number of the trade, -1 for none, (N,).
    """
    known = np.isfinite(peer_log_odds) & (trade >= 0)
    steps = np.where(
        known, np.rint(np.where(known, peer_log_odds, 0.0) / STEP), 0.0
    )  # whole numbers: their sums are exact
    size = int(trade.max(initial=-1)) + 2
    row = np.where(trade >= 0, trade, size - 1)
    others = np.bincount(row, steps, size)[row] - steps
    count = np.bincount(row, known, size)[row] - known
    mean = np.where(trade >= 0, others * STEP / (count + config.trade_worth), 0.0)
    return np.exp(config.trade_weight * mean)


def multiply_odds(chance: FloatArray, factor: FloatArray) -> FloatArray:
    """The chance of each lot once its odds are multiplied, (N,); NaN stays NaN."""
    bounded = np.clip(chance, LEAST, 1 - LEAST)
    odds = bounded / (1 - bounded) * factor
    return odds / (1 + odds)
