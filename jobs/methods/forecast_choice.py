"""Which model's forecast is shown: the one whose intervals scored best on a rolling origin, or the naive one.

Every model is scored on the same months, with intervals made as a night would have made them: from the errors
whose truth was known by then. The score is the weighted interval score (Bracher et al. 2021, PLoS Comp. Biol. 17):
smaller is better, in the unit of the series; with the median alone it is half the absolute error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.methods.forecasting import (
    MODELS,
    SEASONAL_NAIVE,
    FloatArray,
    IntArray,
    Months,
    past_errors,
    recent_origins,
    rolling_origin,
    round_significant,
)

ALPHAS = (0.5, 0.2, 0.05)  # intervals of 50, 80 and 95 per cent
FEWEST_ERRORS = 5  # past errors an interval is made from
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
    y: FloatArray, months: Months, horizon: int, models: Sequence[str] = MODELS, origins: int = 12
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
        lower, upper = np.maximum(past[row] - half, 0.0), past[row] + half
        scores[row] = weighted_interval_score(past[row] + errors[row], past[row], lower, upper)
    return scores


def errors_known_at(errors: FloatArray, origins: IntArray, origin: int) -> FloatArray:
    """`errors` (O, H) with those whose month was not yet known at `origin` set to NaN."""
    target = origins[:, None] + np.arange(errors.shape[1])
    return np.where(target < origin, errors, np.nan)


def half_widths(errors: FloatArray, alphas: Sequence[float] = ALPHAS) -> FloatArray:
    """Half widths of split-conformal intervals, shape (A, H), from past errors (O, H), NaN ignored.

    Each step pools the errors of itself and its neighbours; widths never shrink with the step. The quantile has
    rank ceil((n + 1)(1 - alpha)) of n errors; beyond n the largest error stands, which covers less than asked
    (n / (n + 1) at best). Adapted levels may leave [0, 1]:
    zero or less gives the largest error, one or more no width. NaN where fewer than five errors are known.
    """
    horizon = errors.shape[1]
    widths = np.full((len(alphas), horizon), np.nan)
    for step in range(horizon):
        pool = np.sort(np.abs(errors[:, max(step - 1, 0) : step + 2]).ravel())  # NaN last
        count = int(np.isfinite(pool).sum())
        if count >= FEWEST_ERRORS:
            rank = np.ceil((count + 1) * (1 - np.asarray(alphas))).astype(int)
            widths[:, step] = np.where(rank > 0, pool[np.clip(rank, 1, count) - 1], 0.0)
    return np.fmax.accumulate(widths, axis=1) + 0.0 * widths


def weighted_interval_score(
    y: FloatArray, median: FloatArray, lower: FloatArray, upper: FloatArray, alphas: Sequence[float] = ALPHAS
) -> FloatArray:
    """Weighted interval score, shape (H,); `y` and `median` have shape (H,), `lower` and `upper` (A, H)."""
    alpha = np.asarray(alphas)[:, None]
    missed = np.maximum(lower - y, 0.0) + np.maximum(y - upper, 0.0)
    interval = (alpha / 2) * (upper - lower) + missed
    return (0.5 * np.abs(y - median) + interval.sum(axis=0)) / (len(alphas) + 0.5)
