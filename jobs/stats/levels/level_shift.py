"""Level shift of a monthly series by a robust time-series fit, all series at once.

Model: level + trend + 1 or 2 harmonics of the year + one level shift at an unknown place. Fitted by least
trimmed squares (h = 0.75 T) at every place of the shift; the best place is refined among the 15 points on
either side by a Huber fit (c = 2) whose scale is that of the trimmed fit; points beyond 2.58 scales are
then left out and the rest refitted by least squares. Rousseeuw, Perrotta, Riani, Hubert (2018), "Robust
Monitoring of Time Series with Application to Fraud Detection", Econometrics and Statistics 9, 108-121.

The shift's t-value is the largest of many, so a plain limit of 2.58 is crossed far too often without any
shift. Its p-value comes from a Monte Carlo of this very procedure on series without one; the quantiles are
kept in NULL_T and made again by `python -m tests.calibration.level_shift`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray, IntArray
from jobs.stats.levels.level_shift_null import shift_p_values

PERIOD = 12.0
POINTS_LEAST, KNOWN_LEAST = 24, 16  # under which the regressors cannot be told apart


@dataclass(frozen=True, kw_only=True)
class LevelShiftConfig:
    """Settings of the fit; the null of its t-value (`level_shift_null`) was simulated with those of SC-PRICE.

    Attributes:
        kept: part of the points in the trimmed fit.
        edge: least points on either side of a shift.
        reach: points on either side of the best place that are tried again.
        huber: scales from which a point is weighed down.
        outlying: scales beyond which a point is left out.
        candidates: best places followed until they settle.
        two_waves_from: points from which the season has two harmonics.
    """

    kept: float
    edge: int
    reach: int
    huber: float
    outlying: float
    candidates: int
    two_waves_from: int


@dataclass(frozen=True, kw_only=True)
class LevelShift:
    """One row is one series; shapes (S,), and (S, T) for `fitted` and `is_regular`.

    Attributes:
        position: index of the first point on the new level.
        size: new level minus old, in the unit of the series.
        t: t-value of the size, made smaller where residuals are positively autocorrelated.
        p_up: one-sided Monte-Carlo p for a rise; small means the level rose.
        p_down: the same for a fall.
        fitted: the fit at every point.
        is_regular: points the final fit used; False for outliers and missing points.
        scale: residual standard deviation of the final fit.
        autocorrelation: of neighbouring residuals, lag 1, corrected for the fitted terms, within [0, 0.95].
        design: regressors of the final fit, (S, T, p).
    """

    position: IntArray
    size: FloatArray
    t: FloatArray
    p_up: FloatArray
    p_down: FloatArray
    fitted: FloatArray
    is_regular: NDArray[np.bool_]
    scale: FloatArray
    autocorrelation: FloatArray
    design: FloatArray


def seasonal_trend(points: int, waves: int) -> FloatArray:
    """Regressors without the shift: 1, trend in [-1, 1], cosines and sines of the year, (T, 2 + 2 waves)."""
    time = np.arange(points)
    angle = 2 * np.pi * np.outer(time, np.arange(1, waves + 1)) / PERIOD
    return np.column_stack([np.ones(points), np.linspace(-1, 1, points), np.cos(angle), np.sin(angle)])


def _with_shift(base: FloatArray, position: int) -> FloatArray:
    return np.column_stack([base, np.arange(len(base)) >= position])


def _solve(x: FloatArray, y: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted least squares of every row of y on the common x, (S, p)."""
    p = x.shape[1]
    gram = (weight @ (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)).reshape(-1, p, p)
    # Keeps the system solvable where the subset holds no point on one side of the shift.
    gram[:, np.arange(p), np.arange(p)] += 1e-8 * (weight.sum(axis=1, keepdims=True) + 1e-12)
    return np.linalg.solve(gram, ((weight * y) @ x)[..., None])[..., 0]


def _trim(square: FloatArray, kept: IntArray) -> tuple[FloatArray, FloatArray]:
    """Sum of the `kept` smallest squares of each row, and the 0/1 subset of them."""
    ordered = np.sort(square, axis=1)
    limit = np.take_along_axis(ordered, kept[:, None] - 1, axis=1)
    subset = square <= limit
    return np.where(subset, square, 0.0).sum(axis=1), subset.astype(float)


