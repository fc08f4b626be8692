"""What all series together say of one: priors of spread, dynamics, empty months and the calendar's effect.

With 14 to 40 points a series cannot tell its own spread, let alone how fast its level moves or what a
working day is worth. These are estimated over all series known on the night and serve as priors (empirical
Bayes; Efron and Morris 1975, Smyth 2004 for the variances).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.methods.quantity import CommonRule, MassConfig, PoolConfig, QuantityConfig
from jobs.stats.combine import CommonShock, find_common_shock
from jobs.stats.levels import hurdle
from jobs.stats.levels.local_level import LevelPath, normalise, run_level_filter
from jobs.stats.workdays import calendar_covariates

LOWEST = 1e3  # deviations that stand for an empty month


@dataclass(frozen=True, kw_only=True)
class Pools:
    """Priors of one night, learned from every series known on it.

    Attributes:
        calendar: effect of log working days and of the Seollal share on log mass, shape (2,).
        spread: coefficients of log noise variance on (1, medium, sparse, log10 median mass - 4).
        spread_dof: how many observations that regression is worth for a series.
        dynamics: weight of each candidate of the level filter, shape (G,).
        empty, low, high: priors of the chance of an empty, a collapsed and a swollen month.
        common_shift: what most series did alike in the assessed month, in standard deviations; 0 where that is not
            a finding.
        common_p: two-sided chance of so common a move without a common cause.
        common_count: series it was looked for in.
    """

    calendar: FloatArray
    spread: FloatArray
    spread_dof: float
    dynamics: FloatArray
    empty: hurdle.RatePrior
    low: hurdle.RatePrior
    high: hurdle.RatePrior
    common_shift: float
    common_p: float
    common_count: int


def gap_months(month: int, config: MassConfig) -> int:
    """Months left out between baseline and assessed month: the more, the longer the baseline is."""
    return next(gap for least, gap in config.gaps if month - gap >= least or not least)


def log_positive(mass: FloatArray) -> FloatArray:
    """Natural log of mass; NaN where it is zero or unknown."""
    return np.where(mass > 0, np.log(np.where(mass > 0, mass, 1.0)), np.nan)


def describe_series(mass: FloatArray, config: MassConfig) -> FloatArray:
    """Spread regressors (S, 4) of each series over the months given."""
    known = np.isfinite(mass)
    share = (mass > 0).sum(1) / np.maximum(known.sum(1), 1)
    kind = hurdle.density_class(share, config.density)
    median = _median_positive(mass)
    columns = [np.ones(len(mass)), kind == hurdle.MEDIUM, kind == hurdle.SPARSE, np.log10(median) - 4.0]
    return np.column_stack(columns).astype(float)


def _median_positive(mass: FloatArray) -> FloatArray:
    """Median of the non-empty months, 1 kg where there is none, shape (S,)."""
    ordered = np.sort(np.where(mass > 0, mass, np.inf), axis=1)
    count = (mass > 0).sum(1)
    middle = np.maximum((count - 1) // 2, 0)
    return np.where(count > 0, ordered[np.arange(len(mass)), middle], 1.0)


def fit_pools(mass: FloatArray, months: NDArray[np.datetime64], quantity: QuantityConfig) -> Pools:
    """Priors of the last month's night: from all series over the months before it, and its common move.

    Args:
        mass: net mass in kg, shape (S, T + 1), zero where nothing came, NaN where unknown; the last month is the
            assessed one, of which only the common move is asked.
        months: shape (T + 1,).
        quantity: settings.
    """
    config, pools = quantity.mass, quantity.mass.pools
    x, covariates = log_positive(mass), calendar_covariates(months)
    moy = months.astype("datetime64[M]").astype(int) % 12
    uniform = np.full(len(config.level.candidates()[0]), 1.0 / len(config.level.candidates()[0]))
    start = np.asarray(pools.calendar_mean)
    x = x - covariates @ start
    whole = run_level_filter(x, moy, np.full(len(x), 0.25), 1.0, uniform, config.level)
    shock = _common_move(whole, x, mass, config, quantity.common)
    path, mass = whole.before(len(months) - 1), mass[:, :-1]
    points = np.isfinite(path.surprise).sum(0)
    regressors = describe_series(mass, config)
    spread, spread_dof = _fit_spread(path, points, regressors, pools)
    posterior = normalise(path.log_weight[-1])[points >= pools.dynamics_points]
    dynamics = (posterior.sum(0) + pools.dynamics_prior * uniform) / (len(posterior) + pools.dynamics_prior)
    empties = hurdle.discounted_count(mass == 0, np.isfinite(mass), config.forget)
    low, high = collapses(path, config)
    lows = hurdle.discounted_count(low, np.isfinite(path.distance.T), config.forget)
    highs = hurdle.discounted_count(high, np.isfinite(path.distance.T), config.forget)
    alive = points >= pools.rate_points
    rough = roughness(path, -1)
    return Pools(
        calendar=_fit_calendar(path, covariates[:-1], config),
        spread=spread,
        spread_dof=spread_dof,
        dynamics=dynamics,
        empty=_rates(empties, alive, steadiness(regressors, rough), hurdle.RATES, pools.empty_spread),
        low=_rates(habit(lows, config), alive, rough, hurdle.HABITS, pools.collapse_spread),
        high=_rates(habit(highs, config), alive, rough, hurdle.HABITS, pools.collapse_spread),
        common_shift=float(shock.shift[0]),
        common_p=float(shock.p_value[0]),
        common_count=int(shock.count[0]),
    )


def _common_move(
    path: LevelPath, x: FloatArray, mass: FloatArray, config: MassConfig, common: CommonRule
) -> CommonShock:
    """What most dense series did alike in the last month, against the level that they are assessed by.

    Nothing at all counts as the lowest of all values: a median does not ask how low.
    """
    t = len(path.month) - 1
    mean, spread, _ = path.predict(max(t - gap_months(t, config), 0), t, config.level)
    past = mass[:, :t]
    shared = np.isfinite(past).sum(1)
    usual = (past > 0).sum(1) >= np.maximum(config.density[0] * shared, config.points_least)
    moved = np.where(mass[:, t] > 0, (x[:, t] - mean) / spread, np.where(mass[:, t] == 0, -LOWEST, np.nan))
    asked = np.where(usual, moved, np.nan)[:, None]
    return find_common_shock(asked, usual_sd=common.usual_sd, alpha=common.alpha, least=common.series_least)


def _rates(
    counts: tuple[FloatArray, FloatArray],
    alive: NDArray[np.bool_],
    trait: FloatArray,
    rates: FloatArray,
    spread: float,
) -> hurdle.RatePrior:
    return hurdle.fit_rates(counts[0][alive, -1], counts[1][alive, -1], trait[alive], rates, spread)


def steadiness(regressors: FloatArray, rough: FloatArray) -> FloatArray:
    """Trait that goes with empty months: log10 mass less half the log noise variance; broadcasts over months.

    Large flows of little spread are made of many shipments, so that all of them missing is rare.
    """
    size = regressors[:, -1]
    return (size if rough.ndim == 1 else size[:, None]) - 0.5 * rough


def habit(counts: tuple[FloatArray, FloatArray], config: MassConfig) -> tuple[FloatArray, FloatArray]:
    """Counts less the isolated events: one collapse may be the very break that is looked for."""
    return np.maximum(counts[0] - config.isolated, 0.0), counts[1]


def roughness(path: LevelPath, base: int | NDArray[np.int64]) -> FloatArray:
    """Log noise variance of the averaged model before the months `base`, shape (S,) or (K, S)."""
    result: FloatArray = np.log((normalise(path.log_weight[base]) * path.scale2[base]).sum(-1))
    return result


def collapses(path: LevelPath, config: MassConfig) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which months fell below, or rose above, the level by the factor of a collapse and beyond the spread, (S, T)."""
    distance, surprise = path.distance.T, path.surprise.T
    with np.errstate(invalid="ignore"):
        return (
            (distance < -config.collapse) & (surprise < -config.surprise),
            (distance > config.collapse) & (surprise > config.surprise),
        )


