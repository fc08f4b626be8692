"""Monthly import mass of every series before any case: level, season, calendar, noise, empty months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import DateArray, FloatArray
from jobs.sample.streams import stream
from jobs.sample.supply_chain.countries import LUNAR_NEW_YEAR
from jobs.sample.supply_chain.layout import Layout
from jobs.sample.supply_chain.working_days import count_working_days, lunar_new_year_effect


@dataclass(frozen=True)
class ImportMass:
    """`mass` as it arrives and `expected`, its mean given level, season and calendar; kg, series x months."""

    mass: FloatArray
    expected: FloatArray


def simulate_import_mass(seed: int, layout: Layout, months: DateArray, item_price: FloatArray) -> ImportMass:
    """A hurdle log-normal model: whether anything arrives, then how much.

    Args:
        item_price: usual unit price of each item, USD/kg; the monthly value of an item is about 5m USD.
    """
    rng = stream(seed, "imports")
    value = rng.lognormal(np.log(5e6), 1.2, len(layout.items))
    scale = (value / item_price)[layout.item_of] * layout.share
    log_mean = (
        _level(rng, layout, len(months))
        + _season(rng, layout, months)
        + _calendar(rng, layout, months)
        + 0.03 * rng.standard_normal(len(months))  # the whole country's month
    )
    spread = _noise_sd(rng, layout)
    noise = _autoregressive_noise(rng, spread, len(months))
    chance = _chance_of_arrival(rng, layout)
    arrives = rng.random(log_mean.shape) < chance[:, None]
    expected = scale[:, None] * np.exp(log_mean)
    mass = expected * np.exp(noise - 0.5 * spread[:, None] ** 2) * arrives / chance[:, None]
    return ImportMass(mass=mass, expected=expected)


def _level(rng: np.random.Generator, layout: Layout, months: int) -> FloatArray:
    """Steady growth by item and by origin, and a slow random walk."""
    item_growth = rng.normal(0.01, 0.06, len(layout.items))[layout.item_of]
    growth = (item_growth + rng.normal(0.0, 0.05, len(layout.share)))[:, None] * np.arange(months) / 12
    path: FloatArray = growth + rng.normal(0.0, 0.02, (len(layout.share), months)).cumsum(axis=1)
    return path


def _season(rng: np.random.Generator, layout: Layout, months: DateArray) -> FloatArray:
    """Two harmonics of the year by item, a little different by origin; mean zero on the log scale."""
    month = months.astype(int) % 12
    typical = np.array([item.chapter.season for item in layout.items])
    size = typical * rng.lognormal(0.0, 0.4, len(typical))
    phase = rng.uniform(0, 2 * np.pi, (2, len(typical)))[:, layout.item_of]
    phase += rng.normal(0.0, 0.3, phase.shape)
    angle = 2 * np.pi * month / 12
    first = np.cos(angle - phase[0][:, None])
    second = 0.4 * np.cos(2 * angle - phase[1][:, None])
    season: FloatArray = size[layout.item_of][:, None] * (first + second)
    return season


def _calendar(rng: np.random.Generator, layout: Layout, months: DateArray) -> FloatArray:
    """Elasticity to Korea's working days, and the Lunar New Year, felt most from countries that keep it."""
    days = count_working_days(months)
    elasticity = rng.normal(0.8, 0.2, len(layout.items))[layout.item_of]
    keeps = np.isin(layout.country, list(LUNAR_NEW_YEAR))
    closing = np.where(keeps, rng.uniform(0.15, 0.35, len(keeps)), 0.05)
    return elasticity[:, None] * np.log(days / 20.8) + closing[:, None] * lunar_new_year_effect(months)


def _noise_sd(rng: np.random.Generator, layout: Layout) -> FloatArray:
    """Log standard deviation of a month: about .4 for a main supplier, more for a small one."""
    share = np.maximum(layout.share, 1e-4)
    return np.clip(rng.lognormal(np.log(0.3), 0.5, len(share)) * share**-0.2, 0.1, 1.5)


def _autoregressive_noise(rng: np.random.Generator, spread: FloatArray, months: int) -> FloatArray:
    """First-order noise with heavy-tailed (Student t, 6 df) innovations and standard deviation `spread`."""
    memory = rng.uniform(0.0, 0.5, len(spread))
    shocks = rng.standard_t(6, (len(spread), months)) / np.sqrt(1.5)
    noise = np.empty_like(shocks)
    noise[:, 0] = shocks[:, 0]
    for t in range(1, months):
        noise[:, t] = memory * noise[:, t - 1] + np.sqrt(1 - memory**2) * shocks[:, t]
    scaled: FloatArray = noise * spread[:, None]
    return scaled


def _chance_of_arrival(rng: np.random.Generator, layout: Layout) -> FloatArray:
    """Chance that a month is not empty: seven in ten main suppliers always ship, small ones come and go."""
    main = np.where(rng.random(len(layout.share)) < 0.7, 1.0, rng.uniform(0.3, 0.95, len(layout.share)))
    small = rng.beta(0.6 + 12 * layout.share, 1.0)
    return np.where(layout.share >= 0.15, main, np.clip(small, 0.05, 1.0))
