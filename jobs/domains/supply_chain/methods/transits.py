"""SC-PIPE on daily counts: does a strait or a port see fewer ships than its own recent weeks explain?

Each day is assessed by two windows that end with it: the median of three days, and the mean of seven without
the lowest. Either forgives one day on which the ships' signals were not received; a closed strait it does
not forgive. A window is compared with the median of the same window on the same weekday two to nine weeks
before, which takes out the weekly cycle and follows a slow level, and the week just before is left out so
that a drop cannot hide itself. The spread is the robust spread of that very comparison over the past half
year: overdispersion, day-to-day memory and the error of the prediction are all in it, none has to be
modelled. Counts are put on the scale 2 sqrt(y + 3/8) (Anscombe 1948), where a Poisson count has unit
variance whatever its level.

An alarm needs both an improbable window and a material one: at least 30 % below the expected. No date and
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
REFERENCE_WEEKS = range(2, 10)
LEAST_WEEKS = 4
SPREAD_DAYS = 182
LEAST_SPREAD_DAYS = 56
FREEDOM = 8
ALPHA = 1e-3
MATERIAL = 0.7
QUIET = 14
LEAST_EXPECTED = 5.0


@dataclass(frozen=True)
class Episodes:
    """One entry is one run of alarms on one series; alarms less than QUIET days apart are one.

    Attributes:
        series: row of the series.
        start: column of the first alarm.
        end: column of the last alarm.
        worst_ratio: least observed / expected within it.
        least_p: smallest p within it.
    """

    series: IntArray
    start: IntArray
    end: IntArray
    worst_ratio: FloatArray
    least_p: FloatArray


@dataclass(frozen=True)
class Transits:
    """Attributes: `verdict` and `is_alarm` (S, T), one cell a series and day; `episodes` of the alarms."""

    verdict: Verdict
    is_alarm: NDArray[np.bool_]
    episodes: Episodes


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


def _past_spread(error: FloatArray) -> tuple[FloatArray, IntArray]:
    """1.4826 median |error| over SPREAD_DAYS ending a week before each day, and how many were known, (S, T)."""
    size = _earlier(np.abs(error), WEEK)
    windows = _windows(size, SPREAD_DAYS)
    known = (~np.isnan(windows)).sum(axis=2)
    middle = np.empty(size.shape)
    for row, window in enumerate(windows):  # one series at a time: the windows of all together need gigabytes
        middle[row] = _median_of(window.T, LEAST_SPREAD_DAYS)
    return 1.4826 * middle, known


def assess_transits(
    counts: FloatArray, *, provisional: int = 0, alpha: float = ALPHA, material: float = MATERIAL
) -> Transits:
    """Whether each day sees fewer ships than the same series' recent weeks explain.

    Args:
        counts: ships a day, (S, T), consecutive days; NaN where the feed has no figure. Known holidays that
            empty a port every year may be passed as NaN: they are then neither assessed nor part of a
            baseline.
        held_back: last days left unassessed; 14 for a live snapshot (positions are revised for two weeks), 0
            for a settled file.
        alpha: an alarm needs a p-value of at most this.
        material: and a window at most so large a part of the expected.
    """
    level = _forgiving_levels(counts)
    root = 2 * np.sqrt(level + 0.375)
    reference = np.stack([_earlier(root, WEEK * week) for week in REFERENCE_WEEKS])
    predicted = _median_of(reference, LEAST_WEEKS)
    floor = np.array([1.57 / 3, 1 / 6])[:, None, None] * (1 + 1.57 / len(REFERENCE_WEEKS))
    rows = (root - predicted).reshape(-1, counts.shape[1])
    spread, support = (a.reshape(root.shape) for a in _past_spread(rows))
    spread = np.maximum(spread, np.sqrt(floor))
    z = (root - predicted) / spread
    if provisional:
        z[..., -provisional:] = np.nan
    verdict, ratio = _verdict(level, predicted, spread, z, support)
    is_alarm = (verdict.p_drop <= alpha) & (ratio <= material) & (verdict.expected >= LEAST_EXPECTED)
    return Transits(verdict, is_alarm, find_episodes(is_alarm, ratio, verdict.p_drop))


def _verdict(
    level: FloatArray, predicted: FloatArray, spread: FloatArray, z: FloatArray, support: IntArray
) -> tuple[Verdict, FloatArray]:
    """The more telling of the two windows of each day (Bonferroni), and its observed / expected."""
    expected = np.maximum((predicted / 2) ** 2 - 0.375, 0.0)
    pick = np.argmin(np.where(np.isnan(z), np.inf, z), axis=0)[None]

    def of(array: FloatArray) -> FloatArray:
        return np.take_along_axis(array, pick, axis=0)[0]

    low, high = np.fmin(z[0], z[1]), np.fmax(z[0], z[1])
    reach = stats.t.ppf(0.995, FREEDOM) * of(spread)
    bounds = [np.maximum((np.maximum(of(predicted) + side * reach, 0) / 2) ** 2 - 0.375, 0) for side in (-1, 1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = of(level) / of(expected)
    return Verdict(
        observed=of(level),
        expected=of(expected),
        lower=bounds[0],
        upper=bounds[1],
        p_drop=np.minimum(2 * stats.t.cdf(low, FREEDOM), 1.0),
        p_surge=np.minimum(2 * stats.t.sf(high, FREEDOM), 1.0),
        phi=np.maximum(of(spread) ** 2, 1.0),
        baseline_n=of(support),
        is_testable=~np.isnan(low),
        z=of(z),
    ), ratio


def find_episodes(is_alarm: NDArray[np.bool_], ratio: FloatArray, p: FloatArray, quiet: int = QUIET) -> Episodes:
    """Runs of alarms, ordered by series and start."""
    series, day = np.nonzero(is_alarm)
    if series.size == 0:
        none = np.zeros(0, dtype=np.int64)
        return Episodes(none, none, none, np.zeros(0), np.zeros(0))
    opens = np.concatenate([[True], (np.diff(series) != 0) | (np.diff(day) >= quiet)])
    first = np.flatnonzero(opens)
    last = np.concatenate([first[1:] - 1, [series.size - 1]])
    worst = np.minimum.reduceat(ratio[series, day], first)
    return Episodes(series[first], day[first], day[last], worst, np.minimum.reduceat(p[series, day], first))


@dataclass(frozen=True)
class Exposure:
    """What of an item's supply passes one chokepoint; arrays (I,), `by_origin` (I, O).

    Attributes:
        at_least: share of the item's supply known to pass it.
        at_most: the same with every unknown route counted as passing it.
        by_origin: share of the item that comes from this origin by this way, NaN where the route is unknown.
        is_warned: at_least reaches the limit.
    """

    at_least: FloatArray
    at_most: FloatArray
    by_origin: FloatArray
    is_warned: NDArray[np.bool_]


def exposure(share: FloatArray, route_share: FloatArray, limit: float = 0.2) -> Exposure:
    """Which items a closed chokepoint touches, and how much of their supply.

    Args:
        share: share of each origin in each item's supply, (I, O).
        route_share: part of what each origin sends that passes the chokepoint, (O,) or (I, O); NaN where
            unknown.
        limit: least known share of supply that warns.
    """
    route = np.broadcast_to(route_share, share.shape)
    by_origin = np.where(share > 0, share * route, 0.0)
    at_least = np.nansum(by_origin, axis=1)
    at_most = np.where(np.isnan(by_origin), share, by_origin).sum(axis=1)
    return Exposure(at_least, at_most, by_origin, at_least >= limit)
