"""Chance that a lot is under-priced before anyone has looked: two groups, told apart by the whole night's lots.

A lot's log ratio x = log(declared / reference) comes with the spread s of honest lots around their reference, so that
z = x / s. Honest lots are a mixture of N(0, (c s)^2) over widths c: symmetric, with tails as heavy as the lots priced
**above** their reference show them. Low lots are N(t, s^2) over cuts t of a tenth and more. The weights are the
night's, by expectation-maximisation (empirical Bayes: Efron 2008, Microarrays, empirical Bayes and the two-groups
model; mixture on a fixed grid with a prior on the null: Stephens 2017, False discovery rates: a new deal). Using x and
s rather than z alone tells a price 10 % low in a quiet market from one at half the reference in a wild one.

What no price can tell: damaged goods, a lower grade or an old contract are cheap and honest, and count as low here.
Only labels take them out (`jobs.stats.selection.calibration`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray

WIDTHS = np.array([0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0])
CUTS = np.linspace(np.log(0.9), np.log(0.02), 26)
USUAL = 2  # index of width 1, where the prior lots lie
Z_STEP, LOG_SD_STEP, Z_MOST = 0.1, 0.15, 20.0
Z_CELLS = 401  # from -Z_MOST to Z_MOST
SD_LEAST = 0.02
ROUNDS = 300
ROWS_AT_ONCE = 65_536


@dataclass(frozen=True, kw_only=True)
class TwoGroups:
    """Weights of the night's mixture; together they sum to one.

    Attributes:
        honest: of each width, shape (len(WIDTHS),).
        low: of each cut, shape (len(CUTS),).
        lots: number of lots they were learned from.
    """

    honest: FloatArray
    low: FloatArray
    lots: int

    @property
    def low_share(self) -> float:
        """Share of the night's lots that are priced low, whatever the reason."""
        return float(self.low.sum())


def fit_two_groups(log_ratio: FloatArray, log_sd: FloatArray, prior_lots: float) -> TwoGroups:
    """Weights by expectation-maximisation over the night's lots; lots without a reference (NaN) are left out.

    Lots are counted in cells of z and log s first, so that a million cost what a thousand do.

    Args:
        log_ratio: log of declared over reference, (N,).
        log_sd: spread of honest lots around it, (N,).
        prior_lots: ordinary lots that are there before any is seen.
    """
    known = np.isfinite(log_ratio) & np.isfinite(log_sd)
    spread = np.maximum(log_sd[known], SD_LEAST)
    z = np.clip(np.maximum(log_ratio[known], CUTS[-1]) / spread, -Z_MOST, Z_MOST)
    cell = np.rint(np.log(spread) / LOG_SD_STEP) * Z_CELLS + np.rint(z / Z_STEP) + Z_CELLS // 2
    cells, lots = np.unique(cell.astype(np.int64), return_counts=True)
    s = np.exp(cells // Z_CELLS * LOG_SD_STEP)
    density = np.exp(log_densities((cells % Z_CELLS - Z_CELLS // 2) * Z_STEP * s, s))
    weight = np.full(density.shape[1], 0.1 / (density.shape[1] - 1))
    weight[USUAL] = 0.9
    for _ in range(ROUNDS):
        share = density * weight
        share *= (lots / np.maximum(share.sum(axis=1), 1e-300))[:, None]
        weight = share.sum(axis=0)
        weight[USUAL] += prior_lots
        weight /= weight.sum()
    return TwoGroups(honest=weight[: len(WIDTHS)], low=weight[len(WIDTHS) :], lots=int(known.sum()))


def probability_low(model: TwoGroups, log_ratio: FloatArray, log_sd: FloatArray) -> FloatArray:
    """Chance that each lot is priced low, shape (N,); NaN without a reference.

    A ratio below the smallest cut is read as that one: at a fiftieth of the reference nothing more is learned.
    """
    result = np.full(len(log_ratio), np.nan)
    with np.errstate(divide="ignore"):
        log_weight = np.log(np.concatenate([model.honest, model.low]))
    for start in range(0, len(log_ratio), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        spread = np.maximum(log_sd[rows], SD_LEAST)
        logs = log_densities(np.maximum(log_ratio[rows], CUTS[-1]), spread) + log_weight
        share = np.exp(logs - logs.max(axis=1, keepdims=True))
        low = share[:, len(WIDTHS) :].sum(axis=1)
        result[rows] = low / (share[:, : len(WIDTHS)].sum(axis=1) + low)  # summed so that rounding keeps it within one
    return result


def log_densities(x: FloatArray, s: FloatArray) -> FloatArray:
    """Log density of z = x / s under every component, honest ones first, without the constant.

    Shape (N, components).
    """
    z = (x / s)[:, None]
    honest = -0.5 * (z / WIDTHS) ** 2 - np.log(WIDTHS)
    low = -0.5 * (z - CUTS / s[:, None]) ** 2
    return np.concatenate([honest, low], axis=1)
