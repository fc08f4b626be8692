"""Adaptive conformal intervals for point forecasts, and the scores that referee them.

An interval is the point forecast plus and minus a quantile of its own past errors. Which quantile is
adapted online (Gibbs & Candes 2021): `alpha_{t+1} = alpha_t + gamma (alpha - miss_t)`, so that the share of
misses converges to alpha whatever the forecast or the world does. An interval for a target h steps ahead
may use only what was known when it was issued: errors and misses of targets up to h steps before it.

Arrays are laid out by target: column i of horizon row h is the forecast of period i issued h periods before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True)
class IntervalConfig:
    """Settings of the intervals.

    Attributes:
        gamma: step of the adaptation; 0 gives plain split-conformal intervals.
        errors_least: past errors below which there is no interval.
        memory: at most so many past errors make a quantile.
    """

    gamma: float
    errors_least: int
    memory: int


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Calibrated intervals, shapes (S, H, N); NaN where fewer than `errors_least` past errors were known.

    Attributes:
        lower: lower ends; -inf after so many misses that no finite interval keeps the promise.
        upper: upper ends; +inf likewise.
        alpha: the adapted miss rate each interval was made with.
        is_miss: truth outside its interval; False where either is unknown.
    """

    lower: FloatArray
    upper: FloatArray
    alpha: FloatArray
    is_miss: BoolArray


def conformal_radius(errors: FloatArray, alpha: FloatArray, least: int) -> FloatArray:
    """The ceil((n + 1)(1 - alpha))-th smallest absolute error over the last axis, infinite beyond the n-th.

    Alpha of 1 or more gives 0, NaN errors are left out; NaN where fewer than `least` are known.
    """
    ordered = np.sort(np.abs(errors), axis=-1)  # NaN last
    n = (~np.isnan(ordered)).sum(axis=-1)
    rank = np.ceil((n + 1) * (1 - alpha) - 1e-9).astype(np.int64)
    at = np.clip(rank - 1, 0, max(errors.shape[-1] - 1, 0))
    if errors.shape[-1] == 0:
        return np.full(n.shape, np.nan)
    radius = np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0]
    radius = np.where(rank > n, np.inf, np.where(rank < 1, 0.0, radius))
    return np.where(n >= least, radius, np.nan)


def calibrate(
    forecast: FloatArray,
    truth: FloatArray,
    config: IntervalConfig,
    *,
    alpha: float,
    scale: FloatArray | None = None,
) -> Intervals:
    """Intervals for every target, each from what was known when it was issued; vectorised over series and horizons.

    Args:
        forecast: point forecasts, (S, H, N), NaN where none was issued. The last columns may lie in the
            future.
        truth: what came, (S, N), NaN where unknown yet.
        config: settings.
        alpha: promised miss rate.
        scale: known size of typical errors, (S, H, N), for errors that grow with the level; ones by default.
    """
    series, rows, targets = forecast.shape
    scale = np.ones_like(forecast) if scale is None else scale
    error = (truth[:, None, :] - forecast) / scale
    made_with = np.full(forecast.shape, alpha)
    radius = np.full(forecast.shape, np.nan)
    # State after target i has been seen, with alpha in front for targets before the first: (S, H, N + 1).
    state = np.full((series, rows, targets + 1), alpha)
    for i in range(targets):
        for h in range(rows):
            seen = max(i - h, 0)  # targets 0 .. seen - 1 were known when this was issued
            made_with[:, h, i] = state[:, h, seen]
            past = error[:, h, max(seen - config.memory, 0) : seen]
            radius[:, h, i] = conformal_radius(past, made_with[:, h, i], config.errors_least)
        assessed = ~np.isnan(error[..., i]) & ~np.isnan(radius[..., i])
        miss = np.abs(error[..., i]) > radius[..., i]
        state[..., i + 1] = state[..., i] + np.where(assessed, config.gamma * (alpha - miss), 0.0)
    reach = radius * scale
    return Intervals(lower=forecast - reach, upper=forecast + reach, alpha=made_with, is_miss=np.abs(error) > radius)


def interval_score(lower: FloatArray, upper: FloatArray, truth: FloatArray, alpha: float) -> FloatArray:
    """Width plus 2 / alpha times the distance by which the truth is missed; small is good (Gneiting & Raftery 2007)."""
    below, above = np.maximum(lower - truth, 0), np.maximum(truth - upper, 0)
    return (upper - lower) + 2 / alpha * (below + above)


def weighted_interval_score(
    median: FloatArray, lower: FloatArray, upper: FloatArray, truth: FloatArray, alphas: FloatArray
) -> FloatArray:
    """Weighted interval score of Bracher et al. (2021), in the unit of the truth; small is good.

    `(|y - m| / 2 + sum_k alpha_k / 2 * IS_k) / (K + 1/2)`; approximates the continuous ranked probability
    score.

    Args:
        median: predictive medians, any shape.
        lower: lower ends, the same shape with a last axis of K intervals.
        upper: upper ends.
        truth: what came, shape of `median`.
        alphas: miss rate of each interval, (K,).
    """
    alphas = np.asarray(alphas, dtype=float)
    scores = np.stack(
        [interval_score(lower[..., k], upper[..., k], truth, alpha) for k, alpha in enumerate(alphas)], axis=-1
    )
    result: FloatArray = (np.abs(truth - median) / 2 + (alphas / 2 * scores).sum(axis=-1)) / (len(alphas) + 0.5)
    return result
