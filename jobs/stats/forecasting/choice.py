"""Which model's forecast is shown: the one whose intervals scored best on a rolling origin, or the naive one.

Every model is scored on the same months, with intervals made as a night would have made them: from the errors
whose truth was known by then. The score is the weighted interval score (Bracher et al. 2021, PLoS Comp. Biol. 17):
smaller is better, in the unit of the series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.arrays import DateArray, FloatArray, IntArray
from jobs.stats.forecasting.conformal import conformal_radius, weighted_interval_score
from jobs.stats.forecasting.models import (
    MODELS,
    SEASONAL_NAIVE,
    past_errors,
    recent_origins,
    rolling_origin,
    round_significant,
)

ALPHAS = (0.5, 0.2)  # intervals of 50 and 80 per cent: a 95 per cent one is infinite under nineteen past errors
FEWEST_SCORED = 6  # months scored below which no model can be said to beat another


@dataclass(frozen=True)
class ModelChoice:
    """The model to show, and what speaks for it.

    `score` is each model's mean weighted interval score over the `scored` past forecasts all share (NaN where
    none could be scored); `origins` (O,) and `past` (each O x H) seed the record of forecasts made.
    """

    model: str
    score: dict[str, float]
    scored: int
    origins: IntArray
    past: dict[str, FloatArray]


def choose_model(
    y: FloatArray, months: DateArray, horizon: int, models: Sequence[str] = MODELS, origins: int = 12
) -> ModelChoice:
    """Scores the models on the last origins of a series and takes the best, if it beats seasonal naive.

    Costs one fit a model and origin.

    Raises:
        ValueError: seasonal naive is not among the models, or the history is not as `fit_forecast` wants it.
    """
    if SEASONAL_NAIVE not in models:
        raise ValueError("the choice is against seasonal naive: name it among the models")
    known = recent_origins(len(y), origins)
    past = {model: rolling_origin(y, months, horizon, model, known) for model in models}
    scores = {model: score_past(y, forecasts, known) for model, forecasts in past.items()}
    is_scored = np.isfinite(scores[SEASONAL_NAIVE])
    mean = {model: float(np.mean(each[is_scored])) if is_scored.any() else np.nan for model, each in scores.items()}
    mean = {model: float(round_significant(np.array(value))) for model, value in mean.items()}
    return ModelChoice(best_model(mean, int(is_scored.sum())), mean, int(is_scored.sum()), known, past)


def best_model(score: Mapping[str, float], scored: int) -> str:
    """The model of the smallest score, or seasonal naive on a tie and where too few forecasts were scored."""
    if scored < FEWEST_SCORED:
        return SEASONAL_NAIVE
    best = min(score, key=lambda model: (score[model], model))
    return best if score[best] < score[SEASONAL_NAIVE] else SEASONAL_NAIVE


def score_past(y: FloatArray, past: FloatArray, origins: IntArray) -> FloatArray:
    """Weighted interval score of each past forecast, shape (O, H); NaN where no interval or no truth was known."""
    errors = past_errors(y, past, origins)
    scores = np.full(past.shape, np.nan)
    for row, origin in enumerate(origins):
        half = half_widths(errors_known_at(errors, origins, int(origin)))
        point = past[row][:, None]
        lower, upper = np.maximum(point - half, 0.0), point + half
        truth = past[row] + errors[row]
        scores[row] = weighted_interval_score(past[row], lower, upper, truth, np.asarray(ALPHAS))
    return scores


def errors_known_at(errors: FloatArray, origins: IntArray, origin: int) -> FloatArray:
    """`errors` (O, H) with those whose month was not yet known at `origin` set to NaN."""
    target = origins[:, None] + np.arange(errors.shape[1])
    return np.where(target < origin, errors, np.nan)


def half_widths(errors: FloatArray, alphas: Sequence[float] = ALPHAS) -> FloatArray:
    """Half widths of split-conformal intervals, shape (H, A), from past errors (O, H), NaN left out.

    Each step pools its own errors and its neighbours', as a dozen origins are few; widths never shrink with the
    step. NaN where a pool holds fewer than `LEAST_ERRORS`; infinite where it is too small for its alpha.
    """
    steps = range(errors.shape[1])
    pools = [np.abs(errors[:, max(step - 1, 0) : step + 2]).ravel() for step in steps]
    radius = np.array([[conformal_radius(pool, np.asarray(alpha)) for alpha in alphas] for pool in pools])
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
