"""Reporting-delay nowcast: how many events of the last weeks will there be once all have been reported?

Reverse hazards of the delay (Kalbfleisch & Lawless 1989; Lawless 1994): of what is known of a week by delay
d, h(d) arrived just at d. F(d), the share known by delay d, follows by multiplication. The part still
missing is negative binomial: with n known, its mean is (n + 0.5)(1 - F)/F; its spread comes from n itself
being a sample and from how far past revisions strayed from their own nowcasts. A complete week has F = 1,
nothing missing, and stays as it is.

A drop is tested on the upper 95 % quantile, a surge on the lower 5 %: an ordinary delay then raises no alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.methods.level_shift import FloatArray

WINDOW = 26
DISPERSIONS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


@dataclass(frozen=True)
class Nowcast:
    """One cell is one week of one series; arrays (S, W), `reported_share` and `dispersion` (S, D).

    Attributes:
        known: events known so far.
        expected: known plus the expected missing part.
        lower: 5 % quantile of the final count, the figure for surge tests.
        upper: 95 % quantile, the figure for drop tests; infinite where nothing is known of the delays.
        share_known: F at the week's present delay, 1 for a complete week.
        reported_share: F(d), share of a week's final count known by delay d.
        dispersion: extra spread of past revisions at each delay over what sampling explains; 0 for none.
    """

    known: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    share_known: FloatArray
    reported_share: FloatArray
    dispersion: FloatArray


def observed_cells(weeks: int, delays: int) -> np.ndarray:
    """Whether cell (t, d) has happened by the end of the last week: t + d <= weeks - 1, (W, D)."""
    return np.add.outer(np.arange(weeks), np.arange(delays)) < weeks


def reported_shares(events: FloatArray, window: int = WINDOW) -> FloatArray:
    """F(d) of each series from the last `window` weeks, (S, D); NaN where no event was seen at any delay.

    h(d) is the sum of n[t, d] over the weeks whose delay d has been seen, over all they had by then; F(d)
    is the product of 1 - h(j) over the later delays j. A delay no week has events for says nothing: its h
    is 0.
    """
    weeks, delays = events.shape[1:]
    seen = observed_cells(weeks, delays)
    first = max(0, weeks - window)
    counts = np.where(seen, events, 0.0)[:, first:]
    by_then = np.where(seen[first:], counts.cumsum(axis=2), 0.0).sum(axis=1)
    at = counts.sum(axis=1)
    hazard = np.divide(at, by_then, out=np.zeros_like(at), where=by_then > 0)
    later = np.concatenate([1 - hazard[:, 1:], np.ones((len(events), 1))], axis=1)
    share = np.cumprod(later[:, ::-1], axis=1)[:, ::-1]
    return np.where(at.sum(axis=1, keepdims=True) > 0, share, np.nan)


def _missing_mean(known: FloatArray, share: FloatArray) -> FloatArray:
    """(n + 0.5)(1 - F)/F; 0 for F = 1, infinite for F = 0."""
    odds = np.divide(1 - share, share, out=np.full_like(share, np.inf), where=share > 0)
    return (known + 0.5) * odds


def revision_dispersion(events: FloatArray, share: FloatArray, level: float, window: int = WINDOW) -> FloatArray:
    """Extra dispersion a of past revisions at each delay, (S, D): var = mu + mu^2 (1 / (n + 0.5) + a).

    The complete weeks among the last ones are nowcast from each of their earlier delays with today's F; a
    is the least of DISPERSIONS whose upper quantile would have held for the promised part of them.
    (Moments, dominated by a few weeks, covered 89 to 93 % instead of 95 where whole weeks report late
    together.)
    """
    weeks, delays = events.shape[1:]
    last = weeks - delays + 1
    first = max(0, last - window)
    found = np.full((len(events), delays), DISPERSIONS[0])
    if last - first < 2 or delays < 2:
        return found
    cumulated = events[:, first:last].cumsum(axis=2)
    known, missing = cumulated[..., :-1], cumulated[..., -1:] - cumulated[..., :-1]
    mean = _missing_mean(known, np.broadcast_to(share[:, None, :-1], known.shape))
    usable = np.isfinite(mean) & (mean > 0)
    mu = np.where(usable, mean, 1.0)
    is_open = np.ones((len(events), delays - 1), dtype=bool)
    for dispersion in DISPERSIONS:
        size = 1 / (1 / (known + 0.5) + dispersion)
        held = (stats.nbinom.cdf(missing - 1, size, size / (size + mu)) < level) | ~usable
        found[:, :-1] = np.where(is_open, dispersion, found[:, :-1])
        is_open &= held.mean(axis=1) < level
    return found


def nowcast(events: FloatArray, *, window: int = WINDOW, level: float = 0.95) -> Nowcast:
    """What each week's count will come to.

    Args:
        events: events of week t first known at delay d, (S, W, D); the last week is the present one. Cells
            in the future are ignored. Delays beyond D - 1 do not occur.
        window: weeks the delays are learnt from.
        level: of the upper quantile; the lower one is 1 - level.
    """
    weeks, delays = events.shape[1:]
    known = np.where(observed_cells(weeks, delays), events, 0.0).sum(axis=2)
    reported = reported_shares(events, window)
    age = np.minimum(np.arange(weeks - 1, -1, -1), delays - 1)
    share = np.where(age == delays - 1, 1.0, reported[:, age])
    dispersion = revision_dispersion(events, reported, level, window)
    mean = _missing_mean(known, share)
    size = 1 / (1 / (known + 0.5) + dispersion[:, age])
    return Nowcast(
        known=known,
        expected=known + mean,
        lower=known + np.nan_to_num(_quantile(1 - level, mean, size)),
        upper=known + np.nan_to_num(_quantile(level, mean, size), nan=np.inf, posinf=np.inf),
        share_known=share,
        reported_share=reported,
        dispersion=dispersion,
    )


def _quantile(level: float, mean: FloatArray, size: FloatArray) -> FloatArray:
    """Quantile of the negative binomial; 0 where nothing is missing, NaN where the mean is unknown or infinite."""
    chance = size / (size + np.where(np.isfinite(mean), mean, 0.0))
    found = stats.nbinom.ppf(level, size, chance)
    return np.where(mean == 0, 0.0, np.where(np.isfinite(mean), np.maximum(found, 0.0), np.nan))
