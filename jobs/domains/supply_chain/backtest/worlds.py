"""Seeded worlds of monthly hurdle series, made to resemble customs import statistics by HS6 and origin.

All thresholds of the monthly detector were set on these worlds (seeds 1 to 999). The default parameters
reproduce marginal properties of Korean imports of 30 metal and ore codes: share of empty months, spread,
growth of the variogram with the lag, left skew, size of the suppliers; never the timing of a real event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.stats.workdays import calendar_covariates

WARM_UP = 12  # months simulated before the first one shown, so that levels have wandered


@dataclass(frozen=True, kw_only=True)
class WorldShape:
    """How a world looks; every rate is per series or per month, every spread in natural logs.

    Attributes:
        items: number of items.
        origins: suppliers of each item.
        months: months shown.
        sigma: median month-to-month noise of a supplier of median size; sigma_spread its log-sd.
        skew: how much wider the noise is below the level than above.
        drift: median ratio of the level's monthly variance to the noise variance; drift_spread its log-sd.
        tail: degrees of freedom of the noise.
        lumpy: share of series that collapse often; lumpy_rate, steady_rate mean collapse rates of both kinds.
        gappy: share of series with empty months.
        jump: chance a month that the level moves for good, by N(0, jump_size).
        season: typical amplitude of an item's yearly harmonic.
        workdays: mean elasticity to working days.
        shock: sd of the month effect common to all series.
    """

    items: int = 30
    origins: int = 14
    months: int = 42
    sigma: float = 0.31
    sigma_spread: float = 0.42
    skew: float = 0.2
    drift: float = 0.10
    drift_spread: float = 1.2
    tail: float = 4.0
    lumpy: float = 0.25
    lumpy_rate: float = 0.15
    steady_rate: float = 0.008
    gappy: float = 0.25
    jump: float = 0.006
    jump_size: float = 0.8
    season: float = 0.10
    workdays: float = 0.7
    shock: float = 0.05


@dataclass(frozen=True, kw_only=True)
class World:
    """One seeded world; S series (item x origin) over T months.

    Attributes:
        mass: net mass in kg, shape (S, T), zero where nothing came.
        value: customs value in USD, shape (S, T).
        item: item number of each series, shape (S,).
        months: shape (T,), datetime64[M].
        import_export: imports over exports of each item, shape (items,).
    """

    mass: FloatArray
    value: FloatArray
    item: NDArray[np.int64]
    months: NDArray[np.datetime64]
    import_export: FloatArray


WORLD = WorldShape()


def simulate_world(seed: int, shape: WorldShape = WORLD, start: str = "2023-01") -> World:
    """One world of item x origin import series."""
    rng = np.random.default_rng(seed)
    series, total = shape.items * shape.origins, shape.months + WARM_UP
    months = np.datetime64(start, "M") + np.arange(-WARM_UP, shape.months)
    item = np.repeat(np.arange(shape.items), shape.origins)
    size = _sizes(rng, shape)
    sigma = shape.sigma * np.exp(shape.sigma_spread * rng.standard_normal(series)) * 10 ** (-0.09 * size)
    sigma = np.clip(sigma, 0.08, 2.0)
    noise = rng.standard_t(shape.tail, (series, total)) * np.sqrt((shape.tail - 2) / shape.tail)
    noise *= 1.0 - shape.skew * np.sign(noise)
    log_mass = 12.6 + np.log(10.0) * size[:, None] + sigma[:, None] * noise
    log_mass += _levels(rng, shape, sigma, total)
    log_mass += _season(rng, shape, item, months) + shape.shock * rng.standard_normal(total)
    collapse, empty = _collapses(rng, shape, size, series, total)
    mass = np.round(np.exp(log_mass + collapse))
    mass[empty] = 0.0
    value = mass * np.exp(1.0 + 0.3 * rng.standard_normal((series, 1)))
    return World(
        mass=mass[:, WARM_UP:],
        value=value[:, WARM_UP:],
        item=item,
        months=months[WARM_UP:],
        import_export=np.exp(1.0 + 2.0 * rng.standard_normal(shape.items)),
    )


def _sizes(rng: np.random.Generator, shape: WorldShape) -> FloatArray:
    """Log10 size of each supplier against a large one, falling with its rank in the item."""
    rank = np.arange(shape.origins)
    fall = np.abs(rng.normal(0.33, 0.12, (shape.items, 1)))
    return (
        rng.normal(0.0, 0.9, (shape.items, 1)) - fall * rank + 0.15 * rng.standard_normal((shape.items, shape.origins))
    ).ravel()


def _levels(rng: np.random.Generator, shape: WorldShape, sigma: FloatArray, total: int) -> FloatArray:
    drift = shape.drift * np.exp(shape.drift_spread * rng.standard_normal(len(sigma)))
    step = sigma * np.sqrt(np.minimum(drift, 1.0))
    walk = step[:, None] * rng.standard_normal((len(sigma), total))
    jumps = rng.random((len(sigma), total)) < shape.jump
    return np.cumsum(walk + jumps * rng.normal(0.0, shape.jump_size, jumps.shape), axis=1)


def _season(
    rng: np.random.Generator, shape: WorldShape, item: NDArray[np.int64], months: NDArray[np.datetime64]
) -> FloatArray:
    angle = 2 * np.pi * (months.astype(int) % 12) / 12
    harmonic = np.stack([np.cos(angle), np.sin(angle)])
    amplitude = shape.season * rng.standard_normal((shape.items, 2))[item]
    amplitude = amplitude + 0.5 * shape.season * rng.standard_normal((len(item), 2))
    work, lunar = calendar_covariates(months).T
    elasticity = rng.normal(shape.workdays, 0.3, (len(item), 1))
    result: FloatArray = amplitude @ harmonic + elasticity * work + rng.normal(-0.05, 0.1, (len(item), 1)) * lunar
    return result


def _collapses(
    rng: np.random.Generator, shape: WorldShape, size: FloatArray, series: int, total: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Extra log fall of collapsed months, and which months are empty; both come in runs."""
    small = 1.0 / (1.0 + np.exp(2.0 * (size + 0.6)))
    lumpy = rng.random(series) < np.clip(shape.lumpy * (0.5 + 1.2 * small), 0, 1)
    steady = shape.steady_rate * 2 * rng.random(series)
    rate = np.where(lumpy, shape.lumpy_rate * 5 * rng.beta(1.5, 6, series), steady)
    depth = 0.7 + rng.exponential(1.5, (series, total))
    collapse = -np.where(_runs(rng, rate, 0.35, total), depth, 0.0)
    gappy = rng.random(series) < np.clip(shape.gappy * (0.4 + 2.2 * small) + 0.2 * lumpy, 0, 1)
    gap_rate = np.where(
        gappy,
        rng.beta(1.0, 3.0, series) * (0.4 + 0.6 * small),
        np.clip(0.003 * 10 ** (-0.7 * size), 0.0003, 0.04),
    )
    return collapse, _runs(rng, gap_rate, 0.5, total)


def _runs(rng: np.random.Generator, rate: FloatArray, stay: float, total: int) -> NDArray[np.bool_]:
    """Markov indicator, shape (S, total): enters at `rate` a month, stays with chance `stay` at least."""
    inside = np.zeros((len(rate), total), dtype=bool)
    draw = rng.random((len(rate), total))
    for t in range(1, total):
        inside[:, t] = draw[:, t] < np.where(inside[:, t - 1], np.maximum(stay, rate), rate)
    return inside
