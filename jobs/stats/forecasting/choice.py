"""Which model's forecast is shown: the one whose intervals scored best on a rolling origin, or the naive one.

Every model is scored on the same months, with intervals made as a night would have made them: from the errors
whose truth was known by then. The score is the weighted interval score (Bracher et al. 2021, PLoS Comp. Biol. 17):
smaller is better, in the unit of the series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.stats.forecasting.conformal import conformal_radius, weighted_interval_score
from jobs.stats.forecasting.models import SEASONAL_NAIVE, past_errors


def best_model(score: Mapping[str, float], scored: int, least: int) -> str:
    """The model of the smallest score, or seasonal naive on a tie and where under `least` forecasts were scored."""
    if scored < least:
        return SEASONAL_NAIVE
    best = min(score, key=lambda model: (score[model], model))
    return best if score[best] < score[SEASONAL_NAIVE] else SEASONAL_NAIVE


def score_past(y: FloatArray, past: FloatArray, origins: IntArray, alphas: Sequence[float], least: int) -> FloatArray:
    """Weighted interval score of each past forecast, shape (O, H); NaN where no interval or no truth was known."""
    errors = past_errors(y, past, origins)
    scores = np.full(past.shape, np.nan)
    for row, origin in enumerate(origins):
        half = half_widths(errors_known_at(errors, origins, int(origin)), alphas, least)
        point = past[row][:, None]
        lower, upper = np.maximum(point - half, 0.0), point + half
        truth = past[row] + errors[row]
        scores[row] = weighted_interval_score(past[row], lower, upper, truth, np.asarray(alphas))
    return scores


def errors_known_at(errors: FloatArray, origins: IntArray, origin: int) -> FloatArray:
    """`errors` (O, H) with those whose month was not yet known at `origin` set to NaN."""
    target = origins[:, None] + np.arange(errors.shape[1])
    return np.where(target < origin, errors, np.nan)


def half_widths(errors: FloatArray, alphas: Sequence[float], least: int) -> FloatArray:
    """Half widths of split-conformal intervals, shape (H, A), from past errors (O, H), NaN left out.

    Each step pools its own errors and its neighbours', as a dozen origins are few; widths never shrink with the
    step. NaN where a pool holds fewer than `least`; infinite where it is too small for its alpha.
    """
    steps = range(errors.shape[1])
    pools = [np.abs(errors[:, max(step - 1, 0) : step + 2]).ravel() for step in steps]
    radius = np.array([[conformal_radius(pool, np.asarray(alpha), least) for alpha in alphas] for pool in pools])
    return np.fmax.accumulate(radius, axis=0) + 0.0 * np.where(np.isinf(radius), 0.0, radius)


def by_target(past: FloatArray, origins: IntArray, length: int) -> FloatArray:
    """Past forecasts (O, H) laid out by month for `conformal.calibrate`, shape (H, length), NaN where none is.

    Column i holds the forecasts of month i of the history (the months after it follow), row h those issued when
    i - h months were known; forecasts of months beyond `length` are left out.
    """
    steps = past.shape[1]
    laid = np.full((steps, length), np.nan)
    target = origins[:, None] + np.arange(steps)
    step = np.broadcast_to(np.arange(steps), past.shape)
    kept = target < length
    laid[step[kept], target[kept]] = past[kept]
    return laid
