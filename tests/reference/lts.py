"""Least trimmed squares: the regression of the h points that agree best, whatever the rest say.

Rousseeuw & Van Driessen (2006), Data Min Knowl Disc 12:29 (FastLTS: small starts, concentration steps, the
best ones to convergence), then one reweighted step. Consistency factor for the normal and small-sample
factors of Pison, Van Aelst & Willems (2002, Metrika 55:111) as in `ltsReg` of R `robustbase`, so that
scales can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from jobs.arrays import FloatArray
from tests.reference.lts_factors import raw_factor, reweighted_factor

# |standardised residual| kept by the reweighted step: 97.5 % of normal data.
CUTOFF = float(ndtri(0.9875))
DEFAULT_STARTS = 1000
# Where all elemental starts number no more than this, all are tried and no luck is involved.
EXHAUSTIVE_STARTS = 50_000
FIRST_STEPS, KEPT, LAST_STEPS = 2, 10, 100
# Up to this many cells of (starts, points) every start goes to convergence: the ten best after two steps often
# miss the best of small sets (on the 75 points of `hbk` every other time).
CONVERGE_ALL_CELLS = 250_000
# Cells of (starts, points) held at once.
BATCH_CELLS = 2_000_000
EXACT_FIT = 1e-7


@dataclass(frozen=True)
class LTSFit:
    """A robust fit; n points, p coefficients (the intercept first, where there is one).

    Attributes:
        coefficients: (p,) reweighted.
        raw_coefficients: (p,) of the h best points.
        residuals: (n,) from the reweighted fit, over scale; NaN where scale is 0.
        is_inlier: (n,) |residual| up to CUTOFF.
        scale: corrected deviation of the reweighted residuals, unit of y.
        raw_scale: corrected deviation of the h best.
        h: number of points trimmed to.
        best: (h,) their indices, ascending.
        objective: sum of the h smallest squared residuals.
    """

    coefficients: FloatArray
    raw_coefficients: FloatArray
    residuals: FloatArray
    is_inlier: NDArray[np.bool_]
    scale: float
    raw_scale: float
    h: int
    best: NDArray[np.int64]
    objective: float


def trimmed_count(alpha: float, n: int, p: int) -> int:
    """h, between (n + p + 1) // 2 at alpha = 0.5 and n at alpha = 1."""
    half = (n + p + 1) // 2
    return int(np.floor(2 * half - n + 2 * (n - half) * alpha))


def lts_fit(
    x: FloatArray,
    y: FloatArray,
    alpha: float = 0.5,
    intercept: bool = True,
    starts: int = DEFAULT_STARTS,
    seed: int = 0,
) -> LTSFit:
    """Fit y on the columns of x, ignoring up to a share 1 - alpha of the points.

    Args:
        x: (n, k) without a constant column where `intercept` is set; no NaN.
        y: (n,).
        alpha: share of the points trusted, 0.5 to 1.
        intercept: whether to add one.
        starts: random elemental starts where not all can be tried.
        seed: of those starts.

    Raises:
        ValueError: alpha outside 0.5 to 1, no more than 2 p points, or columns that depend on each other.
    """
    n = len(y)
    design = np.column_stack([np.ones(n), x]) if intercept else np.asarray(x, dtype=float)
    p = design.shape[1]
    if not 0.5 <= alpha <= 1.0:
        raise ValueError(f"alpha {alpha} is outside 0.5 to 1")
    if n <= 2 * p:
        raise ValueError(f"{n} points are not enough for {p} coefficients")
    if np.linalg.matrix_rank(design) < p:
        raise ValueError("columns depend on each other")
    h = trimmed_count(alpha, n, p)
    best = np.arange(n) if h == n else _best_subset(design, y, h, starts, np.random.default_rng(seed))
    raw = np.linalg.lstsq(design[best], y[best], rcond=None)[0]
    squares = np.sort((y - design @ raw) ** 2)[:h]
    raw_scale = float(np.sqrt(squares.mean()) * raw_factor(p, intercept, n, alpha, h))
    return _reweight(design, y, raw, raw_scale, best, float(squares.sum()), alpha, intercept)


