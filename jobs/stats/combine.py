"""Many p-values into one decision: Cauchy combination, common shocks, Benjamini-Hochberg.

Cauchy combination: Liu and Xie (2020), JASA 115:393, valid under dependence between the detectors of one
subject. False discovery rate: Benjamini and Hochberg (1995). A p-value and its mirror cancel, so only
p-values of one direction are ever combined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import BoolArray, FloatArray

P_LEAST, P_MOST = 1e-10, 0.99


def combine_cauchy(p: FloatArray, weights: FloatArray | None = None, axis: int = -1) -> FloatArray:
    """One p-value from several of the same direction; NaN ones are left out, NaN where none is left.

    >>> combine_cauchy(np.array([[0.01, 0.5], [0.2, np.nan]])).round(3).tolist()
    [0.02, 0.2]

    Args:
        p: p-values with the detectors along `axis`; clipped to [1e-10, 0.99].
        weights: weight of each detector, shape (detectors,); equal when not given.
        axis: axis of the detectors.
    """
    p = np.moveaxis(np.asarray(p, dtype=float), axis, -1)
    weight = np.ones(p.shape[-1]) if weights is None else np.asarray(weights, dtype=float)
    present = np.isfinite(p)
    weight = np.where(present, weight, 0.0)
    tangent = np.tan((0.5 - np.clip(np.where(present, p, 0.5), P_LEAST, P_MOST)) * np.pi)
    total = weight.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = (weight * tangent).sum(-1) / total
        # atan loses every digit of a tiny p; its reciprocal form keeps them
        upper = np.where(statistic > 1.0, np.arctan(1.0 / statistic) / np.pi, 0.5 - np.arctan(statistic) / np.pi)
    return np.where(total > 0, upper, np.nan)


def bh_limit(p: FloatArray, q: float, axis: int = 0) -> FloatArray:
    """Largest p rejected by Benjamini-Hochberg at `q` in each family along `axis`; 0 where none is.

    NaN is no test. The limit is shape `p` without `axis`.
    """
    p = np.moveaxis(np.asarray(p, dtype=float), axis, 0)
    ordered = np.sort(p, axis=0)  # NaN last
    tests = np.isfinite(p).sum(0)
    rank = np.arange(1, len(p) + 1).reshape(-1, *[1] * (p.ndim - 1))
    with np.errstate(invalid="ignore"):
        passing = ordered <= q * rank / np.maximum(tests, 1)
    result: FloatArray = np.where(passing, np.nan_to_num(ordered), 0.0).max(axis=0, initial=0.0)
    return result


def reject_bh(p: FloatArray, q: float, axis: int = 0) -> BoolArray:
    """Which tests are rejected at false discovery rate `q`, family by family along `axis`; same shape as `p`."""
    limit = np.expand_dims(bh_limit(p, q, axis), axis)
    with np.errstate(invalid="ignore"):
        return (np.asarray(p) <= limit) & (limit > 0)


def bh_limit_for_one(others: FloatArray, q: float) -> float:
    """Largest p at which one more test joins the rejected, given the p-values of the rest of its family.

    It lets hundreds of replaced series be assessed without running the procedure again for each.
    """
    known = np.sort(others[np.isfinite(others)])
    tests = len(known) + 1
    line = q * np.arange(1, tests + 1) / tests
    enough = np.searchsorted(known, line, side="right") >= np.arange(tests)
    return float(min(line[enough].max(), 1.0))


@dataclass(frozen=True, kw_only=True)
class CommonShock:
    """What moved most series of a month at once; every array has shape (K,).

    Attributes:
        shift: median move in standard deviations; 0 where it is not a finding.
        p_value: two-sided chance of such a median without a common cause.
        count: series it was looked for in.
    """

    shift: FloatArray
    p_value: FloatArray
    count: NDArray[np.int64]


def find_common_shock(z: FloatArray, *, usual_sd: float, alpha: float, least: int) -> CommonShock:
    """The common move of a month (strike, holiday, outage), which is one finding and no series' own.

    The median over series stands for the common move: a broken supplier, even ten, hardly moves it. It is
    a finding only where it exceeds what the sampling of the median and ordinary months explain.

    Args:
        z: standardised residuals, shape (S, K); NaN is no test.
        usual_sd: spread of the common move of ordinary months, in standard deviations.
        alpha: level of the finding.
        least: series below which nothing common can be told from chance.
    """
    count = np.isfinite(z).sum(0)
    middle = np.array(
        [np.median(column[np.isfinite(column)]) if n else 0.0 for column, n in zip(z.T, count, strict=True)]
    )
    sd = np.sqrt(np.pi / (2.0 * np.maximum(count, 1)) + usual_sd**2)
    p_value = np.where(count >= least, 2.0 * stats.norm.sf(np.abs(middle) / sd), 1.0)
    return CommonShock(shift=np.where(p_value < alpha, middle, 0.0), p_value=p_value, count=count)