def _fit_calendar(path: LevelPath, covariates: FloatArray, config: MassConfig) -> FloatArray:
    """Ridge of the month's common one-step error on the covariates, towards the prior."""
    seen = np.isfinite(path.distance)
    weight = np.zeros(seen.shape[1])
    usual = np.nanmedian(np.abs(path.distance[:, seen.any(axis=0)]), axis=0)
    weight[seen.any(axis=0)] = 1.0 / np.maximum(usual, 0.05) ** 2
    usable = seen & (np.abs(np.where(seen, path.surprise, 0.0)) < config.surprise)
    weights = np.where(usable, weight, 0.0)
    common = (weights * np.where(usable, path.distance, 0.0)).sum(1) / np.maximum(weights.sum(1), 1e-9)
    rows = usable.sum(1) >= config.pools.calendar_series
    if rows.sum() < config.pools.calendar_months:
        return np.asarray(config.pools.calendar_mean)
    design = covariates[rows] - covariates[rows].mean(0)
    noise = max(float(np.var(common[rows])), 1e-4)
    precision = design.T @ design / noise + np.diag(1.0 / np.square(config.pools.calendar_sd))
    gain = np.linalg.solve(precision, design.T @ (common[rows] - common[rows].mean()) / noise)
    return np.asarray(config.pools.calendar_mean) + gain


def _fit_spread(
    path: LevelPath, points: NDArray[np.int64], regressors: FloatArray, config: PoolConfig
) -> tuple[FloatArray, float]:
    """Regression of log noise variance over series, and its worth by the excess spread around it (Smyth 2004)."""
    use = points >= config.spread_points
    if use.sum() < config.spread_series:
        variance, *effects = config.spread_default
        return np.array([np.log(variance), *effects]), config.prior_dof[0]
    weights = normalise(path.log_weight[-1])
    own = np.log((weights * path.scale2[-1]).sum(1))[use]
    dof = (weights * path.dof[-1]).sum(1)[use]
    ridge = np.diag([1e-6, 1.0, 1.0, 1.0])
    design = regressors[use]
    spread = np.linalg.solve(design.T @ design + ridge, design.T @ own)
    excess = np.var(own - design @ spread) - np.mean(special.polygamma(1, dof / 2.0))
    candidates = np.linspace(*config.prior_dof, 41)
    worth = candidates[np.argmin(np.abs(special.polygamma(1, candidates / 2.0) - max(excess, 0.0)))]
    return spread, float(worth)
