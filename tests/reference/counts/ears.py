"""EARS C1, C2 and C3: a period against the mean and deviation of the few just before it.

Hutwagner et al. (2003), J Urban Health 80:i89; as computed by `earsC` of R `surveillance` (Salmon et al.
2016). Needs no history beyond a dozen periods, knows neither season nor trend: a yardstick and a stop-gap,
not a main detector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import ndtri

from jobs.arrays import FloatArray

MIN_BASELINE = 3
# C2 and C3 leave the last two periods out, so that a slow start does not raise its own baseline.
GUARD = {"C1": 0, "C2": 2, "C3": 2}
WARM_UP = {"C1": 0, "C2": 2, "C3": 4}


@dataclass(frozen=True)
class EarsVerdict:
    """One cell is a series in a period, (S, T); NaN and False before the first assessed period.

    Attributes:
        upper: limit in the unit of the series.
        alarm: observed above the limit.
    """

    upper: FloatArray
    alarm: NDArray[np.bool_]


def ears(
    y: FloatArray,
    method: Literal["C1", "C2", "C3"],
    alpha: float,
    baseline: int = 7,
    min_sigma: float = 0.0,
) -> EarsVerdict:
    """Assess every period that has its baseline.

    Args:
        y: (S, T) counts; a NaN leaves the periods that look at it unassessed.
        method: C1 no guard band, C2 a guard of two periods, C3 adds the excess of the two periods before.
        alpha: one-sided error rate of the normal limit.
        baseline: number of periods averaged.
        min_sigma: floor of the standard deviation.

    Raises:
        ValueError: if the baseline is under three periods or min_sigma is negative.
    """
    if baseline < MIN_BASELINE or min_sigma < 0:
        raise ValueError(f"baseline {baseline} must be at least {MIN_BASELINE}, min_sigma {min_sigma} not negative")
    mean, sigma = _trailing_moments(y, baseline, GUARD[method], min_sigma)
    limit = -ndtri(alpha)
    upper = mean + limit * sigma if method != "C3" else _c3_limit(y, mean, sigma, limit)
    upper[:, : baseline + WARM_UP[method]] = np.nan
    return EarsVerdict(upper=upper, alarm=y > upper)


def _trailing_moments(y: FloatArray, baseline: int, guard: int, min_sigma: float) -> tuple[FloatArray, FloatArray]:
    """Mean and sample deviation of the window ending `guard` periods before each period, (S, T)."""
    mean, sigma = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    first = baseline + guard
    if y.shape[1] > first:
        windows = sliding_window_view(y[:, : y.shape[1] - guard - 1], baseline, axis=1)
        mean[:, first:] = windows.mean(axis=2)
        sigma[:, first:] = np.maximum(windows.std(axis=2, ddof=1), min_sigma)
    return mean, sigma


def _c3_limit(y: FloatArray, mean: FloatArray, sigma: FloatArray, limit: float) -> FloatArray:
    """C3's limit: what the statistic summed over three periods still allows this one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum((y - mean) / sigma - 1.0, 0.0)
        earlier = np.full(y.shape, np.nan)
        earlier[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
        return np.maximum(y + sigma * (limit - earlier), 0.0)
