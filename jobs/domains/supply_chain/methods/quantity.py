"""Settings of everything that is said of a month's quantity: SC-DROP, SC-SURGE, SC-SHORT, SC-SHIFT, SC-COMMON.

Their numbers stand in `schemas/rules/supply_chain/mass.yml` and in the files of the detectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.stats.levels.local_level import LevelConfig


@dataclass(frozen=True, kw_only=True)
class PoolConfig:
    """How priors are learned from all series of a night.

    Attributes:
        rate_points, dynamics_points, spread_points: known months of a series that counts for the chances of empty and
            collapsed months, for how levels move, for the noise.
        empty_spread, collapse_spread: weight of the coarser prior of such chances, as a share of the series
            (`hurdle.fit_rates`).
        dynamics_prior: series that an even spread over the candidate dynamics is worth.
        spread_series: series with noise enough to learn from, below which `spread_default` stands.
        spread_default: variance of log mass, and what is added to its log for a medium and for a sparse series and for
            tenfold mass.
        calendar_mean, calendar_sd: prior of the effect of log working days and of the Seollal share.
        calendar_series, calendar_months: series a month needs to count, and such months, below which the prior stands.
        prior_dof: bounds of what the pooled noise variance is worth, in observations.
    """

    rate_points: int
    empty_spread: float
    collapse_spread: float
    dynamics_points: int
    dynamics_prior: float
    spread_points: int
    spread_series: int
    spread_default: tuple[float, float, float, float]
    calendar_mean: tuple[float, float]
    calendar_sd: tuple[float, float]
    calendar_series: int
    calendar_months: int
    prior_dof: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class MassConfig:
    """Settings of the monthly mass model, the same for every series.

    Attributes:
        level: the filter's grid and robustness.
        pools: how priors are learned.
        density: share of non-empty months from which a series is dense, then medium.
        collapse_factor: a month is collapsed (or swollen) when so many times under (over) its level,
        surprise: and so many predictive deviations off it.
        gaps: pairs, longest first: from so many baseline months on, so many months before the assessed are left out.
        dof_limit: largest degrees of freedom of the predictive.
        forget: monthly discount of empty, collapsed and swollen months seen.
        depth: mean further fall of a collapsed month, in logs.
        isolated: collapsed months of a series that are taken for breaks, not for habit.
        points_least: non-empty baseline months below which nothing is tested.
        baseline_short: baseline months under which a finding says that its baseline is short.
    """

    level: LevelConfig
    pools: PoolConfig
    density: tuple[float, float]
    collapse_factor: float
    surprise: float
    gaps: tuple[tuple[int, int], ...]
    dof_limit: float
    forget: float
    depth: float
    isolated: float
    points_least: int
    baseline_short: int

    @property
    def collapse(self) -> float:
        """Log of the factor at which a month is collapsed."""
        return float(np.log(self.collapse_factor))


@dataclass(frozen=True, kw_only=True)
class CommonRule:
    """What is one move of most series, SC-COMMON.

    Attributes:
        usual_sd: spread of the common move of ordinary months, in standard deviations.
        alpha: level of the finding.
        series_least: series below which nothing common can be told from chance.
        level: warning level of its alerts.
    """

    usual_sd: float
    alpha: float
    series_least: int
    level: int


@dataclass(frozen=True, kw_only=True)
class BreakConfig:
    """What a break of supply would look like.

    Attributes:
        remaining: parts of the expected that it may leave; a full stop comes beside.
        longest: months asked together at most.
        empty_most, empty_fade: it empties a month by itself with chance `empty_most * exp(-part / empty_fade)`.
        stopped: chance of an empty month in a full stop.
    """

    remaining: tuple[float, ...]
    longest: int
    empty_most: float
    empty_fade: float
    stopped: float


@dataclass(frozen=True, kw_only=True)
class ShortConfig:
    """SC-SHORT.

    Attributes:
        breaks: what is scanned for.
        shortfall_least: part of the expected that must be missing.
        margin: by which p-values read from the tables are raised.
        p_least: nothing is read further out than the tables can carry.
    """

    breaks: BreakConfig
    shortfall_least: float
    margin: float
    p_least: float


@dataclass(frozen=True)
class ShiftConfig:
    """SC-SHIFT.

    Attributes:
        allowance: what the CUSUM forgives every month, in deviations.
        residual_most: a residual counts at most so many deviations.
    """

    allowance: float
    residual_most: float


@dataclass(frozen=True, kw_only=True)
class QuantityConfig:
    """All that a month's quantity is assessed by: the model, what is common, a break, a lasting shortfall."""

    mass: MassConfig
    common: CommonRule
    short: ShortConfig
    shift: ShiftConfig