def _reweight(
    design: FloatArray,
    y: FloatArray,
    raw: FloatArray,
    raw_scale: float,
    best: NDArray[np.int64],
    objective: float,
    alpha: float,
    intercept: bool,
) -> LTSFit:
    """Least squares on the points within CUTOFF of the raw fit, and its corrected scale."""
    n, p = design.shape
    residual = y - design @ raw
    if raw_scale < EXACT_FIT:
        return LTSFit(raw, raw, np.full(n, np.nan), np.abs(residual) <= EXACT_FIT, 0.0, 0.0, len(best), best, objective)
    kept = np.abs(residual / raw_scale) <= CUTOFF
    coefficients = np.linalg.lstsq(design[kept], y[kept], rcond=None)[0]
    residual = y - design @ coefficients
    plain = np.sqrt((residual[kept] ** 2).sum() / (kept.sum() - 1))
    scale = float(plain * reweighted_factor(p, intercept, n, alpha, int(kept.sum())))
    standardised = residual / scale
    inlier = np.abs(standardised) <= CUTOFF
    return LTSFit(coefficients, raw, standardised, inlier, scale, raw_scale, len(best), best, objective)


def _best_subset(design: FloatArray, y: FloatArray, h: int, starts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of the h points with the smallest sum of squares found."""
    spread = np.maximum(np.abs(design).max(axis=0), 1e-300)
    scaled = design / spread
    size = max(1, BATCH_CELLS // len(y))
    kept = starts if starts * len(y) <= CONVERGE_ALL_CELLS else KEPT
    kept_values, kept_masks = np.empty(0), np.empty((0, len(y)), dtype=bool)
    for elemental in _elemental_starts(len(y), design.shape[1], starts, size, rng):
        masks = np.zeros((len(elemental), len(y)), dtype=bool)
        np.put_along_axis(masks, elemental, True, axis=1)
        for _ in range(FIRST_STEPS):
            masks, values = _concentrate(scaled, y, masks, h)
        kept_values, kept_masks = np.append(kept_values, values), np.vstack([kept_masks, masks])
        order = np.argsort(kept_values, kind="stable")[:kept]
        kept_values, kept_masks = kept_values[order], kept_masks[order]
    for _ in range(LAST_STEPS):
        masks, kept_values = _concentrate(scaled, y, kept_masks, h)
        if np.array_equal(masks, kept_masks):
            break
        kept_masks = masks
    return np.flatnonzero(kept_masks[int(np.argmin(kept_values))])


def _elemental_starts(n: int, p: int, starts: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Batches (B, p) of point indices: every subset of p points where few enough, else random ones."""
    if comb(n, p) <= EXHAUSTIVE_STARTS:
        every = np.array(list(combinations(range(n), p)))
        yield from (every[i : i + size] for i in range(0, len(every), size))
        return
    for first in range(0, starts, size):
        yield rng.random((min(size, starts - first), n)).argpartition(p, axis=1)[:, :p]


def _concentrate(
    design: FloatArray, y: FloatArray, masks: NDArray[np.bool_], h: int
) -> tuple[NDArray[np.bool_], FloatArray]:
    """One C-step for all starts: fit each subset, keep its h closest points; the sum of squares never rises."""
    n, p = design.shape
    weights = masks.astype(float)
    information = (weights @ (design[:, :, None] * design[:, None, :]).reshape(n, p * p)).reshape(-1, p, p)
    # A whisper of ridge: a start whose points coincide must not stop the others.
    information += (1e-12 * np.trace(information, axis1=1, axis2=2)[:, None, None] + 1e-300) * np.eye(p)
    coefficients = np.linalg.solve(information, ((weights * y) @ design)[:, :, None])[:, :, 0]
    squares = (y - coefficients @ design.T) ** 2
    closest = np.argpartition(squares, h - 1, axis=1)[:, :h]
    chosen = np.zeros_like(masks)
    np.put_along_axis(chosen, closest, True, axis=1)
    return chosen, np.where(chosen, squares, 0.0).sum(axis=1)
