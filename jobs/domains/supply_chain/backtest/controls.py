"""Quiet controls: national totals, assessed month by month; how often does nothing look like something?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.methods.mass import assess_mass, fit_all_pools
from jobs.domains.supply_chain.methods.quantity import QuantityConfig
from jobs.domains.supply_chain.methods.shortage import assess_shortage

FIRST_ASSESSED = 36
NOMINAL = 0.01


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Attributes: `name` and `months` of the series; `p` (S, T), that of SC-SHORT, NaN where not assessed."""

    name: list[str]
    months: NDArray[np.datetime64]
    p: FloatArray

    def alarms(self) -> NDArray[np.bool_]:
        """Months with p under one per cent, (S, T)."""
        return np.nan_to_num(self.p, nan=1.0) < NOMINAL


def assess_controls(totals: tuple[list[str], FloatArray, NDArray[np.datetime64]], config: QuantityConfig) -> Controls:
    """Assess every month of every total from the months before it, once an item has three years of them.

    Args:
        totals: names, mass (S, T) with NaN before an item's first month, months (T,).
        config: settings.
    """
    names, mass, months = totals
    at = np.arange(min(FIRST_ASSESSED - config.short.breaks.longest + 1, len(months)), len(months))
    verdict = assess_mass(mass, months, at, fit_all_pools(mass, months, at, config), config, intervals=False)
    p = np.full(mass.shape, np.nan)
    p[:, at] = assess_shortage(verdict, config).p_short
    seen = np.cumsum(np.isfinite(mass), axis=1) - np.isfinite(mass)
    return Controls(name=names, months=months, p=np.where(seen >= FIRST_ASSESSED, p, np.nan))
