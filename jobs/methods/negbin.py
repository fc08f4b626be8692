"""Negative-binomial prediction of one more count, with what the baseline leaves unknown integrated out.

Variance is phi times the mean. The mean's estimation error (log variance v) enters as a gamma posterior
under Jeffreys' prior, shape 1/v + 1/2, which matches both tails of the exact conditional test where a flat
prior does not and keeps the distribution negative binomial. The dispersion's own error enters as in
Student's t: phi is its estimate times nu / chi-square(nu), averaged over fixed quantiles. Without it the 1
% limit of a short or lumpy series alarms too often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, chdtri

FloatArray = NDArray[np.float64]

# Below this the negative binomial is Poisson to five digits, and its size parameter is still representable.
MIN_DISPERSION = 1.0 + 1e-5
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(8)
NODES, NODE_WEIGHTS = 0.5 * (NODES + 1.0), 0.5 * NODE_WEIGHTS


@dataclass(frozen=True)
class Prediction:
    """The next count of each series, (S,).

    Attributes:
        mean: expected count, above 0.
        phi: estimated dispersion (variance over mean), before its floor of 1.
        log_variance: variance of the estimated log mean.
        freedom: degrees of freedom nu of the dispersion's estimate.
    """

    mean: FloatArray
    phi: FloatArray
    log_variance: FloatArray
    freedom: FloatArray

    def at_most(self, y: FloatArray) -> FloatArray:
        """P(Y <= y), (S,)."""
        size, success = self._mixture()
        return _below(y[:, None], size, success) @ NODE_WEIGHTS

    def at_least(self, y: FloatArray) -> FloatArray:
        """P(Y >= y), (S,)."""
        size, success = self._mixture()
        return _above(y[:, None], size, success) @ NODE_WEIGHTS

    def interval(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Two-sided interval: no more than (1 - level)/2 lies below its lower end, nor above its upper end."""
        size, success = self._mixture()
        tail = 0.5 * (1.0 - level)
        mean, total = self._mixed_mean(), 1.0 / success.min(axis=1)
        reach = 1.0 + np.ceil(mean + 12.0 * np.sqrt(total * (mean + total)))
        lower = _first_true(lambda y: _below(y[:, None], size, success) @ NODE_WEIGHTS >= tail, reach)
        upper = _first_true(lambda y: _above(y[:, None] + 1.0, size, success) @ NODE_WEIGHTS <= tail, reach)
        return lower, upper

    def _mixed_mean(self) -> FloatArray:
        """(S,) mean of the gamma posterior."""
        return self.mean * (1.0 + 0.5 * self.log_variance)

    def _mixture(self) -> tuple[FloatArray, FloatArray]:
        """(S, Q) size and success probability of the negative binomial at each quantile of the dispersion."""
        nu, mean = self.freedom[:, None], self._mixed_mean()
        phi = np.maximum(self.phi[:, None] * nu / chdtri(nu, NODES[None, :]), MIN_DISPERSION)
        spread = mean * self.log_variance / (1.0 + 0.5 * self.log_variance) / np.maximum(self.phi, 1.0)
        total = phi * (1.0 + spread[:, None])
        return mean[:, None] / (total - 1.0), 1.0 / total


def _below(y: FloatArray, size: FloatArray, success: FloatArray) -> FloatArray:
    """P(Y <= y); y may be fractional (a nowcast), below 0 gives 0."""
    return np.where(y < 0, 0.0, betainc(size, np.maximum(y, 0.0) + 1.0, success))


def _above(y: FloatArray, size: FloatArray, success: FloatArray) -> FloatArray:
    """P(Y >= y), computed as a tail and not as a difference from 1."""
    return np.where(y <= 0, 1.0, betaincc(size, np.maximum(y, 1e-12), success))


def _first_true(holds: Callable[[FloatArray], NDArray[np.bool_]], reach: FloatArray) -> FloatArray:
    """Smallest whole count at which a predicate, false then true along the counts, becomes true; (S,)."""
    low, high = np.full(reach.shape, -1.0), reach.copy()
    while np.any(high - low > 1):
        middle = np.floor(0.5 * (low + high))
        found = holds(middle)
        open_ = high - low > 1
        high = np.where(open_ & found, middle, high)
        low = np.where(open_ & ~found, middle, low)
    return high
