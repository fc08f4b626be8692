"""Sums and means over all lots from the few that were looked at, each weighted by one over its chance.

The total is Horvitz and Thompson's (1952), unbiased over the policy whatever the policy prefers; the mean is Hajek's
(1971) ratio, steadier and nearly unbiased. Standard errors are Hajek's (1964) for draws of fixed size, which need no
joint chances; lots that were certain add nothing to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray


@dataclass(frozen=True)
class Estimate:
    """A figure for all lots and its standard error over the draws of the policy."""

    value: float
    standard_error: float


def estimate_total(values: FloatArray, propensity: FloatArray) -> Estimate:
    """Sum over all lots of the night.

    Args:
        values: what was found in each lot looked at, (n,).
        propensity: chance with which each was chosen, in (0, 1].
    """
    refuse_impossible(propensity)
    return Estimate(float((values / propensity).sum()), spread_of_total(values, propensity))


def estimate_mean(values: FloatArray, propensity: FloatArray) -> Estimate:
    """Mean over all lots of the night; NaN without a lot.

    Arguments as of `estimate_total`.
    """
    refuse_impossible(propensity)
    if len(values) == 0:
        return Estimate(np.nan, np.nan)
    lots = (1.0 / propensity).sum()
    mean = float((values / propensity).sum() / lots)
    return Estimate(mean, spread_of_total(values - mean, propensity) / float(lots))


def spread_of_total(values: FloatArray, propensity: FloatArray) -> float:
    """Standard error of an expanded total: spread of the expanded values around their mean, certain lots aside."""
    drawn = 1.0 - propensity
    n = int((drawn > 0).sum())
    if n < 2:
        return 0.0 if n == 0 else float("nan")
    expanded = values / propensity
    around = (drawn * expanded).sum() / drawn.sum()
    return float(np.sqrt(n / (n - 1) * (drawn * (expanded - around) ** 2).sum()))


def refuse_impossible(propensity: FloatArray) -> None:
    """A lot that could not have been chosen cannot have been.

    Raises:
        ValueError: a propensity is not in (0, 1].
    """
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise ValueError("a chosen lot's propensity lies in (0, 1]")
