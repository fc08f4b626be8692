"""Negative-binomial prediction of one more count, with what the baseline leaves unknown integrated out.

Variance is phi times the mean. The mean's estimation error (log variance v) enters as a gamma posterior
under Jeffreys' prior, shape 1/v + 1/2, which matches both tails of the exact conditional test where a flat
prior does not and keeps the distribution negative binomial. The dispersion's own error enters as in
Student's t: phi is its estimate times nu / chi-square(nu), averaged over five quantiles. Without it the 1
% limit of a short or lumpy series alarms too often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, chdtr, chdtri, ndtr, ndtri

from jobs.arrays import FloatArray

# Below this the negative binomial is Poisson to five digits, and its size parameter is still representable.
MIN_DISPERSION = 1.0 + 1e-5
# Five Gauss-Hermite nodes placed at normal quantiles of the chi-square reproduce Student's tail to 1 % at p = 1e-5
# from 20 degrees of freedom on (11 % at 10); nodes spread evenly in probability miss the far tail altogether.
_HERMITE, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
NODES, NODE_WEIGHTS = ndtr(_HERMITE), _WEIGHTS / _WEIGHTS.sum()


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
        size, success = self._mixture
        return _below(y[:, None], size, success) @ NODE_WEIGHTS

    def at_least(self, y: FloatArray) -> FloatArray:
        """P(Y >= y), (S,)."""
        size, success = self._mixture
        return _above(y[:, None], size, success) @ NODE_WEIGHTS

    def interval(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Two-sided interval: no more than (1 - level)/2 lies below its lower end, nor above its upper end."""
        size, success = self._mixture
        tail = 0.5 * (1.0 - level)

        def not_below(y: FloatArray, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
            return _below(y[:, None], size[rows], success[rows]) @ NODE_WEIGHTS >= tail

        def not_above(y: FloatArray, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
            return _above(y[:, None] + 1.0, size[rows], success[rows]) @ NODE_WEIGHTS <= tail

        # Close to normal on the 2/3 power scale: a start within a few counts of either end.
        mean = self._mixed_mean()
        centre, spread = np.cbrt(mean) ** 2, 2 / 3 * mean ** (1 / 6) * np.median(success, axis=1) ** -0.5
        low, high = (np.maximum(centre + z * spread, 0.0) ** 1.5 for z in (ndtri(tail), -ndtri(tail)))
        step = 1.0 + np.floor(0.05 * (high - low))
        return _first_true(not_below, np.floor(low), step), _first_true(not_above, np.floor(high), step)

    def _mixed_mean(self) -> FloatArray:
        """(S,) mean of the gamma posterior."""
        return self.mean * (1.0 + 0.5 * self.log_variance)

    @cached_property
    def _mixture(self) -> tuple[FloatArray, FloatArray]:
        """(S, Q) size and success probability of the negative binomial at each quantile of the dispersion."""
        nu, mean = self.freedom[:, None], self._mixed_mean()
        possible = self.phi[:, None] * nu / chdtri(nu, NODES[None, :])
        # Counts are no less than Poisson, and cutting the error of phi off at 1 alone would widen every Poisson
        # series (0.6 % realised at 1 % over four years of months). So an excess counts by how unlikely chance is.
        excess = (possible - 1.0) * chdtr(self.freedom, self.freedom * self.phi)[:, None]
        phi = np.maximum(1.0 + excess, MIN_DISPERSION)
        spread = mean * self.log_variance / (1.0 + 0.5 * self.log_variance) / np.maximum(self.phi, 1.0)
        total = phi * (1.0 + spread[:, None])
        return mean[:, None] / (total - 1.0), 1.0 / total


def _below(y: FloatArray, size: FloatArray, success: FloatArray) -> FloatArray:
    """P(Y <= y); y may be fractional (a nowcast), below 0 gives 0."""
    return np.where(y < 0, 0.0, betainc(size, np.maximum(y, 0.0) + 1.0, success))


def _above(y: FloatArray, size: FloatArray, success: FloatArray) -> FloatArray:
    """P(Y >= y), computed as a tail and not as a difference from 1."""
    return np.where(y <= 0, 1.0, betaincc(size, np.maximum(y, 1e-12), success))


def _first_true(
    holds: Callable[[FloatArray, NDArray[np.int64]], NDArray[np.bool_]], guess: FloatArray, step: FloatArray
) -> FloatArray:
    """Smallest whole count, (S,), at which a predicate of (counts, rows), false then true, becomes true.

    Steps from the guess, doubling, until the place is between two counts, then halves the distance.
    """
    result = holds(guess, np.arange(len(guess)))
    low, high = np.where(result, -np.inf, guess), np.where(result, guess, np.inf)
    step = step.copy()
    while True:
        open_ = np.flatnonzero(high - low > 1)
        if open_.size == 0:
            return high
        a, b = low[open_], high[open_]
        down, up = np.isinf(a), np.isinf(b)
        between = np.floor(0.5 * (np.where(down, b, a) + np.where(up, a, b)))
        tried = np.where(down, np.maximum(b - step[open_], -1.0), np.where(up, a + step[open_], between))
        step[open_] *= 2.0
        yes = holds(tried, open_)
        high[open_] = np.where(yes, tried, b)
        # Nothing lies under a count of 0: the predicate at -1 is false by definition.
        low[open_] = np.where(yes, a, tried)
