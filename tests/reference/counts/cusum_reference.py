"""A CUSUM's p-value by rank in quiet series of its class: how the count tests read what no night reads so any more.

Nights read theirs from tables (`jobs.domains.supply_chain.methods.shortage_tables`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.stats.levels.cusum import CusumTrace, Direction, calibrate_limit, cusum


def monte_carlo_p(statistic: FloatArray, reference: FloatArray) -> FloatArray:
    """P(statistic at least this large without a shift), by rank in a reference sample of the same class.

    Args:
        statistic: any shape; NaN gives NaN.
        reference: statistics of quiet series of the class that went through the same procedure; NaN ignored.

    Returns:
        (1 + how many of the reference reach it) / (1 + size): never 0, exact at any size (Davison & Hinkley
        1997).
    """
    ranked = np.sort(reference[np.isfinite(reference)])
    reached = ranked.size - np.searchsorted(ranked, statistic, side="left")
    return np.where(np.isnan(statistic), np.nan, (1.0 + reached) / (1.0 + ranked.size))


@dataclass(frozen=True)
class CusumReference:
    """What CUSUM does on quiet series of one class.

    Attributes:
        direction: tail it is for.
        limit: alarm and reset above it.
        statistic: (N,) sums seen without a shift, resets included, ascending.
    """

    direction: Direction
    limit: float
    statistic: FloatArray


def build_reference(
    residuals: FloatArray, rate: float, direction: Direction, burn_in: int, allowance: float
) -> CusumReference:
    """Reference of a class from the residuals (R, T) of its quiet series; arguments as in `calibrate_limit`."""
    limit = calibrate_limit(residuals, rate, direction, allowance, burn_in)
    seen = cusum(residuals, direction, limit, allowance).statistic[:, burn_in:]
    return CusumReference(direction, limit, np.sort(seen[np.isfinite(seen)]))


def assess_shift(
    z: FloatArray, classes: NDArray[np.int64], references: dict[int, CusumReference], allowance: float
) -> tuple[CusumTrace, FloatArray]:
    """Trace and Monte Carlo p, both (S, T), each series against the reference of its class.

    Args:
        z: (S, T) residuals.
        classes: (S,) class of each series.
        references: by class, all of one direction.
        allowance: as in `cusum`.

    Raises:
        KeyError: if a class has no reference; classes are never pooled.
        ValueError: if the references differ in direction.
    """
    present = [int(c) for c in np.unique(classes)]
    directions = {references[c].direction for c in present}
    if len(directions) != 1:
        raise ValueError(f"references of one direction are needed, got {sorted(directions)}")
    limits = np.array([references[int(c)].limit for c in classes])
    trace = cusum(z, directions.pop(), limits, allowance)
    p = np.full(z.shape, np.nan)
    for c in present:
        rows = classes == c
        p[rows] = monte_carlo_p(trace.statistic[rows], references[c].statistic)
    return trace, p
