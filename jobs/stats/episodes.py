"""Episodes: runs of periods with a level above normal, so that one break is one alarm and not three."""

from __future__ import annotations

import numpy as np

from jobs.arrays import BoolArray, IntArray


def opened_period(level: IntArray) -> IntArray:
    """Index of the period in which the episode in force opened (level 2 or more), -1 without one; (N, T)."""
    opened = np.full(level.shape, -1, dtype=np.int64)
    running = np.full(len(level), -1, dtype=np.int64)
    for t in range(level.shape[1]):
        open_now = level[:, t] >= 2
        running = np.where(open_now, np.where(running >= 0, running, t), -1)
        opened[:, t] = running
    return opened


def entries(level: IntArray, least: int) -> BoolArray:
    """Periods in which an episode enters `least` from below, shape (N, T): the alarms that are counted."""
    high = level >= least
    entered = high.copy()
    entered[:, 1:] &= ~high[:, :-1]
    return entered
