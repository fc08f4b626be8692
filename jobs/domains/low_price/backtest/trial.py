"""One world under several rankings: which lots each would have looked at, night by night, under a capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray

CAPACITIES = (0.01, 0.02, 0.05, 0.10)
CUTS = (0.20, 0.35, 0.50)
HONEST = -1
OURS, ORACLE = "ours", "oracle"
BASELINES = ("kalman_2007", "median_mad")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """N lots of one world, those of the warm-up left out.

    Attributes:
        night: day on which each is assessed, (N,).
        scores: by name of the ranking, larger for more suspect, NaN last, (N,) each.
        scheme: of a true case its number, `HONEST` elsewhere, (N,).
        cut: of a true case its position in `CUTS`, -1 elsewhere, (N,).
        is_look_alike: honest, but cheap or otherwise like a case, (N,).
        features: what our ranking reads of each lot, by name, (N,) each.
        known: day on which the newest of that became known, (N,).
    """

    night: IntArray
    scores: Mapping[str, FloatArray]
    scheme: IntArray
    cut: IntArray
    is_look_alike: BoolArray
    features: Mapping[str, FloatArray]
    known: IntArray

    def __len__(self) -> int:
        return len(self.night)

    @property
    def is_case(self) -> BoolArray:
        return np.asarray(self.scheme != HONEST)

    def take(self, rows: BoolArray) -> Trial:
        """Some of the lots."""

        def part(columns: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
            return {name: values[rows] for name, values in columns.items()}

        night, scheme, cut = self.night[rows], self.scheme[rows], self.cut[rows]
        alike, known = self.is_look_alike[rows], self.known[rows]
        return Trial(
            night=night,
            scores=part(self.scores),
            scheme=scheme,
            cut=cut,
            is_look_alike=alike,
            features=part(self.features),
            known=known,
        )


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Looks and what they found in one world: R rankings, C capacities, S schemes, 3 cuts.

    Attributes:
        detected: true cases looked at, (R, C, S, 3).
        cases: true cases, (S, 3).
        looks: lots looked at, (C,); the same for every ranking.
        look_alikes: look-alikes looked at, (R, C).
    """

    detected: IntArray
    cases: IntArray
    looks: IntArray
    look_alikes: IntArray


def tally(trial: Trial, schemes: int) -> Tally:
    """What each ranking finds at each capacity."""
    cell = np.where(trial.is_case, trial.scheme * len(CUTS) + trial.cut, -1)
    shape = (schemes, len(CUTS))

    def count(rows: BoolArray) -> IntArray:
        return np.bincount(cell[rows & trial.is_case], minlength=schemes * len(CUTS)).reshape(shape)

    chosen = [[choose_nightly(score, trial.night, c) for c in CAPACITIES] for score in trial.scores.values()]
    return Tally(
        detected=np.array([[count(rows) for rows in each] for each in chosen]),
        cases=count(trial.is_case),
        looks=np.array([int(rows.sum()) for rows in chosen[0]]),
        look_alikes=np.array([[int(trial.is_look_alike[rows].sum()) for rows in each] for each in chosen]),
    )


def choose_nightly(score: FloatArray, night: IntArray, capacity: float) -> BoolArray:
    """The lots looked at, (N,): of each night those of the largest scores, equal ones in their order.

    A night may look at `capacity` of its lots; what a whole number of looks leaves over goes to the next night, so that
    small nights do not round the capacity away.
    """
    if not len(night):
        return np.zeros(0, dtype=bool)
    order = np.lexsort((np.where(np.isfinite(score), -score, np.inf), night))
    _, first, lots = np.unique(night[order], return_index=True, return_counts=True)
    looks = np.diff(np.floor(capacity * np.cumsum(lots) + 1e-9), prepend=0.0)
    rank = np.arange(len(night)) - np.repeat(first, lots)
    chosen = np.zeros(len(night), dtype=bool)
    chosen[order] = rank < np.repeat(looks, lots)
    return chosen
