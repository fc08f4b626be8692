"""A model's chance corrected by what inspections found: isotonic, weighted against selection, shrunk to the model.

Labels exist only where someone looked, and one looks where something is expected. Each label therefore counts for the
lots like it that were not looked at, by the inverse of the chance with which its lot was chosen (Horvitz and Thompson
1952). The map from the model's chance to the share found is the best one that never falls (isotonic regression by
pooling adjacent violators; Zadrozny and Elkan 2002). While labels are few the model speaks: it enters as some
pseudo-labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from jobs.arrays import FloatArray

PRIOR_CHANCES = np.concatenate([[0.0], 1.0 / (1.0 + np.exp(-np.linspace(-6.0, 6.0, 25))), [1.0]])


@dataclass(frozen=True, kw_only=True)
class CalibrationRule:
    """How labels correct a model's chances.

    Attributes:
        prior_labels: labels the model itself is worth.
        largest_weight: of a label, times the median weight: a small bias for a bounded variance.
        order_kept: part of the model's own chance in the answer, so that pooled lots keep the model's order.
    """

    prior_labels: float
    largest_weight: float
    order_kept: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A rising line through (model chance, share found).

    Attributes:
        model: the model's chances at the knots, rising.
        confirmed: calibrated chances there, rising.
        labels: effective number of labels behind it (Kish); 0 for the model as it is.
    """

    model: FloatArray
    confirmed: FloatArray
    labels: float

    def apply(self, probability: FloatArray) -> FloatArray:
        """The calibrated chance of each lot; NaN stays NaN."""
        return np.interp(probability, self.model, self.confirmed)


def fit_calibration(
    probability: FloatArray, is_positive: NDArray[np.bool_], propensity: FloatArray, rule: CalibrationRule
) -> Calibration:
    """The map from a model's chance to the share that inspections confirm.

    Args:
        probability: the model's chance of each lot inspected, as given before the inspection, (n,).
        is_positive: the inspection confirmed it.
        propensity: chance with which the lot was chosen, over 0.
        rule: how labels correct the model.

    Raises:
        ValueError: a propensity is not in (0, 1].
    """
    weight = weigh_labels(propensity, rule.largest_weight)
    # The model speaks everywhere with the voice of so many labels of the place, whatever a label there weighs.
    place = np.searchsorted((PRIOR_CHANCES[1:] + PRIOR_CHANCES[:-1]) / 2, probability)
    count = np.bincount(place, minlength=len(PRIOR_CHANCES))
    typical = np.where(count > 0, np.bincount(place, weight, len(PRIOR_CHANCES)) / np.maximum(count, 1), 1.0)
    model = np.concatenate([probability, PRIOR_CHANCES])
    share = np.concatenate([np.asarray(is_positive, dtype=float), PRIOR_CHANCES])
    weights = np.concatenate([weight, typical * rule.prior_labels / len(PRIOR_CHANCES)])
    at, group = np.unique(model, return_inverse=True)
    mass = np.bincount(group, weights)
    pooled = isotonic_regression(np.bincount(group, weights * share) / mass, weights=mass)
    result = np.minimum((1.0 - rule.order_kept) * pooled.x + rule.order_kept * at, 1.0)
    return Calibration(model=at, confirmed=result, labels=effective_number(weight))


def weigh_labels(propensity: FloatArray, largest: float) -> FloatArray:
    """Inverse propensity of each label, trimmed at `largest` times the median."""
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise ValueError("a label's propensity lies in (0, 1]: what could not have been chosen has no label")
    weight = 1.0 / propensity
    return np.minimum(weight, largest * np.median(weight)) if len(weight) else weight


def effective_number(weight: FloatArray) -> float:
    """Number of equal labels that would say as much (Kish)."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
