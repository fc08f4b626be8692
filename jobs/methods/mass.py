"""Monthly import mass against its own past: a two-sided hurdle model, all series at once (SC-DROP, SC-SURGE).

The model of DOMAIN 1C for short monthly series: empty months beta-binomial, non-empty ones log-normal around
a level, robust on both sides, with a Student predictive that carries the estimation error. The level is a
slow random walk rather than a mean of all months: the semivariance of real monthly import mass doubles in a
year. It is held at its last baseline value over the gap, never extrapolated, which is what the trend rule of
long series asks. Only months before the judged one, less the gap, are used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.methods.hurdle import Predictive, discounted_count, posterior_chance
from jobs.methods.level_filter import LevelPath, normalise, run_level_filter
from jobs.methods.pooling import (
    MassConfig,
    Pools,
    collapses,
    describe_series,
    fit_pools,
    habit,
    log_positive,
    roughness,
    steadiness,
)
from jobs.methods.verdict import Verdict
from jobs.methods.workdays import calendar_covariates

__all__ = ["MassConfig", "Pools", "fit_pools", "gap_months", "judge_mass", "randomised_p"]

FloatArray = NDArray[np.float64]
GAPS = (
    (48, 6),
    (24, 3),
    (0, 1),
)  # from so many baseline points on, leave out so many months before the judged


@dataclass(frozen=True)
class MassVerdict(Verdict):
    """A verdict with the chance of an empty month beside it.

    Attributes:
        p_empty: chance that nothing comes at all, shape (S, K).
    """

    p_empty: FloatArray | None = None

    def p_size(self) -> FloatArray:
        """P(Y <= observed, given that anything came), the test of a thin month; NaN in an empty one.

        Where empty months are habit, `p_drop` can never be small; a month of a twentieth of the usual size can
        still be unheard of among those that were not empty.
        """
        empty = np.nan if self.p_empty is None else self.p_empty
        return np.where(self.observed > 0, (self.p_drop - empty) / (1.0 - empty), np.nan)


def gap_months(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Months left out between baseline and judged month: 1 under 24 baseline points, 3 under 48, then 6."""
    gap = np.full(np.shape(at), GAPS[-1][1], dtype=np.int64)
    for least, months in reversed(GAPS):
        gap = np.where(np.asarray(at) - months >= least, months, gap)
    return gap


def judge_mass(
    mass: FloatArray,
    months: NDArray[np.datetime64],
    item: NDArray[np.int64],
    at: NDArray[np.int64],
    pools: Pools,
    config: MassConfig,
    *,
    intervals: bool = True,
) -> MassVerdict:
    """How surprising each judged month's mass is, given the months before it less the gap.

    Args:
        mass: net mass in kg, shape (S, T), zero where nothing came, NaN where unknown.
        months: shape (T,).
        item: item of each series, shape (S,).
        at: indices of the judged months, shape (K,).
        pools: priors of the night.
        config: settings.
        intervals: whether the 99 % interval is wanted; without it `lower` and `upper` are NaN.

    Returns:
        A verdict of shape (S, K); `phi` is the predictive spread of log mass.
    """
    at = np.asarray(at, dtype=np.int64)
    calendar = calendar_covariates(months) @ pools.calendar
    regressors = describe_series(mass[:, : max(int((at - gap_months(at)).min()), 1)])
    moy = months.astype("datetime64[M]").astype(int) % 12
    path = run_level_filter(
        log_positive(mass) - calendar,
        moy,
        np.exp(regressors @ pools.spread),
        pools.spread_dof,
        pools.dynamics,
        config.level,
    )
    predictive, n = _predict(mass, path, at, regressors, pools, config)
    return _conclude(mass, calendar, predictive, at, n, config, intervals)


def _predict(
    mass: FloatArray,
    path: LevelPath,
    at: NDArray[np.int64],
    regressors: FloatArray,
    pools: Pools,
    config: MassConfig,
) -> tuple[Predictive, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Predictive of log mass less the calendar, (S, K), with known and non-empty baseline months."""
    gap = gap_months(at)
    base = np.maximum(at - gap, 0)
    weight = normalise(path.log_weight[base])
    drift = config.level.candidates()[0]
    centre = path.level[base] + path.month[at]
    ahead = path.level_var[base] + (gap + 1)[:, None, None] * drift + path.month_var[at] + 1.0
    mu = (weight * centre).sum(2)
    variance = (weight * (ahead * path.scale2[base] + (centre - mu[..., None]) ** 2)).sum(2)
    dof = np.minimum((weight * path.dof[base]).sum(2), config.dof_limit)
    filled, known = _running_counts(mass)
    low, high = collapses(path)
    seen, rough = np.isfinite(path.distance.T), roughness(path, base).T
    empties = discounted_count(mass == 0, np.isfinite(mass), config.forget)
    lows, highs = (habit(discounted_count(e, seen, config.forget), config) for e in (low, high))
    chances = [
        posterior_chance(prior, hits[:, base], trials[:, base], trait)
        for prior, (hits, trials), trait in (
            (pools.empty, empties, steadiness(regressors, rough)),
            (pools.low, lows, rough),
            (pools.high, highs, rough),
        )
    ]
    return Predictive(mu.T, np.sqrt(variance).T, dof.T, *chances, config.depth), (
        known[:, base],
        filled[:, base],
    )


def _running_counts(mass: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Non-empty and known months before each month, shape (S, T + 1) each."""
    start = np.zeros((len(mass), 1), dtype=np.int64)
    filled = np.concatenate([start, np.cumsum(mass > 0, axis=1)], axis=1)
    known = np.concatenate([start, np.cumsum(np.isfinite(mass), axis=1)], axis=1)
    return filled, known


def _conclude(
    mass: FloatArray,
    calendar: FloatArray,
    predictive: Predictive,
    at: NDArray[np.int64],
    n: tuple[NDArray[np.int64], NDArray[np.int64]],
    config: MassConfig,
    intervals: bool,
) -> MassVerdict:
    observed = mass[:, at]
    known, filled = n
    testable = (filled >= config.least_points) & np.isfinite(observed) & (at >= 1)
    scale = np.exp(calendar[at])
    log_mass = np.where(observed > 0, np.log(np.where(observed > 0, observed, 1.0)) - calendar[at], -np.inf)
    below = predictive.cdf(log_mass)
    strictly = np.where(observed > 0, below, 0.0)
    middle = np.clip(0.5 * (below + strictly), 1e-10, 1 - 1e-10)

    def shown(values: FloatArray) -> FloatArray:
        return np.where(testable, values, np.nan)

    ends = [predictive.quantile(p) if intervals else np.full(observed.shape, np.nan) for p in (0.005, 0.995)]
    return MassVerdict(
        observed=observed,
        expected=shown(predictive.mean() * scale),
        lower=shown(ends[0] * scale),
        upper=shown(ends[1] * scale),
        p_drop=shown(below),
        p_surge=shown(1.0 - strictly),
        phi=shown(predictive.sd),
        baseline_n=known,
        is_testable=testable,
        z=shown(stats.norm.ppf(middle)),
        baseline_start=np.where(known > 0, 0, -1),
        baseline_end=np.broadcast_to(at - gap_months(at) - 1, observed.shape),
        p_empty=shown(predictive.empty),
    )


def randomised_p(verdict: Verdict, rng: np.random.Generator) -> FloatArray:
    """Lower-tail p, uniform where the model is true: the atom at an empty month is spread by a uniform draw."""
    draw = rng.random(verdict.observed.shape)
    return np.where(verdict.observed > 0, verdict.p_drop, draw * verdict.p_drop)
