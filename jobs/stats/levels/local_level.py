"""Robust local-level filter of log mass, one pass for all series, under several candidate dynamics.

The level of a series follows a random walk, its calendar months have shrunk effects of their own, and the
noise variance is learned on the way from a class prior (West and Harrison 1997, ch. 4.5). How fast the level
moves and how strong the season is cannot be estimated from 14 points: every candidate of a small grid is run
and weighted by how well it predicted (Bayesian model averaging). Observations beyond 2.58 predictive
deviations count `2.58^2 / r^2` on either side, so that a past break neither moves the level nor widens the
spread (the down-weighting of Farrington Flexible, Noufaily et al. 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jobs.arrays import FloatArray

DIFFUSE = 1e4  # variance of an unknown level, in units of the noise variance


@dataclass(frozen=True, kw_only=True)
class LevelConfig:
    """Settings of the filter, the same for every series.

    Attributes:
        drift: candidate variances of the level's monthly step, in units of the noise variance.
        season: candidate variances of a calendar month's effect, same unit.
        robust: predictive deviations beyond which an observation is down-weighted.
        learn: exponent on the likelihood in the model weights; under 1 it learns slower and steadier.
        forget: monthly discount of what was learned on the noise variance.
    """

    drift: tuple[float, ...]
    season: tuple[float, ...]
    robust: float
    learn: float
    forget: float

    def candidates(self) -> tuple[FloatArray, FloatArray]:
        """The grid as two arrays of shape (G,): drift and season variance."""
        drift, season = np.meshgrid(self.drift, self.season, indexing="ij")
        return drift.ravel(), season.ravel()


@dataclass(frozen=True, kw_only=True)
class LevelPath:
    """What the filter knew after each month; index t holds what was known before month t.

    Attributes:
        level, level_var: posterior of the level, shape (T + 1, S, G), variance in noise units.
        month, month_var: effect of month t's calendar month as known before it, shape (T, S, G).
        scale2, dof: noise variance and its degrees of freedom, shape (T + 1, S, G).
        log_weight: log model weight, not normalised, shape (T + 1, S, G).
        surprise: standardised one-step residual of the averaged model, shape (T, S); NaN where unobserved.
        distance: log observed less log expected one step ahead, shape (T, S); NaN where unobserved.
    """

    level: FloatArray
    level_var: FloatArray
    month: FloatArray
    month_var: FloatArray
    scale2: FloatArray
    dof: FloatArray
    log_weight: FloatArray
    surprise: FloatArray
    distance: FloatArray

    def before(self, month: int) -> LevelPath:
        """The path as it stood before a month was seen."""
        return LevelPath(
            level=self.level[: month + 1],
            level_var=self.level_var[: month + 1],
            month=self.month[:month],
            month_var=self.month_var[:month],
            scale2=self.scale2[: month + 1],
            dof=self.dof[: month + 1],
            log_weight=self.log_weight[: month + 1],
            surprise=self.surprise[:month],
            distance=self.distance[:month],
        )

    def predict(self, base: int, month: int, config: LevelConfig) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, spread and degrees of freedom of a month's log mass from what was known before month `base`, (S,) each.

        The level is held, never extrapolated; what it may have moved meanwhile is in the spread.
        """
        weight = normalise(self.log_weight[base])
        drift = config.candidates()[0]
        centre = self.level[base] + self.month[month]
        ahead = self.level_var[base] + (month - base + 1) * drift + self.month_var[month] + 1.0
        mean = (weight * centre).sum(1)
        variance = (weight * (ahead * self.scale2[base] + (centre - mean[:, None]) ** 2)).sum(1)
        return mean, np.sqrt(variance), (weight * self.dof[base]).sum(1)


def normalise(log_weight: FloatArray) -> FloatArray:
    """Model weights that sum to one over the last axis."""
    result: FloatArray = special.softmax(log_weight, axis=-1)
    return result


@dataclass(kw_only=True)
class _State:
    """Posterior of every series under every candidate, between two months; arrays of shape (S, G)."""

    level: FloatArray
    level_var: FloatArray
    effect: FloatArray
    effect_var: FloatArray
    total_sq: FloatArray
    dof: FloatArray
    log_weight: FloatArray


