"""Monthly import mass against its own past: a two-sided hurdle model, all series at once (SC-DROP, SC-SURGE).

A model for short monthly series: empty months beta-binomial, non-empty ones log-normal around
a level, robust on both sides, with a Student predictive that carries the estimation error. The level is a
slow random walk rather than a mean of all months: the semivariance of real monthly import mass doubles in a
year. It is held at its last baseline value over the gap, never extrapolated, which is what the trend rule of
long series asks. Only months before the assessed one, less the gap, are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import BoolArray, FloatArray
from jobs.domains.supply_chain.methods.pooling import (
    Pools,
    collapses,
    describe_series,
    fit_pools,
    gap_months,
    habit,
    log_positive,
    roughness,
    steadiness,
)
from jobs.domains.supply_chain.methods.quantity import MassConfig, QuantityConfig
from jobs.domains.supply_chain.methods.supply_break import break_evidence
from jobs.stats.levels.hurdle import Predictive, discounted_count, posterior_chance
from jobs.stats.levels.local_level import LevelPath, run_level_filter
from jobs.stats.verdict import Verdict
from jobs.stats.workdays import calendar_covariates


@dataclass(frozen=True, kw_only=True)
class MassVerdict(Verdict):
    """A verdict with what a break of supply would make of it.

    Attributes:
        p_empty: chance that nothing comes at all, shape (S, K).
        break_evidence: log likelihood ratio of each degree of break, `supply_break.break_evidence`, (S, K, F).
    """

    p_empty: FloatArray
    break_evidence: FloatArray

    def p_size(self) -> FloatArray:
        """P(Y <= observed, given that anything came), the test of a thin month; NaN in an empty one.

        Where empty months are habit, `p_drop` can never be small; a month of a twentieth of the usual size can
        still be unheard of among those that were not empty.
        """
        return np.where(self.observed > 0, (self.p_drop - self.p_empty) / (1.0 - self.p_empty), np.nan)


def fit_all_pools(
    mass: FloatArray, months: NDArray[np.datetime64], at: NDArray[np.int64], config: QuantityConfig
) -> list[Pools]:
    """Priors of each assessed month as they stood on its own night, from all series; length K."""
    return [fit_pools(mass[:, : t + 1], months[: t + 1], config) for t in at.tolist()]


def assess_mass(
    mass: FloatArray,
    months: NDArray[np.datetime64],
    at: NDArray[np.int64],
    pools: Sequence[Pools],
    config: QuantityConfig,
    *,
    intervals: bool = True,
) -> MassVerdict:
    """How surprising each assessed month's mass is, given the months before it less the gap.

    Every month is assessed as on its own night, so that a night, its replay and a back-test over many nights say
    the same of it.

    Args:
        mass: net mass in kg, shape (S, T), zero where nothing came, NaN where unknown.
        months: shape (T,).
        at: indices of the assessed months, at least 1, shape (K,).
        pools: priors of each assessed month, length K (`fit_all_pools`).
        config: settings.
        intervals: whether the 99 % interval is wanted; without it `lower` and `upper` are NaN.

    Returns:
        A verdict of shape (S, K); `phi` is the predictive spread of log mass.
    """
    columns = [
        _assess_month(mass[:, : t + 1], months[: t + 1], prior, config, intervals)
        for t, prior in zip(at.tolist(), pools, strict=True)
    ]
    return MassVerdict(
        **{field.name: np.stack([getattr(c, field.name) for c in columns], axis=1) for field in fields(MassVerdict)}
    )


def _assess_month(
    mass: FloatArray, months: NDArray[np.datetime64], pools: Pools, quantity: QuantityConfig, intervals: bool
) -> MassVerdict:
    """The verdict on the last month, without the axis of months."""
    t, config = len(months) - 1, quantity.mass
    gap = gap_months(t, config)
    calendar = calendar_covariates(months) @ pools.calendar
    regressors = describe_series(mass[:, : max(t - gap, 1)], config)
    path = run_level_filter(
        log_positive(mass) - calendar,
        months.astype("datetime64[M]").astype(int) % 12,
        np.exp(regressors @ pools.spread),
        pools.spread_dof,
        pools.dynamics,
        config.level,
    )
    predictive = _predict(mass, path, t, gap, regressors, pools, config)
    return _summarise(mass, calendar[t], predictive, t, gap, pools.common_shift, quantity, intervals)


def _predict(
    mass: FloatArray,
    path: LevelPath,
    t: int,
    gap: int,
    regressors: FloatArray,
    pools: Pools,
    config: MassConfig,
) -> Predictive:
    """Predictive of month t's log mass less the calendar, shape (S,)."""
    base = max(t - gap, 0)
    mu, sd, dof = path.predict(base, t, config.level)
    collapsed, swollen = collapses(path, config)
    seen, rough = np.isfinite(path.distance.T), roughness(path, base)
    empties = discounted_count(mass == 0, np.isfinite(mass), config.forget)
    lows, highs = (habit(discounted_count(e, seen, config.forget), config) for e in (collapsed, swollen))
    empty, low, high = (
        posterior_chance(prior, hits[:, base], trials[:, base], trait)
        for prior, (hits, trials), trait in (
            (pools.empty, empties, steadiness(regressors, rough)),
            (pools.low, lows, rough),
            (pools.high, highs, rough),
        )
    )
    dof = np.minimum(dof, config.dof_limit)
    return Predictive(
        mu=mu, sd=sd, dof=dof, empty=empty, low=low, high=high, collapse=config.collapse, depth=config.depth
    )


def _summarise(
    mass: FloatArray,
    calendar: float,
    predictive: Predictive,
    t: int,
    gap: int,
    common_shift: float,
    config: QuantityConfig,
    intervals: bool,
) -> MassVerdict:
    observed, past = mass[:, t], mass[:, : max(t - gap, 0)]
    known = np.isfinite(past).sum(1)
    testable = ((past > 0).sum(1) >= config.mass.points_least) & np.isfinite(observed) & (t >= 1)
    scale = np.exp(calendar + common_shift * predictive.sd)
    log_mass = np.where(observed > 0, np.log(np.where(observed > 0, observed, 1.0) / scale), -np.inf)
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
        baseline_end=np.full(observed.shape, max(t - gap, 0) - 1),
        p_empty=shown(predictive.empty),
        break_evidence=np.where(testable[:, None], break_evidence(predictive, log_mass, config.short.breaks), np.nan),
    )


def quantity_notes(verdict: Verdict, short_under: int) -> dict[str, BoolArray]:
    """What is noted beside a finding in quantity: nothing came, or the baseline has under `short_under` months."""
    return {
        "empty_month": verdict.observed == 0,
        "short_baseline": verdict.is_testable & (verdict.baseline_n < short_under),
    }
