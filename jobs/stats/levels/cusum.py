"""CUSUM of standardised residuals, for shifts too small to see in one period but lasting several.

Page (1954), Biometrika 41:100, with the reference value 0.5 of a shift by one deviation. Residuals of a
rolling refit are correlated and share their estimation error, so limits and p-values come from reference
samples that went through the whole procedure, class by class, and never from independent normal residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray

# Bisection steps for the limit: 40 halvings of a range of some tens of deviations.
BISECTIONS = 40
Direction = Literal["down", "up"]


@dataclass(frozen=True, kw_only=True)
class CusumTrace:
    """One cell is a series in a period, (S, T).

    Attributes:
        statistic: the sum before any reset of that period, 0 or more; NaN where the residual is unknown.
        alarm: statistic above the limit; the sum starts again from 0 in the next period.
        start: index of the first period of the run the sum stands on, -1 where the sum is 0 or unknown.
    """

    statistic: FloatArray
    alarm: NDArray[np.bool_]
    start: NDArray[np.int64]


def cusum(
    z: FloatArray,
    direction: Direction,
    limit: float | FloatArray,
    allowance: float,
) -> CusumTrace:
    """Run S = max(0, S - z - allowance) (down) or S = max(0, S + z - allowance) (up) through time.

    Args:
        z: (S, T) residuals with deviation about 1; NaN (unknown period) leaves the sum as it was.
        direction: "down" sums shortfalls, "up" sums excesses.
        limit: alarm above it and reset; a number or one a series (S,). Infinite: no alarm, no reset.
        allowance: what is forgiven every period, in deviations.
    """
    sign = {"down": -1.0, "up": 1.0}[direction]
    n_series, n_periods = z.shape
    statistic, alarm = np.full(z.shape, np.nan), np.zeros(z.shape, dtype=bool)
    start = np.full(z.shape, -1, dtype=np.int64)
    total, began = np.zeros(n_series), np.full(n_series, -1, dtype=np.int64)
    for t in range(n_periods):
        known = np.isfinite(z[:, t])
        total = np.where(known, np.maximum(0.0, total + sign * np.where(known, z[:, t], 0.0) - allowance), total)
        began = np.where(total > 0, np.where(began < 0, t, began), -1)
        statistic[:, t] = np.where(known, total, np.nan)
        start[:, t] = np.where(known, began, -1)
        alarm[:, t] = known & (total > limit)
        total, began = np.where(alarm[:, t], 0.0, total), np.where(alarm[:, t], -1, began)
    return CusumTrace(statistic=statistic, alarm=alarm, start=start)


def calibrate_limit(reference: FloatArray, rate: float, direction: Direction, allowance: float, burn_in: int) -> float:
    """Limit at which series without a shift alarm at `rate` per known series-period, resets included.

    Args:
        reference: (R, T) residuals of simulated quiet series of one class, made by the whole procedure.
        rate: alarms wanted per series-period.
        direction: as in `cusum`.
        allowance: as in `cusum`.
        burn_in: leading periods that run but are not counted, while the sum fills.
    """
    counted = int(np.isfinite(reference[:, burn_in:]).sum())
    low, high = 0.0, 1.0 + float(np.nanmax(cusum(reference, direction, np.inf, allowance).statistic))
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        alarms = cusum(reference, direction, middle, allowance).alarm[:, burn_in:].sum()
        low, high = (middle, high) if alarms > rate * counted else (low, middle)
    return high