def run_level_filter(
    x: FloatArray,
    calendar_month: NDArray[np.int64],
    prior_scale2: FloatArray,
    prior_dof: float,
    prior_weight: FloatArray,
    config: LevelConfig,
) -> LevelPath:
    """Path of level, season, spread and model weights of every series.

    Args:
        x: log mass less the calendar's effect, shape (S, T); NaN where empty or unknown.
        calendar_month: 0 to 11 for each column, shape (T,).
        prior_scale2: noise variance expected of each series before seeing it, shape (S,).
        prior_dof: how many observations that expectation is worth.
        prior_weight: weight of each candidate before seeing the series, shape (G,).
        config: the grid and the robustness.
    """
    series, total = x.shape
    drift, season = config.candidates()
    grid = (series, len(drift))
    state = _State(
        level=np.zeros(grid),
        level_var=np.full(grid, DIFFUSE),
        effect=np.zeros((12, *grid)),
        effect_var=np.broadcast_to(season, (12, *grid)).copy(),
        total_sq=np.repeat(prior_dof * prior_scale2[:, None], grid[1], axis=1),
        dof=np.full(grid, float(prior_dof)),
        log_weight=np.broadcast_to(np.log(prior_weight), grid).copy(),
    )
    path = _empty_path(total, grid)
    prior = (prior_scale2[:, None], prior_dof)
    for t in range(total):
        m = calendar_month[t]
        _record(path, t, state)
        path.month[t], path.month_var[t] = state.effect[m], state.effect_var[m]
        state.level_var = state.level_var + drift * (t > 0)
        path.surprise[t], path.distance[t] = _observe(state, m, x[:, t], prior, config)
    _record(path, total, state)
    return path


def _empty_path(total: int, grid: tuple[int, int]) -> LevelPath:
    known, effect, series = (total + 1, *grid), (total, *grid), (total, grid[0])
    return LevelPath(
        level=np.empty(known),
        level_var=np.empty(known),
        month=np.empty(effect),
        month_var=np.empty(effect),
        scale2=np.empty(known),
        dof=np.empty(known),
        log_weight=np.empty(known),
        surprise=np.empty(series),
        distance=np.empty(series),
    )


def _record(path: LevelPath, t: int, state: _State) -> None:
    path.level[t], path.level_var[t] = state.level, state.level_var
    path.scale2[t], path.dof[t] = state.total_sq / state.dof, state.dof
    path.log_weight[t] = state.log_weight


def _observe(
    state: _State, m: int, x: FloatArray, prior: tuple[FloatArray, float], config: LevelConfig
) -> tuple[FloatArray, FloatArray]:
    """Update the state by one month and return its surprise and distance, each of shape (S,)."""
    seen = np.isfinite(x)[:, None]
    known = seen & (state.level_var < DIFFUSE / 2)
    effect, effect_var = state.effect[m], state.effect_var[m]
    error = np.where(seen, x[:, None] - state.level - effect, 0.0)
    spread = state.level_var + effect_var + 1.0
    predictive = spread * state.total_sq / state.dof
    ratio2 = error**2 / predictive
    trust = np.minimum(1.0, config.robust**2 / np.maximum(ratio2, 1e-12))

    weight = normalise(state.log_weight)
    distance = (weight * error).sum(1)
    variance = (weight * (predictive + (error - distance[:, None]) ** 2)).sum(1)
    gained = config.learn * _log_density(ratio2, state.dof, predictive)
    state.log_weight = state.log_weight + np.where(known, gained, 0.0)

    inflated = state.level_var + effect_var + 1.0 / trust
    gain, gain_m = np.where(seen, state.level_var / inflated, 0.0), np.where(seen, effect_var / inflated, 0.0)
    state.level = state.level + gain * error
    state.level_var = state.level_var * (1.0 - gain)
    state.effect[m] = effect + gain_m * error
    state.effect_var[m] = effect_var * (1.0 - gain_m)

    count, keep = np.where(known, trust, 0.0), np.where(known, config.forget, 1.0)
    base_sq, base_dof = prior[0] * prior[1], prior[1]
    state.total_sq = base_sq + keep * (state.total_sq - base_sq) + count * error**2 / spread
    state.dof = base_dof + keep * (state.dof - base_dof) + count
    return (
        np.where(known[:, 0], distance / np.sqrt(variance), np.nan),
        np.where(known[:, 0], distance, np.nan),
    )


def _log_density(ratio2: FloatArray, dof: FloatArray, variance: FloatArray) -> FloatArray:
    """Log Student density, held from below so that one collapse does not choose the model."""
    bounded = np.minimum(ratio2, 12.0)
    return -0.5 * (dof + 1.0) * np.log1p(bounded / dof) - 0.5 * np.log(variance)
