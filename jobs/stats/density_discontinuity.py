"""Does a density jump up at zero? Local-polynomial test of Cattaneo, Jansson and Ma (2020), JASA 115:1449.

On each side of the cutoff the empirical distribution function is regressed on a polynomial in the distance, with
triangular weights; the slope at the cutoff is the density there, without binning or boundary bias. The bandwidth is
the one that minimises the mean squared error of a quadratic fit, the test statistic comes from a cubic one (their
robust bias correction, q = p + 1). The variance is the infinitesimal jackknife: each observation's own influence on
the difference of the two slopes, through the distribution function and through the design. Following their
software, a side's bandwidth reaches at least 20 observations.

Departures: the bandwidth constants are those of a normal density of the group's robust spread (a plug-in pilot
needs more lots than a firm has), and all groups are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.arrays import BoolArray, FloatArray, IntArray

DEGREE = 3  # of the polynomial the test is made with
# h = RULE sd n^(-1/5): for p = 2 and a triangular kernel the slope's bias is -3/7 f'' h^2 / 6 and its variance
# 40/7 f / (n h) on each side; with f and f'' of a normal at its mean the sum of both sides is best at 3.229.
RULE = 3.229


@dataclass(frozen=True, kw_only=True)
class DensityJump:
    """One row a group, arrays (G,); NaN where a side has fewer observations than the test asks for.

    Attributes:
        below, above: density just below and at or above zero, per unit of x.
        z: (above - below) over its standard error.
        p: one-sided, P(jump up at least so large | continuous density).
        bandwidth: of both sides, in units of x.
        n: observations.
    """

    below: FloatArray
    above: FloatArray
    z: FloatArray
    p: FloatArray
    bandwidth: FloatArray
    n: IntArray


def density_jump(x: FloatArray, group: IntArray, groups: int, least_side: int) -> DensityJump:
    """Whether the density of x jumps up at zero, in each of the groups 0 to `groups` - 1.

    Args:
        x: observations, (N,), finite; zero belongs to the upper side.
        group: group of each, (N,).
        groups: number of groups G.
        least_side: observations a side must have.
    """
    order = np.lexsort((x, group))
    x, group = x[order], group[order]
    n = np.bincount(group, minlength=groups)
    start = np.cumsum(n) - n
    side = group * 2 + (x >= 0)
    sides = np.bincount(side, minlength=2 * groups).reshape(-1, 2)
    can = (sides >= least_side).all(axis=1)
    h = _bandwidth(x, n, start, sides, can, least_side)
    answers = np.full((3, groups), np.nan)
    keep = can[group]
    if keep.any():
        renumber = np.cumsum(can) - 1
        answers[:, can] = _fit(x[keep], renumber[group[keep]], h[can], n[can])
    below, above, variance = answers
    z = (above - below) / np.sqrt(variance)
    return DensityJump(below=below, above=above, z=z, p=stats.norm.sf(z), bandwidth=np.where(can, h, np.nan), n=n)


def _bandwidth(
    x: FloatArray, n: IntArray, start: IntArray, sides: IntArray, can: BoolArray, least_side: int
) -> FloatArray:
    """The larger of the normal rule and the distance of the `least_side`-th observation on either side, (G,)."""
    h = np.full(len(n), np.nan)
    first, size, zero = start[can], n[can], (start + sides[:, 0])[can]
    quartile = [x[first + (size * part).astype(np.int64)] for part in (0.25, 0.75)]
    spread = (quartile[1] - quartile[0]) / 1.349
    reach = np.maximum(-x[zero - least_side], x[zero + least_side - 1])
    h[can] = np.maximum(RULE * spread * size**-0.2, reach * (1 + 1e-9))
    return h


def _runs(x: FloatArray, group: IntArray) -> tuple[IntArray, IntArray]:
    """First and last position of the run of equal values each observation lies in, within its group."""
    opens = np.ones(len(x), dtype=bool)
    opens[1:] = (x[1:] != x[:-1]) | (group[1:] != group[:-1])
    first = np.flatnonzero(opens)
    run = np.cumsum(opens) - 1
    last = np.append(first[1:], len(x)) - 1
    return first[run], last[run]


def _fit(x: FloatArray, group: IntArray, h: FloatArray, n: IntArray) -> FloatArray:
    """Density below, above, and the variance of their difference, (3, G), of sorted observations."""
    groups = len(n)
    start = np.cumsum(n) - n
    first, last = _runs(x, group)
    share = (last - start[group] + 1) / n[group]
    u = x / h[group]
    side = group * 2 + (x >= 0)
    kernel = np.maximum(1 - np.abs(u), 0.0)
    power = u ** np.arange(2 * DEGREE + 1)[:, None]
    moment = np.stack([np.bincount(side, kernel * row, minlength=2 * groups) for row in power])
    design = moment[np.add.outer(np.arange(DEGREE + 1), np.arange(DEGREE + 1))].transpose(2, 0, 1)
    inverse = np.linalg.pinv(design, hermitian=True)
    basis = power[: DEGREE + 1]
    response = np.stack([np.bincount(side, kernel * row * share, minlength=2 * groups) for row in basis], axis=1)
    fitted = np.einsum("gij,gj->gi", inverse, response)
    slope = fitted[:, 1] / h.repeat(2)
    # Weight of each observation's F in the slope of its side; of the difference, the lower side's counts negative.
    weight = kernel * np.einsum("ni,in->n", inverse[side, 1], basis) / h[group]
    weight *= np.where(x >= 0, 1.0, -1.0)
    residual = share - np.einsum("ni,in->n", fitted[side], basis)
    # Sum of the weights at or above each observation: what it adds to the difference through F.
    running = np.concatenate([[0.0], np.cumsum(weight)])
    reached = running[(start + n)[group]] - running[first]
    influence = reached + n[group] * weight * residual
    mean = np.bincount(group, influence, minlength=groups) / n
    variance = np.bincount(group, (influence - mean[group]) ** 2, minlength=groups) / n**2
    return np.stack([slope[0::2], slope[1::2], variance])
