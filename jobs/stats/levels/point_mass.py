"""A density on a grid, carried through irregular time: the point-mass filter of many series at once.

Kitagawa (1987), JASA 82:1032: with the whole density of the level kept on a grid, any noise can be filtered
exactly, so that "the market fell" and "these three lots are cheap" stand beside each other until the lots
decide. A normal filter must choose at once: it either follows every cheap lot or, robustified, nothing.

The level is a jump diffusion (Merton 1976, J Financ Econ 3:125): a Brownian motion of one of a few candidate
speeds and rare Laplace jumps. Its step over any number of days is a multiplication in the cosine basis (the
exponent of its characteristic function times the days), so days without a lot cost nothing. The candidates are
weighed by how well they predicted, since the mass of one series is joint over speed and level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jobs.arrays import FloatArray, IntArray

# Cosine truncation may leave tiny negative mass; no cell is ever impossible.
LEAST_MASS = 1e-12


@dataclass(frozen=True, kw_only=True)
class Motion:
    """How a level moves, and the grid it is kept on; levels are logs of price.

    Attributes:
        speeds: candidate standard deviations of a day's step.
        jump_rate: jumps a day.
        jump_scale: mean absolute size of a jump.
        cells, step: number of grid cells and their width.
    """

    speeds: tuple[float, ...]
    jump_rate: float
    jump_scale: float
    cells: int
    step: float

    @cached_property
    def grid(self) -> FloatArray:
        """(K,) cell centres, around 0."""
        return (np.arange(self.cells) - (self.cells - 1) / 2) * self.step

    @cached_property
    def cosines(self) -> FloatArray:
        """(K, K) orthonormal cosine basis of the grid: reflection at its edges."""
        k = np.arange(self.cells)
        basis = np.cos(np.pi * np.outer(k + 0.5, k) / self.cells) * np.sqrt(2.0 / self.cells)
        basis[:, 0] /= np.sqrt(2.0)
        result: FloatArray = basis
        return result

    @cached_property
    def frequency2(self) -> FloatArray:
        """(K,) squared frequency of each cosine, per unit of log price."""
        return (np.pi * np.arange(self.cells) / (self.cells * self.step)) ** 2

    @cached_property
    def exponent(self) -> FloatArray:
        """(C, K) what a day takes from the log of each cosine's coefficient, for each speed."""
        jumps = self.jump_rate * (1.0 - 1.0 / (1.0 + self.jump_scale**2 * self.frequency2))
        return 0.5 * np.square(self.speeds)[:, None] * self.frequency2 + jumps

    @cached_property
    def daily_variance(self) -> FloatArray:
        """(C,) variance a day adds, jumps included."""
        return np.square(self.speeds) + 2.0 * self.jump_rate * self.jump_scale**2

    def start(self, sd: FloatArray) -> FloatArray:
        """Mass (S, C, K) of normal levels at the grid's middle, every speed as likely."""
        normal = np.exp(-0.5 * (self.grid / sd[:, None]) ** 2) + LEAST_MASS
        mass = normal / normal.sum(axis=1, keepdims=True) / len(self.speeds)
        return np.repeat(mass[:, None, :], len(self.speeds), axis=1)

    def carry(self, mass: FloatArray, days: FloatArray, variance: FloatArray) -> FloatArray:
        """Mass after `days` (S,) more, widened besides by a normal error of `variance` (S,)."""
        decay = np.exp(-days[:, None, None] * self.exponent - 0.5 * variance[:, None, None] * self.frequency2)
        cosines = self.cosines.astype(mass.dtype)
        moved = np.maximum(((mass @ cosines) * decay.astype(mass.dtype)) @ cosines.T, LEAST_MASS)
        result: FloatArray = moved / moved.sum(axis=(1, 2), keepdims=True)
        return result

    def weigh(self, mass: FloatArray, log_likelihood: FloatArray) -> FloatArray:
        """Posterior mass given the log likelihood (S, K) of what was seen at each cell."""
        likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)).astype(mass.dtype)
        weighed = np.maximum(mass * likelihood[:, None, :], LEAST_MASS)
        result: FloatArray = weighed / weighed.sum(axis=(1, 2), keepdims=True)
        return result

    def moments(self, mass: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of each level, (S,), the mean from the grid's middle."""
        # Sums, not matrix products: those may round a row differently among other rows, and a lot assessed alone must
        # come out as in the night's batch.
        density = mass.sum(axis=1, dtype=np.float64)
        mean = (density * self.grid).sum(axis=1)
        return mean, np.maximum((density * self.grid**2).sum(axis=1) - mean**2, (self.step / 4) ** 2)

    def shift(self, mass: FloatArray, cells: IntArray) -> FloatArray:
        """Mass seen from a middle `cells` (S,) further up; what falls off the grid is lost."""
        source = np.arange(self.cells) + cells[:, None]
        inside = (source >= 0) & (source < self.cells)
        moved = np.take_along_axis(mass, np.clip(source, 0, self.cells - 1)[:, None, :], axis=2)
        moved = np.where(inside[:, None, :], moved, LEAST_MASS)
        result: FloatArray = moved / moved.sum(axis=(1, 2), keepdims=True)
        return result


@dataclass(frozen=True, kw_only=True)
class GrossErrors:
    """Density of a lot's log price around its level: mostly normal, sometimes far off (Huber 1964).

    Far lots lie on either side with exponential tails, more often below than above: undervaluation, damage and lower
    grades are cheap, only slips are dear. The share below is also what the level can stand: by it a level with half of
    its lots cut still lies at the uncut ones.

    Attributes:
        below, above: shares of lots that are far off on either side.
        tail: mean distance of a far lot, in logs.
    """

    below: float
    above: float
    tail: float

    def shares(self, error: FloatArray, sd: FloatArray, below: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """Density of `error` if the lot is ordinary and if it is far off, each times its share."""
        usual = (1.0 - below - self.above) / (np.sqrt(2 * np.pi) * sd) * np.exp(-0.5 * (error / sd) ** 2)
        return usual, np.where(error < 0, below, self.above) / self.tail * np.exp(-np.abs(error) / self.tail)

    def log_density(self, error: FloatArray, sd: FloatArray, below: FloatArray | float) -> FloatArray:
        """Log density of `error`, whichever the lot is; `below` is the share of far lots below."""
        usual, far = self.shares(error, sd, below)
        return np.log(usual + far)

    def probability_honest(self, error: FloatArray, sd: FloatArray, below: FloatArray | float) -> FloatArray:
        """How likely a lot is an ordinary one, given its error."""
        usual, far = self.shares(error, sd, below)
        return usual / (usual + far)

    def variance_kept(self, sd: FloatArray, below: FloatArray | float) -> FloatArray:
        """Share of the variance of ordinary lots that is left when each counts as far as it looks ordinary.

        The consistency factor of the spread, for normal lots of which none is far off.
        """
        x = np.linspace(-4.0, 4.0, 33)
        sd, below = np.asarray(sd)[:, None], np.asarray(below)[:, None]
        weight = np.exp(-0.5 * x**2) * self.probability_honest(sd * x, sd, below)
        result: FloatArray = (weight * x**2).sum(axis=1) / weight.sum(axis=1)
        return result
