"""Recall and precision over worlds, with intervals that resample whole worlds.

Ours against the better baseline, paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.backtest.trial import BASELINES, ORACLE, OURS, Tally

RESAMPLES = 2_000
ENDS = (0.025, 0.975)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure and its 95 % interval, one value each of R rankings or C capacities."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Tallies of W worlds of one kind: R rankings, C capacities, S schemes, 3 cuts.

    Attributes:
        rankings: names, R of them; OURS, the two BASELINES and ORACLE among them.
        detected: (W, R, C, S, 3). cases: (W, S, 3). looks: (W, C). look_alikes: (W, R, C).
    """

    rankings: tuple[str, ...]
    detected: IntArray
    cases: IntArray
    looks: IntArray
    look_alikes: IntArray

    @classmethod
    def of(cls, rankings: Sequence[str], tallies: Sequence[Tally]) -> Scores:
        """The tallies of several worlds side by side."""
        names = ("detected", "cases", "looks", "look_alikes")
        counts = {name: np.stack([getattr(each, name) for each in tallies]) for name in names}
        return cls(rankings=tuple(rankings), **counts)

    def __len__(self) -> int:
        return len(self.looks)

    def recall(self, scheme: int | slice = slice(None), cut: int | slice = slice(None)) -> Estimate:
        """Share of the true cases looked at, (R, C); NaN where there is none."""
        return self._estimate(*self._recall_parts(scheme, cut))

    def precision(self) -> Estimate:
        """Share of true cases among the lots looked at, (R, C)."""
        return self._estimate(self.detected.sum(axis=(3, 4)), self._all_looks())

    def look_alike_share(self) -> Estimate:
        """Share of look-alikes among the lots looked at, (R, C)."""
        return self._estimate(self.look_alikes, self._all_looks())

    def gain(self, scheme: int | slice = slice(None)) -> tuple[Estimate, list[str]]:
        """Recall of ours less that of the better baseline at each capacity, (C,), and which one that is.

        The better one is that of all worlds; both are resampled together.
        """
        above, below = self._recall_parts(scheme, slice(None))
        rivals = [self.rankings.index(name) for name in BASELINES]
        whole = above.sum(axis=0)[rivals]
        best = np.array(rivals)[np.argmax(whole, axis=0)]
        mine, at = self.rankings.index(OURS), np.arange(above.shape[2])
        estimate = self._estimate(above[:, mine] - above[:, best, at], below[:, mine])
        return estimate, [self.rankings[b] for b in best]

    def share_of_oracle(self) -> Estimate:
        """Recall of ours over the oracle's, (C,)."""
        result = self.detected.sum(axis=(3, 4))
        return self._estimate(*(result[:, self.rankings.index(name)] for name in (OURS, ORACLE)))

    def _all_looks(self) -> IntArray:
        return np.broadcast_to(self.looks[:, None], self.look_alikes.shape)

    def _recall_parts(self, scheme: int | slice, cut: int | slice) -> tuple[IntArray, IntArray]:
        result = self.detected[:, :, :, _several(scheme), _several(cut)].sum(axis=(3, 4))
        cases = self.cases[:, _several(scheme), _several(cut)].sum(axis=(1, 2))
        return result, np.broadcast_to(cases[:, None, None], result.shape)

    def _estimate(self, above: IntArray, below: IntArray) -> Estimate:
        """Ratio of sums over worlds, and its interval; the same resamples for every figure."""
        drawn = np.random.default_rng(0).integers(0, len(self), (RESAMPLES, len(self)))
        weight = np.stack([np.bincount(each, minlength=len(self)) for each in drawn]).astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = above.sum(axis=0) / below.sum(axis=0)
            spread = np.tensordot(weight, above, axes=(1, 0)) / np.tensordot(weight, below, axes=(1, 0))
            lower, upper = np.quantile(np.where(np.isfinite(spread), spread, np.nan), ENDS, axis=0)
        return Estimate(value=value, lower=lower, upper=upper)


def _several(at: int | slice) -> slice:
    """One position as a slice of length one."""
    return at if isinstance(at, slice) else slice(at, at + 1)