def _concentrate(
    x: FloatArray, y: FloatArray, precision: FloatArray, subset: FloatArray, kept: IntArray, steps: int
) -> tuple[FloatArray, FloatArray]:
    """C-steps: refit on the subset, keep the smallest residuals; (objective, subset)."""
    for _ in range(steps):
        residual = y - _solve(x, y, subset * precision) @ x.T
        objective, subset = _trim(np.where(precision > 0, precision * residual**2, np.inf), kept)
    return objective, subset


def _search(
    base: FloatArray, y: FloatArray, precision: FloatArray, kept: IntArray, places: IntArray, candidates: int
) -> tuple[IntArray, FloatArray]:
    """Best place of the shift for each series, and the trimmed sum of squares there.

    Every place gets two C-steps from two starts: the subset that was best at the place before, and the points
    nearest to a least-absolute-deviation fit (iterated reweighting, warm from the place before). The best few
    places are then followed until they settle.
    """
    objective = np.empty((len(places), len(y)))
    subsets = np.empty((len(places), *y.shape), dtype=np.float32)
    absolute = precision.copy()
    carried = (precision > 0).astype(float)
    for e, place in enumerate(places):
        x = _with_shift(base, place)
        for _ in range(4 if e == 0 else 2):
            residual = np.abs(y - _solve(x, y, absolute) @ x.T)
            typical = np.sum(residual * precision, axis=1, keepdims=True) / precision.sum(axis=1, keepdims=True)
            absolute = precision / np.maximum(residual, 0.05 * typical + 1e-12)
        first, near = _concentrate(x, y, precision, absolute / np.maximum(precision, 1e-12), kept, 2)
        second, same = _concentrate(x, y, precision, carried, kept, 2)
        better = first <= second
        objective[e] = np.where(better, first, second)
        carried = np.where(better[:, None], near, same)
        subsets[e] = carried
    for rank in np.argsort(objective, axis=0)[:candidates]:
        for e in np.unique(rank):
            of = np.flatnonzero(rank == e)
            start = subsets[e, of].astype(float)
            settled, _ = _concentrate(_with_shift(base, places[e]), y[of], precision[of], start, kept[of], 5)
            objective[e, of] = np.minimum(objective[e, of], settled)
    best = objective.argmin(axis=0)
    return places[best], objective[best, np.arange(len(y))]


def _refine(
    base: FloatArray,
    y: FloatArray,
    precision: FloatArray,
    scale: FloatArray,
    place: IntArray,
    places: IntArray,
    config: LevelShiftConfig,
) -> tuple[IntArray, FloatArray]:
    """The place within `reach` of `place` with the least Huber loss, and the Huber fit there, (S,), (S, p)."""
    loss = np.full(len(y), np.inf)
    best = place.copy()
    coefficients = np.zeros((len(y), base.shape[1] + 1))
    for candidate in places:
        of = np.flatnonzero(np.abs(place - candidate) <= config.reach)
        if of.size == 0:
            continue
        x, limit = _with_shift(base, candidate), config.huber * scale[of, None]
        root = np.sqrt(precision[of])
        weight = precision[of]
        for _ in range(4):
            beta = _solve(x, y[of], weight)
            size = root * np.abs(y[of] - beta @ x.T)
            weight = precision[of] * np.minimum(1.0, limit / np.maximum(size, 1e-300))
        cost = np.where(size <= limit, size**2, 2 * limit * size - limit**2).sum(axis=1)
        better = cost < loss[of]
        chosen = of[better]
        loss[chosen], best[chosen], coefficients[chosen] = cost[better], candidate, beta[better]
    return best, coefficients


def trimmed_scale(objective: FloatArray, kept: IntArray, n: IntArray, p: int) -> FloatArray:
    """Standard deviation of normal errors from the sum of the `kept` smallest of n squares, p terms fitted."""
    quantile = stats.norm.ppf((n + kept) / (2 * n))
    share = 1 - 2 * n / kept * quantile * stats.norm.pdf(quantile)
    result: FloatArray = np.sqrt(objective / np.maximum(kept - p, 1) / share)
    return result


