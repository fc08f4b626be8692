"""Which past periods a count is assessed against, and the regression row of each of them.

How much is asked of a history depends on how long it is: a short one gives a level, a longer one a season,
a long one a trend. The last periods before the assessed one are left out, so that a slow slide does not lower
its own baseline; a short history cannot afford to leave out many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray

Period = Literal["week", "month"]

PERIODS_PER_YEAR = {"week": 52.18, "month": 12.0}


@dataclass(frozen=True)
class Stage:
    """What is fitted from `min_baseline` known baseline periods on.

    Attributes:
        min_baseline: known periods needed, counted outside the gap.
        gap: periods before the assessed one that are left out.
        season: "none", one yearly "harmonic", or the 10-level "factor" of Noufaily et al. (2013) with the
            harmonic beside it: steps alone leave the season's slope within a level to the dispersion (a
            season of 30 % at 100 counts a week makes 1.16 of a dispersion of 1).
        trend: whether a log-linear trend is fitted.
        hold_trend: predict at the trend's last baseline value and do not extrapolate it over the gap.
    """

    min_baseline: int
    gap: int
    season: Literal["none", "harmonic", "factor"]
    trend: bool = False
    hold_trend: bool = True


# From long to short: the first that a series has the baseline for is used.
STAGES: dict[str, tuple[Stage, ...]] = {
    "week": (
        Stage(104, gap=26, season="factor", trend=True, hold_trend=False),
        Stage(52, gap=13, season="harmonic"),
        Stage(16, gap=4, season="none"),
    ),
    "month": (
        Stage(48, gap=6, season="harmonic", trend=True),
        Stage(24, gap=3, season="harmonic"),
        Stage(10, gap=1, season="none"),
    ),
}


@dataclass(frozen=True)
class Design:
    """Regression of one assessed period, shared by the series of its stage.

    Attributes:
        index: (n,) baseline periods, ascending.
        rows: (n, p) design, intercept first.
        assessed: (p,) row of the assessed period.
        prior_sd: (p,) standard deviation of each coefficient's prior on the log scale; infinite = none.
    """

    index: NDArray[np.int64]
    rows: FloatArray
    assessed: FloatArray
    prior_sd: FloatArray


@dataclass(frozen=True)
class DesignOptions:
    """Shape of the season factor and the priors that keep sparse series finite; see FarringtonConfig."""

    years_back: int
    half_window: int
    season_levels: int
    season_sd: float
    trend_sd: float
    covariate_sd: float


def baseline_index(k: int, gap: int, period: Period, options: DesignOptions) -> NDArray[np.int64]:
    """Periods within years_back (and half a window) of k, the last `gap` before it left out."""
    reach = round(options.years_back * PERIODS_PER_YEAR[period]) + options.half_window
    return np.arange(max(0, k - reach), max(0, k - gap), dtype=np.int64)


def build_design(
    k: int, season: FloatArray, stage: Stage, period: Period, covariates: FloatArray | None, options: DesignOptions
) -> Design:
    """Design of assessed period k under a stage.

    Args:
        k: assessed period.
        season: (T,) position in the year, [0, 1).
        stage: what to fit.
        period: length of a period.
        covariates: (T, c) further regressors, or None.
        options: shape of the season factor, priors.
    """
    index = baseline_index(k, stage.gap, period, options)
    every = np.append(index, k)
    columns, prior = [np.ones((len(every), 1))], [np.inf]
    if stage.season != "none":
        angle = 2.0 * np.pi * season[every]
        columns.append(np.column_stack([np.cos(angle), np.sin(angle)]))
        prior += [options.season_sd] * 2
    if stage.season == "factor":
        levels = season_levels(season[every], float(season[k]), period, options)
        columns.append((levels[:, None] == np.arange(options.season_levels)[None, :]).astype(float))
        prior += [options.season_sd] * options.season_levels
    if stage.trend:
        years = (every - index.mean()) / PERIODS_PER_YEAR[period]
        years[-1] = years[-2] if stage.hold_trend else years[-1]
        columns.append(years[:, None])
        prior.append(options.trend_sd)
    if covariates is not None:
        columns.append(_standardised(covariates[every]))
        prior += [options.covariate_sd] * covariates.shape[1]
    rows = np.hstack(columns)
    return Design(index, rows[:-1], rows[-1], np.array(prior))


def season_levels(season: FloatArray, at: float, period: Period, options: DesignOptions) -> NDArray[np.int64]:
    """Level of each period: the last is the window around the assessed one's place in the year, the others share
    the rest of the year in equal blocks counted from the window on."""
    half = (options.half_window + 0.5) / PERIODS_PER_YEAR[period]
    after = np.mod(season - at, 1.0)
    blocks = options.season_levels - 1
    block = np.floor((after - half) / (1.0 - 2.0 * half) * blocks).astype(np.int64)
    inside = (after <= half) | (after >= 1.0 - half)
    return np.where(inside, blocks, np.clip(block, 0, blocks - 1))


def _standardised(values: FloatArray) -> FloatArray:
    """Columns centred and scaled by the baseline (all rows but the last); a constant column becomes 0."""
    past = values[:-1]
    deviation = past.std(axis=0)
    usable = deviation > 1e-12
    return np.where(usable, (values - past.mean(axis=0)) / np.where(usable, deviation, 1.0), 0.0)
