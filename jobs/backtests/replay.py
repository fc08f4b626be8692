"""Nights replayed month by month: what the detector would have said with what was known then.

Only one vintage of the statistics exists, so a month counts as known from the 15th of the next, and every
result is a pseudo-vintage: later revisions are already in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.backtests.panel import Panel
from jobs.methods.cuts import HOARD_MONTHS, LENGTH, Cuts
from jobs.methods.mass import MassConfig, Pools, fit_pools, judge_mass
from jobs.methods.shortage import size_residual

FloatArray = NDArray[np.float64]
FIRST_NIGHT = 12  # months of history before the first night


@dataclass(frozen=True)
class Judged:
    """One cell is one series judged in one month on its own night, shape (N, T); NaN where nothing was judged.

    Attributes:
        p: lower-tail p of the month's mass (SC-DROP).
        z: residual of the size, `shortage.size_residual`.
        p_empty: chance of an empty month.
        ratio: observed over expected.
    """

    p: FloatArray
    z: FloatArray
    p_empty: FloatArray
    ratio: FloatArray


@dataclass(frozen=True)
class Replay:
    """Every series judged on every night, and the priors of each night (None before the first)."""

    judged: Judged
    pools: list[Pools | None]


def replay_nights(panel: Panel, rows: NDArray[np.int64], config: MassConfig, first: int = FIRST_NIGHT) -> Replay:
    """Judge the given series (N,) on every night from month `first` on; priors come from all series."""
    total = len(panel.months)
    judged = Judged(*(np.full((len(rows), total), np.nan) for _ in range(4)))
    pools: list[Pools | None] = [None] * total
    for t in range(first, total):
        pools[t] = fit_pools(panel.mass[:, :t], panel.months[:t], config)
        _judge_night(judged, np.arange(len(rows)), panel.mass[rows], panel, t, pools[t], config)
    return Replay(judged, pools)


def replay_cuts(
    panel: Panel,
    cuts: Cuts,
    mass: FloatArray,
    replay: Replay,
    position: NDArray[np.int64],
    config: MassConfig,
) -> Judged:
    """The nights a cut touches judged again with the cut series, all else as it was, shape (N, T).

    Args:
        panel: facts without cuts.
        cuts: where the cuts lie.
        mass: the cut series, shape (N, T).
        replay: nights without cuts.
        position: row of each cut's series in `replay`, shape (N,).
        config: settings of the detector.
    """
    judged = Judged(
        *(a[position].copy() for a in (replay.judged.p, replay.judged.z, replay.judged.p_empty, replay.judged.ratio))
    )
    lead = np.where(cuts.hoard != 1.0, HOARD_MONTHS, 0)
    for t, pools in enumerate(replay.pools):
        touched = np.flatnonzero((t >= cuts.start - lead) & (t < cuts.start + LENGTH))
        if pools is not None and len(touched):
            _judge_night(judged, touched, mass[touched], panel, t, pools, config)
    return judged


def _judge_night(
    judged: Judged,
    into: NDArray[np.int64],
    mass: FloatArray,
    panel: Panel,
    t: int,
    pools: Pools | None,
    config: MassConfig,
) -> None:
    if pools is None:
        return
    group = np.zeros(len(mass), dtype=np.int64)
    verdict = judge_mass(mass[:, : t + 1], panel.months[: t + 1], group, np.array([t]), pools, config, intervals=False)
    judged.p[into, t] = verdict.p_drop[:, 0]
    judged.z[into, t] = size_residual(verdict)[:, 0]
    judged.p_empty[into, t] = np.nan if verdict.p_empty is None else verdict.p_empty[:, 0]
    judged.ratio[into, t] = (verdict.observed / verdict.expected)[:, 0]
