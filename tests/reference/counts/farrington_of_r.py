"""Farrington Flexible exactly as R `surveillance` 1.20 computes it: the yardstick for our own version.

Noufaily et al. (2013), Statistics in Medicine 32:1206; Farrington et al. (1996), JRSS A 159:547; Salmon,
Schumacher & Höhle (2016), JSS 70(10). Its habits are kept, the doubtful ones too: past outbreaks are
down-weighted above the limit only, the prediction's standard error takes its dispersion with the prior
weights in place of the working weights, and the trend is dropped where it predicts above anything seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray
from tests.reference.counts.glm import GlmFit, anscombe_residuals, fit_quasi_poisson, leverage, linear_prediction


@dataclass(frozen=True)
class ReferenceConfig:
    """Arguments of `farringtonFlexible`, under our names; lengths in periods of the series."""

    years_back: int = 5
    half_window: int = 3
    periods_per_year: int = 52
    season_levels: int = 10
    weight_limit: float = 2.58
    gap: int = 26
    trend_p: float = 1.0
    alpha: float = 0.01
    threshold: Literal["delta", "nbPlugin", "muan"] = "delta"
    min_cases: int = 5
    min_cases_periods: int = 4


@dataclass(frozen=True)
class ReferenceVerdict:
    """One cell is a series in a assessed period, (S, K); NaN where R gives NA (few cases, no trend)."""

    upper: FloatArray
    expected: FloatArray
    p_surge: FloatArray
    phi: FloatArray
    trend: FloatArray
    alarm: NDArray[np.bool_]


@dataclass(frozen=True)
class _Prediction:
    """Log mean and its standard error at the assessed period, dispersion and slope, one row a series."""

    log_mean: FloatArray
    log_se: FloatArray
    phi: FloatArray
    trend: FloatArray


def farrington_reference(y: FloatArray, at: NDArray[np.int64], config: ReferenceConfig) -> ReferenceVerdict:
    """Upper-tail verdicts of R's `farringtonFlexible`.

    Args:
        y: (S, T) counts without gaps.
        at: (K,) zero-based periods to assess, each with its whole baseline before it.
        config: the settings.

    Raises:
        ValueError: if a assessed period lacks the years asked for.
    """
    reach = config.years_back * config.periods_per_year + config.half_window
    if len(at) and int(np.min(at)) < reach:
        raise ValueError(f"period {int(np.min(at))} has no {config.years_back} years of baseline")
    columns = [_assess_period(y, int(k), config) for k in at]
    fields = ReferenceVerdict.__dataclass_fields__
    return ReferenceVerdict(**{name: np.stack([getattr(c, name) for c in columns], axis=1) for name in fields})


def baseline_levels(k: int, config: ReferenceConfig) -> NDArray[np.int64]:
    """(k,) season level 1..season_levels of each period before k, 0 for periods not used.

    The last level is the window around the same week of each earlier year; the weeks between two windows are
    shared among the others, the first of them taking what does not divide.
    """
    levels = np.zeros(k + 1, dtype=np.int64)
    width = 2 * config.half_window + 1
    for year in range(1, config.years_back + 1):
        centre = k - year * config.periods_per_year
        levels[centre - config.half_window : centre + config.half_window + 1] = config.season_levels
        if config.season_levels > 1:
            blocks = np.array_split(np.arange(config.periods_per_year - width), config.season_levels - 1)
            between = np.concatenate([np.full(len(b), j + 1) for j, b in enumerate(blocks)])
            first = centre + config.half_window + 1
            levels[first : first + len(between)] = between
    levels[k - config.half_window : k + 1] = config.season_levels
    levels[k - config.gap : k + 1] = 0
    return levels[:k]


def _assess_period(y: FloatArray, k: int, config: ReferenceConfig) -> ReferenceVerdict:
    levels = baseline_levels(k, config)
    index = np.flatnonzero(levels)
    season = np.column_stack([levels[index] == j for j in range(1, config.season_levels + 1)]).astype(float)
    # Time is centred and scaled for the normal equations; the slope is scaled back in the answer.
    centre, scale = index.mean(), float(np.ptp(index))
    with_trend = np.column_stack([season, (index - centre) / scale])
    row = np.append(np.eye(config.season_levels)[-1], (k - centre) / scale)
    baseline = y[:, index]
    kept = _fit_and_predict(baseline, with_trend, row, config, trend_scale=scale)
    slope_significant = kept[1] < config.trend_p
    keep = slope_significant & (np.exp(kept[0].log_mean) <= baseline.max(axis=1)) & (config.years_back >= 3)
    dropped = _fit_and_predict(baseline[~keep], season, row[:-1], config, trend_scale=None)[0]
    merged = {}
    for name in _Prediction.__dataclass_fields__:
        value = getattr(kept[0], name).copy()
        value[~keep] = getattr(dropped, name)
        merged[name] = value
    return _threshold(y, k, _Prediction(**merged), config)


def _fit_and_predict(
    y: FloatArray, design: FloatArray, row: FloatArray, config: ReferenceConfig, trend_scale: float | None
) -> tuple[_Prediction, FloatArray]:
    """Fit, down-weight past outbreaks, refit, predict; also the p-value of the slope (1 without one)."""
    ones = np.ones_like(y)
    n_columns = design.shape[1]
    first = fit_quasi_poisson(y, design, ones)
    phi = np.maximum(_dispersion(y, first, first.step_mu), 1.0)
    residuals = anscombe_residuals(y, first, phi, leverage(first, design, ones))
    weights = np.where(residuals > config.weight_limit, np.maximum(np.abs(residuals), 1e-9) ** -2.0, 1.0)
    weights *= y.shape[1] / weights.sum(axis=1, keepdims=True)
    fit = fit_quasi_poisson(y, design, weights)
    freedom = y.shape[1] - n_columns
    phi = np.maximum(_dispersion(y, fit, weights * fit.step_mu), 1.0)
    error_dispersion = _dispersion(y, fit, weights)
    log_mean, unscaled = linear_prediction(fit, row)
    trend, trend_p = _slope(fit, error_dispersion, freedom, trend_scale)
    return _Prediction(log_mean, np.sqrt(unscaled * error_dispersion), phi, trend), trend_p


def _dispersion(y: FloatArray, fit: GlmFit, working_weights: FloatArray) -> FloatArray:
    """(S,) `summary.glm(fit)$dispersion` had the fit these working weights."""
    relative = (y - fit.mu) / fit.mu
    return (working_weights * relative**2).sum(axis=1) / (y.shape[1] - fit.coefficients.shape[1])


def _slope(fit: GlmFit, dispersion: FloatArray, freedom: int, scale: float | None) -> tuple[FloatArray, FloatArray]:
    if scale is None:
        return np.full(len(dispersion), np.nan), np.ones(len(dispersion))
    t_value = fit.coefficients[:, -1] / np.sqrt(fit.covariance[:, -1, -1] * dispersion)
    return fit.coefficients[:, -1] / scale, 2.0 * stats.t.sf(np.abs(t_value), freedom)


def _threshold(y: FloatArray, k: int, prediction: _Prediction, config: ReferenceConfig) -> ReferenceVerdict:
    observed = y[:, k]
    mean = np.exp(prediction.log_mean)
    if config.threshold == "delta":
        # The score divides by the distance on the scale predicted on: counts here, logs in the other two.
        upper, p_surge = _delta_threshold(observed, mean, prediction, config.alpha)
        centre = mean
    else:
        upper, p_surge = _negbin_threshold(observed, prediction, config)
        centre = prediction.log_mean
    recent = y[:, k - config.min_cases_periods + 1 : k + 1].sum(axis=1)
    enough = recent >= config.min_cases
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (observed - centre) / (upper - centre)
    alarm = enough & (score > 1) & (observed != 0)
    return ReferenceVerdict(
        upper=np.where(enough, upper, np.nan),
        expected=np.where(enough, mean, np.nan),
        p_surge=p_surge,
        phi=prediction.phi,
        trend=prediction.trend,
        alarm=alarm,
    )


def _delta_threshold(
    observed: FloatArray, mean: FloatArray, prediction: _Prediction, alpha: float
) -> tuple[FloatArray, FloatArray]:
    """Normal limits on the 2/3 power scale (Farrington et al. 1996)."""
    tau = prediction.phi + (mean * prediction.log_se) ** 2 / mean
    spread = np.sqrt(4 / 9 * np.cbrt(mean) * tau)
    centre = np.cbrt(mean) ** 2
    upper = (centre + stats.norm.isf(alpha) * spread) ** 1.5
    return upper, stats.norm.sf(np.cbrt(observed) ** 2, centre, spread)


def _negbin_threshold(
    observed: FloatArray, prediction: _Prediction, config: ReferenceConfig
) -> tuple[FloatArray, FloatArray]:
    """Negative-binomial quantile at the plug-in mean, or at the upper quantile of the mean ("muan")."""
    shift = stats.norm.isf(config.alpha) * prediction.log_se if config.threshold == "muan" else 0.0
    mean, phi = np.exp(prediction.log_mean + shift), prediction.phi
    is_poisson = phi <= 1.0
    size = mean / np.where(is_poisson, 1.0, phi - 1.0)
    probability = np.where(is_poisson, 0.5, 1.0 / phi)
    upper = np.where(
        is_poisson,
        stats.poisson.ppf(1 - config.alpha, mean),
        stats.nbinom.ppf(1 - config.alpha, size, probability),
    )
    p_surge = np.where(
        is_poisson, stats.poisson.sf(observed - 1, mean), stats.nbinom.sf(observed - 1, size, probability)
    )
    return upper, p_surge
