"""Counts of a period against their own past, both tails: Farrington Flexible made two-sided.

Noufaily et al. (2013), Statistics in Medicine 32:1206, with these departures: past drops are down-weighted
like past outbreaks; the bias of the down-weighting is removed (`robust_bias`); weak priors on season, trend
and covariates keep sparse series finite; the answer is a predictive probability in each tail with the
estimation error of mean and dispersion in it (`negbin`), not a limit; short and monthly histories are asked
for less (`baseline.STAGES`). `farrington_reference` is the published algorithm to the letter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.stats.verdict import Verdict
from tests.reference.counts import robust_bias
from tests.reference.counts.baseline import STAGES, Design, DesignOptions, Period, Stage, baseline_index, build_design
from tests.reference.counts.glm import (
    GlmFit,
    anscombe_residuals,
    fit_quasi_poisson,
    leverage,
    linear_prediction,
    pearson_dispersion,
)
from tests.reference.counts.negbin import Prediction

INTERVAL_LEVEL = 0.99
# Series go through the fit in blocks whose arrays stay in the processor's cache.
BLOCK = 256
TOLERANCE = 1e-7
# The least a dispersion is trusted; below it the predictive has no tail worth a p-value.
MIN_FREEDOM = 3.0


@dataclass(frozen=True)
class FarringtonConfig(DesignOptions):
    """Settings of `judge_counts`.

    Attributes:
        years_back: years of baseline, or what there is.
        half_window: half width, in periods, of the season window around the assessed place in the year.
        season_levels: levels of the season factor, the window included.
        season_sd: prior deviation of a season coefficient (log scale); weak for any series with some events.
        trend_sd: prior deviation of the yearly log trend.
        covariate_sd: prior deviation of the log effect of one standard deviation of a covariate.
        weight_limit: Anscombe residual, either sign, beyond which a past period weighs r^-2.
        with_interval: also find the 99 % interval (a quarter of the time); without it lower and upper are
            NaN.
    """

    years_back: int = 5
    half_window: int = 3
    season_levels: int = 10
    season_sd: float = 1.0
    trend_sd: float = 0.5
    covariate_sd: float = 0.5
    weight_limit: float = 2.58
    with_interval: bool = True


def assess_counts(
    y: FloatArray,
    season: FloatArray,
    period: Period,
    at: NDArray[np.int64],
    covariates: FloatArray | None = None,
    offset: FloatArray | None = None,
    config: FarringtonConfig | None = None,
) -> Verdict:
    """Assess each series in each period of `at` against its own past.

    Args:
        y: (S, T) counts; NaN = unknown, left out of baselines and not assessed.
        season: (T,) position of each period in its year, [0, 1).
        period: "week" or "month".
        at: (K,) periods to assess; only earlier ones are looked at.
        covariates: (T, c) regressors known for every period, such as working days or the share of the Lunar
            New Year holiday; standardised within each baseline.
        offset: (S, T) log exposure, known for every period.
        config: settings.

    Returns:
        Verdict with arrays (S, K). Not testable: an unknown period, a baseline shorter than the shortest
        stage, or one without a single event.
    """
    config = config or FarringtonConfig()
    shape = (len(y), len(at))
    answer = _empty_answer(shape)
    known = np.isfinite(y)
    for column, k in enumerate(np.asarray(at)):
        answer["observed"][:, column] = y[:, k]
        for stage, chosen in _choose_stages(known, int(k), period, config):
            design = build_design(int(k), season, stage, period, covariates, config)
            for first in range(0, len(chosen), BLOCK):
                rows = chosen[first : first + BLOCK]
                verdict = _assess_block(y[rows], None if offset is None else offset[rows], int(k), design, config)
                for name, values in verdict.items():
                    answer[name][rows, column] = values
    return Verdict(**answer)


def _choose_stages(
    known: NDArray[np.bool_], k: int, period: Period, config: FarringtonConfig
) -> list[tuple[Stage, NDArray[np.int64]]]:
    """The series (row numbers) that each stage assesses in period k."""
    free, chosen = known[:, k].copy(), []
    for stage in STAGES[period]:
        length = known[:, baseline_index(k, stage.gap, period, config)].sum(axis=1)
        takes = free & (length >= stage.min_baseline)
        if takes.any():
            chosen.append((stage, np.flatnonzero(takes)))
        free &= ~takes
    return chosen


def _assess_block(
    y: FloatArray, offset: FloatArray | None, k: int, design: Design, config: FarringtonConfig
) -> dict[str, NDArray]:
    """Fields of the verdict for a block of series, each (S,)."""
    past, observed = y[:, design.index], y[:, k]
    known = np.isfinite(past)
    past = np.where(known, past, 0.0)
    past_offset = None if offset is None else offset[:, design.index]
    prediction = _predict(past, known, past_offset, 0.0 if offset is None else offset[:, k], design, config)
    testable = past.sum(axis=1) > 0
    lower, upper = prediction.interval(INTERVAL_LEVEL) if config.with_interval else (np.nan, np.nan)
    deviation = np.sqrt(np.maximum(prediction.phi, 1.0) + prediction.mean * prediction.log_variance)
    residual = 1.5 * (np.cbrt(observed) ** 2 * prediction.mean ** (-1 / 6) - np.sqrt(prediction.mean)) / deviation
    fields = {
        "expected": prediction.mean,
        "lower": lower,
        "upper": upper,
        "p_drop": prediction.at_most(observed),
        "p_surge": prediction.at_least(observed),
        "phi": np.maximum(prediction.phi, 1.0),
        "z": residual,
    }
    return {name: np.where(testable, value, np.nan) for name, value in fields.items()} | {
        "is_testable": testable,
        "baseline_n": known.sum(axis=1),
        "baseline_start": design.index[known.argmax(axis=1)],
        "baseline_end": design.index[known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)],
    }


def _predict(
    past: FloatArray,
    known: NDArray[np.bool_],
    past_offset: FloatArray | None,
    offset: FloatArray | float,
    design: Design,
    config: FarringtonConfig,
) -> Prediction:
    """Fit, down-weight unusual periods in both directions, refit, undo the bias, predict."""
    fit, weights = _robust_fit(past, known, past_offset, design, config)
    hat = leverage(fit, design.rows, weights)
    count, parameters = known.sum(axis=1), hat.sum(axis=1)
    error = (hat / fit.step_mu).sum(axis=1) / count
    pearson = pearson_dispersion(past, fit, weights, parameters)
    raw_phi = robust_bias.unbiased_dispersion(pearson, error)
    log_mean, unscaled = linear_prediction(fit, design.assessed)
    centre = np.where(known, fit.mu, 0.0).sum(axis=1) / count
    mean, phi, spread = robust_bias.correct(np.exp(log_mean + offset), raw_phi, centre, config.weight_limit)
    return Prediction(
        mean=np.maximum(mean, 1e-9),
        phi=phi,
        log_variance=unscaled * np.maximum(phi, 1.0),
        freedom=np.maximum(2.0 * (count - parameters) / spread, MIN_FREEDOM),
    )


def _robust_fit(
    past: FloatArray,
    known: NDArray[np.bool_],
    past_offset: FloatArray | None,
    design: Design,
    config: FarringtonConfig,
) -> tuple[GlmFit, FloatArray]:
    """The reweighted fit and its weights, of mean 1 over known periods."""
    plain = known.astype(float)
    precision = design.prior_sd**-2.0
    start = np.log(past + 0.1)
    first = fit_quasi_poisson(past, design.rows, plain, past_offset, precision, start, TOLERANCE)
    hat = leverage(first, design.rows, plain)
    phi = np.maximum(pearson_dispersion(past, first, plain, hat.sum(axis=1)), 1.0)
    residuals = np.abs(anscombe_residuals(past, first, phi, hat))
    weights = np.where(residuals > config.weight_limit, np.maximum(residuals, 1e-9) ** -2.0, 1.0) * plain
    weights *= plain.sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    penalty = phi[:, None] * precision
    second = fit_quasi_poisson(past, design.rows, weights, past_offset, penalty, np.log(first.mu), TOLERANCE)
    return second, weights


def _empty_answer(shape: tuple[int, int]) -> dict[str, NDArray]:
    floats = ("observed", "expected", "lower", "upper", "p_drop", "p_surge", "phi", "z")
    answer: dict[str, NDArray] = {name: np.full(shape, np.nan) for name in floats}
    answer["baseline_n"] = np.zeros(shape, dtype=np.int64)
    answer["is_testable"] = np.zeros(shape, dtype=bool)
    answer["baseline_start"] = np.full(shape, -1, dtype=np.int64)
    answer["baseline_end"] = np.full(shape, -1, dtype=np.int64)
    return answer
