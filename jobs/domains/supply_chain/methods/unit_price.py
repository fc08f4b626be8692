"""SC-PRICE, monthly: is the unit value of an item-origin (or an item) off its own past, or on a new level?

The series is log(value / mass). A month of little mass says little: the spread of published unit values
grows about with the fourth root of how far the mass lies below the usual (measured on KCS statistics by HS6
and country, 2023 to 2026), so its precision is the square root of mass over the median mass of the months
before, at most 1.

Spike, short history: a weighted median of the last 3, 6 or 12 known months, whichever predicted best so
far; the spread is that of its own past prediction errors, so that drift and memory of the price are in it.
Spike, from 36 known months: the trimmed fit of `level_shift` without the month assessed, plus what the
residual before it carries over. Both end in Student's t with few degrees of freedom: unit values have heavy
tails. Level shift, from 36 known months: the Monte-Carlo p of that fit, where the new level began in the
last six months; an older one is no news.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray, IntArray
from jobs.stats.levels.level_shift import LevelShiftConfig, fit_level_shift
from jobs.stats.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PriceConfig:
    """SC-PRICE.

    Attributes:
        spans: months of the rolling median; the one that predicted best so far predicts.
        errors, errors_least: past errors that make the spread, at most and at least.
        freedom: of Student's t.
        points_least: known months from which a level shift is fitted.
        longest: months that the fit looks back at most.
        news: months in which a new level is news.
        news_share: part of the shifts found by chance that lie in those months.
        scale_least: least spread of log price.
        precision_least: least precision of a month.
        usual_months, usual_least: months before whose median mass is the usual one, and known ones among them.
        fit: of the level shift.
    """

    spans: tuple[int, ...]
    errors: int
    errors_least: int
    freedom: float
    points_least: int
    longest: int
    news: int
    news_share: float
    scale_least: float
    precision_least: float
    usual_months: int
    usual_least: int
    fit: LevelShiftConfig


@dataclass(frozen=True, kw_only=True)
class PriceVerdict:
    """One cell is one series in one assessed month; every array has shape (S, K).

    Attributes:
        spike: the month against its prediction; observed, expected, lower, upper in value per mass (not
            logs), `phi` holds the standard deviation of log price the prediction was assessed by.
        p_shift_up: one-sided p that a level shift upwards began within the last six months; 1 where the
            shift found is older, NaN below 36 known months.
        p_shift_down: the same downwards.
        shift_start: column where the new level began, -1 where there is no fit.
        shift_size: new over old level, as a difference of logs; NaN where there is no fit.
        p_up: spike and shift together (`_either`), at most 1; NaN where neither exists.
        p_down: the same for a fall in price.
    """

    spike: Verdict
    p_shift_up: FloatArray
    p_shift_down: FloatArray
    shift_start: IntArray
    shift_size: FloatArray
    p_up: FloatArray
    p_down: FloatArray


def log_unit_value(value: FloatArray, mass: FloatArray) -> FloatArray:
    """log(value / mass); NaN where either is absent or not positive."""
    usable = (value > 0) & (mass > 0)
    return np.log(np.where(usable, value, 1.0) / np.where(usable, mass, 1.0)) + np.where(usable, 0.0, np.nan)


def mass_precision(mass: FloatArray, config: PriceConfig) -> FloatArray:
    """Relative precision of each month's unit value, at most 1: sqrt(mass / usual mass), 0 without mass.

    The usual mass is the median of the known months among the `usual_months` before and the month itself.
    """
    columns = config.usual_months
    positive = np.where(mass > 0, mass, np.nan)
    padded = np.concatenate([np.full((len(mass), columns), np.nan), positive], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, columns + 1, axis=1)
    usual, n = _weighted_median(windows, np.ones_like(windows))
    ratio = positive / np.where(n >= config.usual_least, usual, positive)
    result: FloatArray = np.nan_to_num(np.clip(np.sqrt(ratio), config.precision_least, 1.0))
    return result


def _weighted_median(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, IntArray]:
    """Weighted median over the last axis, leaving out NaN, and the number of values used."""
    order = np.argsort(values, axis=-1)  # NaN sorts last
    ordered = np.take_along_axis(values, order, axis=-1)
    weight = np.where(np.isnan(ordered), 0.0, np.take_along_axis(weights, order, axis=-1))
    cumulated = weight.cumsum(axis=-1)
    half = cumulated[..., -1:] / 2
    upper = np.argmax(cumulated >= half - 1e-12, axis=-1)
    above = np.argmax(cumulated > half + 1e-12, axis=-1)
    pick = [np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (upper, above)]
    return (pick[0] + pick[1]) / 2, (~np.isnan(values)).sum(axis=-1)


def _before(array: FloatArray, span: int, fill: float) -> FloatArray:
    """The `span` columns before each column, as a view: (S, T, span)."""
    padded = np.concatenate([np.full((len(array), span), fill), array[:, :-1]], axis=1)
    return np.lib.stride_tricks.sliding_window_view(padded, span, axis=1)


def rolling_prediction(
    price: FloatArray, precision: FloatArray, config: PriceConfig
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Prediction of each month from the months before it, its spread, and the errors the spread rests on, (S, T).

    The spread is 1.4826 times the median absolute past error, each error shrunk by the square root of its
    month's precision; the span with the least spread so far predicts.
    """
    best = np.full(price.shape, np.nan)
    spread = np.full(price.shape, np.inf)
    support = np.zeros(price.shape, dtype=np.int64)
    for span in config.spans:
        level, n = _weighted_median(_before(price, span, np.nan), _before(precision, span, 0.0))
        level = np.where(n >= (span + 1) // 2, level, np.nan)
        error = np.abs(price - level) * np.sqrt(precision)
        window = _before(error, config.errors, np.nan)
        typical, errors = _weighted_median(window, np.ones_like(window))
        scale = np.maximum(1.4826 * typical * np.sqrt(1 + 2 / np.maximum(errors, 1)), config.scale_least)
        better = (errors >= config.errors_least) & (scale < spread) & ~np.isnan(level)
        best, spread = np.where(better, level, best), np.where(better, scale, spread)
        support = np.where(better, errors, support)
    return best, np.where(np.isinf(spread), np.nan, spread), support


@dataclass(frozen=True, kw_only=True)
class _Fits:
    """What the trimmed fits say of one assessed column, for the series `of`."""

    of: IntArray
    expected: FloatArray
    spread: FloatArray
    p_up: FloatArray
    p_down: FloatArray
    start: IntArray
    size: FloatArray


def _fit_column(price: FloatArray, precision: FloatArray, t: int, config: PriceConfig) -> _Fits | None:
    """Fits of all series with known months enough up to and including column t; None where there is no such series."""
    first = max(0, t + 1 - config.longest)
    window = price[:, first : t + 1]
    of = np.flatnonzero((~np.isnan(window)).sum(axis=1) >= config.points_least)
    if of.size == 0:
        return None
    y, weight = window[of], precision[of, first : t + 1]
    fit = fit_level_shift(y, config.fit, weight)
    past = fit.is_regular.copy()
    past[:, -1] = False
    known = ~np.isnan(y)
    filled = np.where(known, y, 0.0)
    expected, spread = _predict_last(filled, weight * past, known, fit.design, fit.autocorrelation, config)
    is_news = fit.position >= y.shape[1] - config.news
    return _Fits(
        of=of,
        expected=expected,
        spread=spread,
        p_up=np.where(is_news, fit.p_up, 1.0),
        p_down=np.where(is_news, fit.p_down, 1.0),
        start=fit.position + first,
        size=fit.size,
    )


def _predict_last(
    y: FloatArray,
    weight: FloatArray,
    is_known: NDArray[np.bool_],
    x: FloatArray,
    memory: FloatArray,
    config: PriceConfig,
) -> tuple[FloatArray, FloatArray]:
    """Prediction of the last point from a weighted fit to the others, and its standard deviation at precision 1."""
    p = x.shape[2]
    gram = np.einsum("st,stp,stq->spq", weight, x, x, optimize=True) + 1e-8 * np.eye(p)
    inverse = np.linalg.inv(gram)
    beta = np.einsum("spq,sq->sp", inverse, np.einsum("st,stp->sp", weight * y, x))
    residual = y - np.einsum("stp,sp->st", x, beta)
    n = (weight > 0).sum(axis=1)
    sigma = np.sqrt((weight * residual**2).sum(axis=1) / np.maximum(n - p, 1))
    leverage = np.einsum("sp,spq,sq->s", x[:, -1], inverse, x[:, -1])
    # A jump the month before is carried on only in part: it may be one odd lot or the new price.
    most = config.fit.outlying * sigma
    before = np.clip(residual[:, -2], -most, most)
    expected = np.einsum("sp,sp->s", x[:, -1], beta) + np.where(is_known[:, -2], memory * before, 0.0)
    remembered = np.where(is_known[:, -2], memory**2, 0.0)
    # The estimated memory runs short of the true one; the last factor holds the level on random walks (simulated).
    spread = sigma * np.sqrt(1 - remembered + leverage) * (1 + 0.2 * memory)
    return expected, np.maximum(spread, config.scale_least)


def assess_unit_price(value: FloatArray, mass: FloatArray, periods: IntArray, config: PriceConfig) -> PriceVerdict:
    """Whether the unit value of each assessed month is a spike, or lies on a level that began lately.

    Args:
        value: monthly value of each series, (S, T).
        mass: monthly mass, (S, T); months without positive value and mass are unknown.
        periods: the K assessed columns.
        config: settings.
    """
    periods = np.asarray(periods)
    price, precision = log_unit_value(value, mass), mass_precision(mass, config)
    expected, spread, support = (a[:, periods] for a in rolling_prediction(price, precision, config))
    shape = expected.shape
    p_up, p_down, size = (np.full(shape, np.nan) for _ in range(3))
    start = np.full(shape, -1, dtype=np.int64)
    for k, t in enumerate(periods):
        fits = _fit_column(price, precision, int(t), config)
        if fits is not None:
            expected[fits.of, k], spread[fits.of, k] = fits.expected, fits.spread
            p_up[fits.of, k], p_down[fits.of, k] = fits.p_up, fits.p_down
            start[fits.of, k], size[fits.of, k] = fits.start, fits.size
    known = np.stack([(~np.isnan(price[:, :t])).sum(axis=1) for t in periods], axis=1)
    support = np.where(np.isnan(size), support, known)
    spike = _assess_spike(price[:, periods], precision[:, periods], expected, spread, support, config)
    return PriceVerdict(
        spike=spike,
        p_shift_up=p_up,
        p_shift_down=p_down,
        shift_start=start,
        shift_size=size,
        p_up=_either(spike.p_surge, p_up, config.news_share),
        p_down=_either(spike.p_drop, p_down, config.news_share),
    )


def _either(spike: FloatArray, shift: FloatArray, news_share: float) -> FloatArray:
    """The smaller of two p-values, paid for; NaN where neither exists.

    Of shifts found by chance at most `news_share` lie in the months that are news, so
    that a limit x is crossed by them in at most news_share * x; the spike gets the rest of x.
    """
    paid = np.where(np.isnan(shift), spike, spike / (1 - news_share))
    return np.minimum(np.fmin(paid, shift), 1.0)


def _assess_spike(
    price: FloatArray,
    precision: FloatArray,
    expected: FloatArray,
    spread: FloatArray,
    support: IntArray,
    config: PriceConfig,
) -> Verdict:
    """The verdict on the assessed months, back in value per mass."""
    deviation = spread / np.sqrt(np.maximum(precision, config.precision_least))
    z = (price - expected) / deviation
    testable = ~np.isnan(z)
    # A log price is off by e^20 only where the month carries next to no mass: the limit keeps exp finite.
    reach = np.minimum(stats.t.ppf(0.995, config.freedom) * deviation, 20.0)
    return Verdict(
        observed=np.exp(price),
        expected=np.exp(expected),
        lower=np.exp(expected - reach),
        upper=np.exp(expected + reach),
        p_drop=stats.t.cdf(z, config.freedom),
        p_surge=stats.t.sf(z, config.freedom),
        phi=deviation,
        baseline_n=np.where(testable, support, 0),
        is_testable=testable,
        z=z,
    )
