"""SC-PIPE on daily counts: does a strait or a port see fewer ships than its own recent weeks explain?

Each day is assessed by two windows that end with it: the median of three days, and the mean of seven without
the lowest. Either forgives one day on which the ships' signals were not received; a closed strait it does
not forgive. A window is compared with the median of the same window on the same weekday two to nine weeks
before, which takes out the weekly cycle and follows a slow level, and the week just before is left out so
that a drop cannot hide itself. The spread is the robust spread of that very comparison over the past half
year: overdispersion, day-to-day memory and the error of the prediction are all in it, none has to be
modelled. Counts are put on the scale 2 sqrt(y + 3/8) (Anscombe 1948), where a Poisson count has unit
variance whatever its level.

An alarm needs both an improbable window and a material one. No date and
no place enters the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray, IntArray
from jobs.stats.verdict import Verdict

WEEK = 7


@dataclass(frozen=True, kw_only=True)
class TransitConfig:
    """SC-PIPE.

    Attributes:
        provisional_days: last days left unassessed, since positions are revised; 0 for a settled file.
        assessed_days: days before those that a night looks at.
        reference_weeks: first and last of the weeks before whose same weekday is compared with.
        weeks_least: known ones among them.
        spread_days, spread_days_least: past errors that make the spread, at most and at least.
        freedom: of Student's t.
        alpha: an alarm needs a p-value of at most this,
        material: and a window at most so large a part of the expected,
        expected_least: and so many ships expected.
        quiet_days: alarms less than so many days apart are one episode.
        shown_days: days of a place that are kept for people.
        exposed_share: part of an item's supply that would come through a strait for it to be named.
        level: warning level of an alarm.
    """

    provisional_days: int
    assessed_days: int
    reference_weeks: tuple[int, int]
    weeks_least: int
    spread_days: int
    spread_days_least: int
    freedom: float
    alpha: float
    material: float
    expected_least: float
    quiet_days: int
    shown_days: int
    exposed_share: float
    level: int


@dataclass(frozen=True)
class Transits:
    """Attributes: `verdict` and `is_alarm` (S, T), one cell a series and day."""

    verdict: Verdict
    is_alarm: NDArray[np.bool_]


def _windows(counts: FloatArray, days: int) -> FloatArray:
    """The `days` values ending with each day, (S, T, days), NaN before the start."""
    padded = np.concatenate([np.full((len(counts), days - 1), np.nan), counts], axis=1)
    return np.lib.stride_tricks.sliding_window_view(padded, days, axis=1)


def _forgiving_levels(counts: FloatArray) -> FloatArray:
    """Median of three days and mean of seven without the lowest, on the scale of counts: (2, S, T)."""
    three = np.median(_windows(counts, 3), axis=2)
    week = _windows(counts, WEEK)
    return np.stack([three, (week.sum(axis=2) - week.min(axis=2)) / (WEEK - 1)])


def _earlier(level: FloatArray, days: int) -> FloatArray:
    """The level `days` columns before, NaN where there is none."""
    shifted = np.full(level.shape, np.nan)
    if days < level.shape[-1]:
        shifted[..., days:] = level[..., :-days]
    return shifted


def _median_of(stack: FloatArray, least: int) -> FloatArray:
    """Median over the first axis without NaN; NaN where fewer than `least` values are known."""
    ordered = np.sort(stack, axis=0)  # NaN last
    n = (~np.isnan(stack)).sum(axis=0)
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, len(stack) - 1)
    both = [np.take_along_axis(ordered, at[None], axis=0)[0] for at in (low, high)]
    return np.where(n >= least, (both[0] + both[1]) / 2, np.nan)


def _past_spread(error: FloatArray, config: TransitConfig) -> tuple[FloatArray, IntArray]:
    """1.4826 median |error| over `spread_days` ending a week before each day, and how many were known, (S, T)."""
    size = _earlier(np.abs(error), WEEK)
    windows = _windows(size, config.spread_days)
    known = (~np.isnan(windows)).sum(axis=2)
    middle = np.empty(size.shape)
    for row, window in enumerate(windows):  # one series at a time: the windows of all together need gigabytes
        middle[row] = _median_of(window.T, config.spread_days_least)
    return 1.4826 * middle, known


def assess_transits(counts: FloatArray, config: TransitConfig) -> Transits:
    """Whether each day sees fewer ships than the same series' recent weeks explain.

    Args:
        counts: ships a day, (S, T), consecutive days; NaN where the feed has no figure. Known holidays that
            empty a port every year may be passed as NaN: they are then neither assessed nor part of a
            baseline.
        config: settings.
    """
    level = _forgiving_levels(counts)
    root = 2 * np.sqrt(level + 0.375)
    weeks = range(config.reference_weeks[0], config.reference_weeks[1] + 1)
    reference = np.stack([_earlier(root, WEEK * week) for week in weeks])
    predicted = _median_of(reference, config.weeks_least)
    floor = np.array([1.57 / 3, 1 / 6])[:, None, None] * (1 + 1.57 / len(weeks))
    rows = (root - predicted).reshape(-1, counts.shape[1])
    spread, support = (a.reshape(root.shape) for a in _past_spread(rows, config))
    spread = np.maximum(spread, np.sqrt(floor))
    z = (root - predicted) / spread
    if config.provisional_days:
        z[..., -config.provisional_days :] = np.nan
    verdict, ratio = _verdict(level, predicted, spread, z, support, config.freedom)
    is_material = (ratio <= config.material) & (verdict.expected >= config.expected_least)
    is_alarm = (verdict.p_drop <= config.alpha) & is_material
    return Transits(verdict, is_alarm)


def _verdict(
    level: FloatArray,
    predicted: FloatArray,
    spread: FloatArray,
    z: FloatArray,
    support: IntArray,
    freedom: float,
) -> tuple[Verdict, FloatArray]:
    """The more telling of the two windows of each day (Bonferroni), and its observed / expected."""
    expected = np.maximum((predicted / 2) ** 2 - 0.375, 0.0)
    pick = np.argmin(np.where(np.isnan(z), np.inf, z), axis=0)[None]

    def of(array: FloatArray) -> FloatArray:
        result: FloatArray = np.take_along_axis(array, pick, axis=0)[0]
        return result

    low, high = np.fmin(z[0], z[1]), np.fmax(z[0], z[1])
    reach = stats.t.ppf(0.995, freedom) * of(spread)
    bounds = [np.maximum((np.maximum(of(predicted) + side * reach, 0) / 2) ** 2 - 0.375, 0) for side in (-1, 1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = of(level) / of(expected)
    return Verdict(
        observed=of(level),
        expected=of(expected),
        lower=bounds[0],
        upper=bounds[1],
        p_drop=np.minimum(2 * stats.t.cdf(low, freedom), 1.0),
        p_surge=np.minimum(2 * stats.t.sf(high, freedom), 1.0),
        phi=np.maximum(of(spread) ** 2, 1.0),
        baseline_n=of(support),
        is_testable=~np.isnan(low),
        z=of(z),
    ), ratio
