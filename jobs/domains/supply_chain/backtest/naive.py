"""Rules of thumb the detector must beat, each as a score to be swept: smaller means more alarming.

They see the same months, are counted by the same episode rule and are compared at the same alarm rate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jobs.arrays import FloatArray

TRAILING_MONTHS = 12


def ratio_to_trailing_median(mass: FloatArray) -> FloatArray:
    """Mass over the median of the twelve months before, shape (S, T); customary alarm under 0.40."""
    score = np.full(mass.shape, np.nan)
    for t in range(TRAILING_MONTHS, mass.shape[1]):
        middle = np.median(mass[:, t - TRAILING_MONTHS : t], axis=1)
        score[:, t] = np.where(middle > 0, mass[:, t] / np.where(middle > 0, middle, 1.0), np.nan)
    return score


def ratio_to_last_year(mass: FloatArray) -> FloatArray:
    """Mass over that of the same month a year before, shape (S, T); customary alarm under 0.70."""
    score = np.full(mass.shape, np.nan)
    past = mass[:, :-12]
    score[:, 12:] = np.where(past > 0, mass[:, 12:] / np.where(past > 0, past, 1.0), np.nan)
    return score


def ratio_to_last_month(mass: FloatArray) -> FloatArray:
    """Mass over that of the month before, shape (S, T): persistence as a forecast."""
    score = np.full(mass.shape, np.nan)
    past = mass[:, :-1]
    score[:, 1:] = np.where(past > 0, mass[:, 1:] / np.where(past > 0, past, 1.0), np.nan)
    return score


def robust_z(mass: FloatArray) -> FloatArray:
    """Mass against median and MAD of all months before, shape (S, T); customary alarm under -3.

    The MAD is held above 5 % of the median.
    """
    return _standardise(mass, lambda middle: 0.05 * np.maximum(middle, 1.0))


def robust_z_log(mass: FloatArray) -> FloatArray:
    """The same on log mass, empty months as one kilogram, the MAD held above 0.05, shape (S, T)."""
    return _standardise(np.log(np.maximum(mass, 1.0)), lambda middle: np.full(middle.shape, 0.05))


def _standardise(amount: FloatArray, floor: Callable[[FloatArray], FloatArray]) -> FloatArray:
    score = np.full(amount.shape, np.nan)
    for t in range(TRAILING_MONTHS, amount.shape[1]):
        past = amount[:, :t]
        middle = np.median(past, axis=1)
        spread = 1.4826 * np.median(np.abs(past - middle[:, None]), axis=1)
        score[:, t] = (amount[:, t] - middle) / np.maximum(spread, floor(middle))
    return score


RULES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "trailing_median": ratio_to_trailing_median,
    "year_on_year": ratio_to_last_year,
    "persistence": ratio_to_last_month,
    "robust_z": robust_z,
    "robust_z_log": robust_z_log,
}
CUSTOMARY = {"trailing_median": 0.40, "year_on_year": 0.70, "persistence": 0.70, "robust_z": -3.0, "robust_z_log": -3.0}