def fit_level_shift(y: FloatArray, config: LevelShiftConfig, precision: FloatArray | None = None) -> LevelShift:
    """The level shift of each series, with its p-value.

    Args:
        y: series, NaN where missing, (S, T); T at least 24 and at least 16 known points a series.
        config: settings.
        precision: relative precision of each point, in (0, 1] (a month of little mass has an uncertain unit
            value).
    """
    known = ~np.isnan(y)
    n = known.sum(axis=1)
    if y.shape[1] < POINTS_LEAST or np.any(n < KNOWN_LEAST):
        raise ValueError("a level shift needs at least 24 periods and 16 known points in every series")
    precision = known * (1.0 if precision is None else np.clip(precision, 1e-6, 1.0))
    filled = np.where(known, y, 0.0)
    centre = np.nanmedian(y, axis=1, keepdims=True)
    spread = np.maximum(np.nanmedian(np.abs(y - centre), axis=1, keepdims=True), 1e-9 * np.abs(centre) + 1e-12)
    unit = np.where(known, (filled - centre) / spread, 0.0)
    points = y.shape[1]
    base = seasonal_trend(points, 1 if points < config.two_waves_from else 2)
    places = np.arange(config.edge, points - config.edge + 1)
    kept = np.ceil(config.kept * n).astype(np.int64)
    place, objective = _search(base, unit, precision, kept, places, config.candidates)
    scale = np.maximum(trimmed_scale(objective, kept, n, base.shape[1] + 1), 1e-9)
    place, beta = _refine(base, unit, precision, scale, place, places, config)
    return _final(base, unit, precision, scale, place, beta, centre, spread, config.outlying)


def _final(
    base: FloatArray,
    y: FloatArray,
    precision: FloatArray,
    scale: FloatArray,
    place: IntArray,
    beta: FloatArray,
    centre: FloatArray,
    spread: FloatArray,
    outlying: float,
) -> LevelShift:
    """Least squares on the points within `outlying` scales of the Huber fit, and the t-value of the shift."""
    points = y.shape[1]
    step = np.arange(points) >= place[:, None]
    x = np.concatenate([np.broadcast_to(base, (len(y), *base.shape)), step[..., None]], axis=2)
    residual = np.sqrt(precision) * (y - np.einsum("stp,sp->st", x, beta))
    regular = (np.abs(residual) <= outlying * scale[:, None]) & (precision > 0)
    weight = regular * precision
    gram = np.einsum("st,stp,stq->spq", weight, x, x, optimize=True)
    p = x.shape[2]
    inverse = np.linalg.inv(gram + 1e-8 * points * np.eye(p))
    beta = np.einsum("spq,sq->sp", inverse, np.einsum("st,stp->sp", weight * y, x))
    residual = np.sqrt(precision) * (y - np.einsum("stp,sp->st", x, beta))
    freedom = np.maximum(regular.sum(axis=1) - p, 1)
    sigma = np.maximum(np.sqrt(np.where(regular, residual**2, 0.0).sum(axis=1) / freedom), 1e-9)
    memory = autocorrelation(residual / sigma[:, None], precision > 0, p, outlying)
    t = beta[:, -1] / (sigma * np.sqrt(inverse[:, -1, -1])) * np.sqrt((1 - memory) / (1 + memory))
    p_up, p_down = shift_p_values(t, points)
    return LevelShift(
        position=place,
        size=beta[:, -1] * spread[:, 0],
        t=t,
        p_up=p_up,
        p_down=p_down,
        fitted=np.einsum("stp,sp->st", x, beta) * spread + centre,
        is_regular=regular,
        scale=sigma * spread[:, 0],
        autocorrelation=memory,
        design=x,
    )


def autocorrelation(residual: FloatArray, known: NDArray[np.bool_], terms: int, outlying: float) -> FloatArray:
    """Lag-1 autocorrelation of standardised residuals within [0, 0.95], (S,).

    Residuals are clipped at `outlying` so that one outlier cannot hide or feign it. Fitted terms and the
    search for the shift's place swallow much of it: (2 terms + 12 r) / T is put back, found by simulation
    as what brings false alarms on series with memory nearest to their nominal rate while costing little
    power on series without.
    """
    clipped = np.where(known, np.clip(residual, -outlying, outlying), 0.0)
    pairs = known[:, 1:] & known[:, :-1]
    product = np.where(pairs, clipped[:, 1:] * clipped[:, :-1], 0.0).sum(axis=1) / np.maximum(pairs.sum(axis=1), 1)
    points = known.sum(axis=1)
    variance = (clipped**2).sum(axis=1) / np.maximum(points, 1)
    raw = product / np.maximum(variance, 1e-12)
    result: FloatArray = np.clip(raw + (2 * terms + 12 * raw) / points, 0.0, 0.95)
    return result
