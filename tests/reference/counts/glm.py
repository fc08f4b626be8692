"""Quasi-Poisson regression with a log link, fitted to all series at once.

The series share one design matrix, so a step of iteratively reweighted least squares is two matrix products
over (series, periods) and one batched solve; nothing loops over series. Start, stopping rule and the
covariance taken from the last step's weights follow `glm.fit` of R, which is what makes parity with
published outputs possible (McCullagh & Nelder 1989, ch. 2.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from jobs.arrays import FloatArray

MAX_STEPS = 25
# exp(30) is far above any count; the bound keeps a wild first step of a nearly empty series finite.
ETA_BOUND = 30.0


@dataclass(frozen=True)
class GlmFit:
    """One row is one series.

    Attributes:
        coefficients: (S, p) on the log scale.
        mu: (S, n) fitted means.
        step_mu: (S, n) means before the last step: the covariance, and R's dispersion, are made of these.
        covariance: (S, p, p) inverse of X'WX (+ penalty), still to be multiplied by the dispersion.
        converged: (S,) whether the deviance settled within MAX_STEPS.
    """

    coefficients: FloatArray
    mu: FloatArray
    step_mu: FloatArray
    covariance: FloatArray
    converged: NDArray[np.bool_]


def fit_quasi_poisson(
    y: FloatArray,
    design: FloatArray,
    weights: FloatArray,
    offset: FloatArray | None = None,
    penalty: FloatArray | None = None,
    start: FloatArray | None = None,
    tolerance: float = 1e-8,
) -> GlmFit:
    """Fit every row of y on one design matrix.

    Args:
        y: (S, n) counts; any value where the weight is 0.
        design: (n, p), shared by all series, of full column rank unless penalised.
        weights: (S, n) prior weights; 0 leaves a period out.
        offset: (S, n) or (n,) on the log scale.
        penalty: (S, p) or (p,) ridge added to the diagonal of X'WX: dispersion / prior variance.
        start: (S, n) linear predictor to start from; default log(y + 0.1), as R does.
        tolerance: relative change of the deviance at which a series stops.
    """
    y = np.where(weights > 0, y, 0.0)
    offset = np.zeros_like(y) if offset is None else np.broadcast_to(offset, y.shape)
    ridge = np.broadcast_to(0.0 if penalty is None else penalty, (len(y), design.shape[1]))
    products = _pair_products(design)
    # The part of the deviance that does not move: 2 sum w (y log y - y).
    weighted = weights * y
    fixed = (weights * xlogy(y, y)).sum(axis=1) - weighted.sum(axis=1)
    eta = np.log(y + 0.1) if start is None else start.copy()
    mu = np.exp(eta)
    step_mu = mu.copy()
    coefficients, information = np.zeros(ridge.shape), np.zeros((len(y), products.shape[1]))
    deviance = 2.0 * (fixed + _moving_deviance(weighted, weights, eta, mu))
    active = np.arange(len(y))
    for _ in range(MAX_STEPS):
        rows = slice(None) if active.size == len(y) else active
        working = weights[rows] * mu[rows]
        response = working * (eta[rows] - offset[rows]) + weighted[rows] - working
        information[rows] = working @ products
        coefficients[rows] = _solve(_square(information[rows], ridge[rows]), response @ design)
        eta[rows] = np.clip(coefficients[rows] @ design.T + offset[rows], -ETA_BOUND, ETA_BOUND)
        step_mu[rows] = mu[rows]
        mu[rows] = np.exp(eta[rows])
        new = 2.0 * (fixed[rows] + _moving_deviance(weighted[rows], weights[rows], eta[rows], mu[rows]))
        settled = np.abs(new - deviance[rows]) < tolerance * (np.abs(new) + 0.1)
        deviance[rows] = new
        active = active[~settled]
        if active.size == 0:
            break
    converged = np.ones(len(y), dtype=bool)
    converged[active] = False
    return GlmFit(coefficients, mu, step_mu, _inverse(_square(information, ridge)), converged)


def pearson_dispersion(y: FloatArray, fit: GlmFit, weights: FloatArray, parameters: float | FloatArray) -> FloatArray:
    """(S,) weighted Pearson statistic over its degrees of freedom, not yet floored at 1."""
    used = weights > 0
    squares = np.where(used, weights * (np.where(used, y, 0.0) - fit.mu) ** 2 / fit.mu, 0.0).sum(axis=1)
    return squares / np.maximum(used.sum(axis=1) - parameters, 1.0)


def leverage(fit: GlmFit, design: FloatArray, weights: FloatArray) -> FloatArray:
    """(S, n) diagonal of the hat matrix, below 1."""
    upper = np.triu_indices(design.shape[1])
    twice = np.where(upper[0] == upper[1], 1.0, 2.0)
    quadratic = (fit.covariance[:, upper[0], upper[1]] * twice) @ _pair_products(design).T
    return np.clip(weights * fit.step_mu * quadratic, 0.0, 1.0 - 1e-9)


def anscombe_residuals(y: FloatArray, fit: GlmFit, phi: FloatArray, hat: FloatArray) -> FloatArray:
    """(S, n) standardised Anscombe residuals for the 2/3 power, close to normal for counts."""
    raw = 1.5 * (np.cbrt(np.maximum(y, 0.0)) ** 2 * fit.mu ** (-1 / 6) - np.sqrt(fit.mu))
    return raw / np.sqrt(phi[:, None] * (1.0 - hat))


def linear_prediction(fit: GlmFit, row: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log mean (S,) and its variance (S,) per unit of dispersion at one design row (p,)."""
    return fit.coefficients @ row, np.einsum("p,spq,q->s", row, fit.covariance, row, optimize=True)


def _moving_deviance(weighted: FloatArray, weights: FloatArray, eta: FloatArray, mu: FloatArray) -> FloatArray:
    return np.einsum("sn,sn->s", weights, mu) - np.einsum("sn,sn->s", weighted, eta)


def _pair_products(design: FloatArray) -> FloatArray:
    """(n, p(p+1)/2) products of each pair of columns: X'WX of all series is one matrix product with them."""
    upper = np.triu_indices(design.shape[1])
    return design[:, upper[0]] * design[:, upper[1]]


def _square(pairs: FloatArray, ridge: FloatArray) -> FloatArray:
    """(S, p, p) symmetric matrices from their upper triangles, the ridge on the diagonal."""
    p = ridge.shape[1]
    place = np.zeros((p, p), dtype=np.int64)
    upper = np.triu_indices(p)
    place[upper] = np.arange(upper[0].size)
    place.T[upper] = place[upper]
    square = pairs[:, place]
    square[:, np.arange(p), np.arange(p)] += ridge
    return square


def _jitter(information: FloatArray) -> FloatArray:
    """A whisper on the diagonal, so that one empty series cannot stop the whole batch."""
    scale = np.trace(information, axis1=1, axis2=2)[:, None, None] / information.shape[1]
    return information + (1e-13 * scale + 1e-300) * np.eye(information.shape[1])


def _solve(information: FloatArray, right: FloatArray) -> FloatArray:
    try:
        return np.linalg.solve(information, right[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        return np.linalg.solve(_jitter(information), right[:, :, None])[:, :, 0]


def _inverse(information: FloatArray) -> FloatArray:
    try:
        return np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return np.linalg.inv(_jitter(information))
