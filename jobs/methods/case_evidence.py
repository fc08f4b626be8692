"""What speaks for a case beyond the reference price: the survey at the origin, and the patterns of the firm.

A reference price is made of declarations. Where a firm that declares low has a thin group nearly to itself the reference
follows it, and its lots look right. A survey price does not know what is declared. Their log ratios are therefore averaged,
the survey's with `survey_weight` times the weight; by variance alone it would have about the same.

A pattern found in a firm multiplies the odds of the lots that show it (Good 1950, weight of evidence). The factors are odds
of true cases among such lots over those among all, measured on generated worlds of seeds 1 to 3; LP-COPY found no case
there and stays without weight. What labels say of the chances so raised is left to `jobs.methods.calibration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.methods.lots import BoolArray, FloatArray

LEAST = 1e-9  # a chance of nothing or of all would not move


@dataclass(frozen=True)
class EvidenceConfig:
    """Weights of the evidence beside the reference price.

    Attributes:
        survey_weight: of the survey's log ratio, the reference's being 1.
        pattern_odds: factor of the odds of a lot that shows the pattern.
    """

    survey_weight: float = 2.0
    pattern_odds: Mapping[str, float] = field(
        default_factory=lambda: {"LP-HUG": 400.0, "LP-WEIGHT": 100.0, "LP-SWITCH": 4.5, "LP-COPY": 1.0}
    )


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
    return np.prod([np.ones(size), *factors], axis=0)


def multiply_odds(chance: FloatArray, factor: FloatArray) -> FloatArray:
    """The chance of each lot once its odds are multiplied, (N,); NaN stays NaN."""
    bounded = np.clip(chance, LEAST, 1 - LEAST)
    odds = bounded / (1 - bounded) * factor
    return odds / (1 + odds)
