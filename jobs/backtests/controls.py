"""Quiet controls: national totals, judged month by month; how often does nothing look like something?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.methods.mass import MassConfig, fit_pools, judge_mass
from jobs.methods.shortage import judge_shortage

FloatArray = NDArray[np.float64]
FIRST_JUDGED = 36
NOMINAL = 0.01
LONGEST_MEMORY = 24  # months judged together, so that runs and shifts have their past


@dataclass(frozen=True)
class Controls:
    """Attributes: `name` and `months` of the series; `p` (S, T), the quantity family's, NaN where not judged."""

    name: list[str]
    months: NDArray[np.datetime64]
    p: FloatArray

    def alarms(self) -> NDArray[np.bool_]:
        """Months with p under one per cent, (S, T)."""
        return np.nan_to_num(self.p, nan=1.0) < NOMINAL


def judge_controls(totals: tuple[list[str], FloatArray, NDArray[np.datetime64]]) -> Controls:
    """Judge every month of every total from the months before it, once an item has three years of them.

    Args:
        totals: names, mass (S, T) with NaN before an item's first month, months (T,).
    """
    names, mass, months = totals
    p = np.full(mass.shape, np.nan)
    config = MassConfig()
    for t in range(FIRST_JUDGED, len(months)):
        seen = np.isfinite(mass[:, :t]).sum(axis=1) >= FIRST_JUDGED
        if not seen.any():
            continue
        pools = fit_pools(mass[:, :t], months[:t], config)
        at = np.arange(max(1, t - LONGEST_MEMORY), t + 1)
        rows = np.flatnonzero(seen)
        verdict = judge_mass(mass[rows][:, : t + 1], months[: t + 1], np.zeros(len(rows), dtype=np.int64), at, pools, config,
                             intervals=False)  # fmt: skip
        p[rows, t] = judge_shortage(verdict).p[:, -1]
    return Controls(names, months, p)
