"""Many point-mass levels kept between the days on which something is seen of them."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.stats.levels.point_mass import Motion


class MarketLevels:
    """S levels, each as of the evening it was last seen.

    Attributes:
        mass: (S, C, K) joint over speed and cell; centre: log price at the middle of each grid, (S,).
        mean, variance: of the level, (S,); rate: variance a day adds, (S,).
        last: day last seen, (S,); is_alive: ever seen, (S,).
    """

    def __init__(self, size: int, motion: Motion) -> None:
        self.motion = motion
        # Single precision halves the memory and the time; the grid is far coarser than it.
        self.mass = np.zeros((size, len(motion.speeds), motion.cells), dtype=np.float32)
        self.centre, self.mean, self.variance, self.rate = (np.zeros(size) for _ in range(4))
        self.last = np.zeros(size, dtype=np.int64)
        self.is_alive = np.zeros(size, dtype=bool)

    def start(self, rows: IntArray, centre: FloatArray, sd: FloatArray, day: int) -> None:
        """Levels never seen, normal around `centre` with `sd`, every speed as likely."""
        self.centre[rows], self.is_alive[rows] = centre, True
        self.settle(rows, self.motion.start(sd), day)

    def carry(self, rows: IntArray, day: int, variance: FloatArray) -> FloatArray:
        """Mass of the levels in the morning of `day`, widened by a further `variance`."""
        return self.motion.carry(self.mass[rows], (day - self.last[rows]).astype(float), variance)

    def settle(self, rows: IntArray, mass: FloatArray, day: int) -> None:
        """Keep the posterior of an evening, its grid moved under it where it has gone far."""
        mean, variance = self.motion.moments(mass)
        cells = np.rint(mean / self.motion.step).astype(np.int64)
        cells[np.abs(cells) <= self.motion.cells // 6] = 0
        far = np.flatnonzero(cells)
        if far.size:
            mass[far] = self.motion.shift(mass[far], cells[far])
            mean[far], variance[far] = self.motion.moments(mass[far])
            self.centre[rows] += cells * self.motion.step
        self.mean[rows], self.variance[rows] = self.centre[rows] + mean, variance
        self.rate[rows] = (mass.sum(axis=2) * self.motion.daily_variance).sum(axis=1)
        self.mass[rows], self.last[rows] = mass, day
