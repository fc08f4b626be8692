"""Where a group unseen so far would lie, from its relatives: pools of groups, the narrower the surer.

Partial pooling (Efron and Morris 1975, JASA 70:311): the levels of a pool's groups scatter around its mean with a
variance learned from them, shrunk to what is usual on that rung.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class PoolPrior:
    """What is expected of the groups of a pool before any is seen.

    Attributes:
        spread: log-sd of the groups of a pool, by rung; the first, that of a group itself, is not used.
        worth: groups that expectation is worth.
    """

    spread: tuple[float, ...]
    worth: float


def pool_levels(
    level: FloatArray, variance: FloatArray, pool: IntArray, spread: float, worth: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Pools that have groups, the mean level of each, and the variance of a further group around it.

    Args:
        level, variance: of the groups, (G,).
        pool: index of each group's pool, (G,).
        spread, worth: of the rung, see `PoolPrior`.
    """
    weight = 1.0 / (variance + spread**2)
    count, total = np.bincount(pool), np.bincount(pool, weight)
    mean = np.bincount(pool, weight * level) / np.maximum(total, 1e-300)
    excess = np.maximum((level - mean[pool]) ** 2 - variance, 0.0)
    between = (np.bincount(pool, excess) + worth * spread**2) / (np.maximum(count - 1, 0) + worth)
    result = np.flatnonzero(count)
    return result, mean[result], between[result] + 1.0 / total[result]


def median_by(owner: IntArray, values: FloatArray) -> FloatArray:
    """Median of the values of each owner 0 .. n - 1, every one of which has some."""
    ordered = values[np.lexsort((values, owner))]
    count = np.bincount(owner)
    start = np.cumsum(count) - count
    middle: FloatArray = (ordered[start + (count - 1) // 2] + ordered[start + count // 2]) / 2
    return middle
