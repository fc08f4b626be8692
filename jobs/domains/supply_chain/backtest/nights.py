"""Every night of a panel at once, by the very functions that a night runs: what was found, and how levels follow.

Only one vintage of the statistics exists, so a month counts as known from the 15th of the next, and every result is
a pseudo-vintage: later revisions are already in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.supply_chain.assessment import SourceFindings, combine_direction, gather_evidence
from jobs.domains.supply_chain.config import SupplyChainConfig
from jobs.domains.supply_chain.facts.panel import Panel, assess_standing
from jobs.domains.supply_chain.levels import Evidence, LevelRule, Levels, raise_levels
from jobs.domains.supply_chain.methods.pooling import Pools
from jobs.domains.supply_chain.series import assessed_columns, find_all


@dataclass(frozen=True, kw_only=True)
class Nights:
    """N series over K assessed months, each month as on its own night; arrays of shape (N, K).

    Attributes:
        mass: net mass in kg.
        p: the p-value tested downwards, NaN where the series was not watched or not testable.
        watched: eligible for alerts in that month.
        evidence: what the levels ask, nothing rejected yet.
    """

    mass: FloatArray
    p: FloatArray
    watched: BoolArray
    evidence: Evidence

    def take(self, rows: IntArray) -> Nights:
        """Some of the series, in the order of `rows`."""
        return Nights(
            mass=self.mass[rows],
            p=self.p[rows],
            watched=self.watched[rows],
            evidence=_each(self.evidence, lambda a: a[rows]),
        )

    def patched(self, rows: IntArray, columns: slice, other: Nights) -> Nights:
        """These nights with some months of some series replaced by the last months of other ones."""

        def patch(own: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
            out = own.copy()
            out[rows, columns] = new[:, new.shape[1] - (columns.stop - columns.start) :]
            return out

        return Nights(
            mass=patch(self.mass, other.mass),
            p=patch(self.p, other.p),
            watched=patch(self.watched, other.watched),
            evidence=Evidence(
                **{
                    f.name: None
                    if getattr(self.evidence, f.name) is None
                    else patch(getattr(self.evidence, f.name), getattr(other.evidence, f.name))
                    for f in fields(Evidence)
                }
            ),
        )

    def levels(self, rejected: BoolArray, rule: LevelRule) -> Levels:
        """Levels, given what is rejected."""
        return raise_levels(replace(self.evidence, rejected=rejected), rule)


def _each(evidence: Evidence, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Evidence:
    values = {field.name: getattr(evidence, field.name) for field in fields(Evidence)}
    return Evidence(**{name: None if value is None else change(value) for name, value in values.items()})


def assess_panel(panel: Panel, pools: Sequence[Pools], config: SupplyChainConfig) -> SourceFindings:
    """The findings of a panel in the months of the settings' span; every detector is run in all of them."""
    of_series, of_items = find_all(panel, pools, config, intervals=False)
    standing = assess_standing(panel, config.eligibility, config.vulnerability)
    return SourceFindings(
        panel=panel,
        standing=standing,
        columns=assessed_columns(panel, config.span),
        of_series={f.detector_id: f for f in of_series},
        of_items={f.detector_id: f for f in of_items},
        p_down=combine_direction(of_series, "down"),
        p_up=combine_direction(of_series, "up"),
    )


def nights_of(assessed: SourceFindings) -> Nights:
    """The series of an assessed panel over its assessed months."""
    watched = assessed.standing.is_watched[:, assessed.columns]
    evidence = gather_evidence(assessed, np.zeros(watched.shape, dtype=bool))
    p = np.where(watched, assessed.p_down, np.nan)
    return Nights(mass=assessed.panel.mass[:, assessed.columns], p=p, watched=np.isfinite(p), evidence=evidence)
