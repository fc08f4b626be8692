"""What SC-RUN and SC-SHIFT do in quiet worlds: the tables their p-values are read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.backtests.panel import Panel
from jobs.backtests.replay import replay_nights
from jobs.backtests.worlds import WorldShape, simulate_world
from jobs.methods.cusum import calibrate_limit, cusum
from jobs.methods.hurdle import density_class
from jobs.methods.mass import MassConfig
from jobs.methods.shortage import run_statistic

FloatArray = NDArray[np.float64]
QUIET = WorldShape(lumpy=0.0, steady_rate=0.0, jump=0.0)  # nothing breaks, nothing collapses
TAIL = np.geomspace(0.5, 0.0004, 24)
SHIFT_RATE = 0.01
BURN_IN = 12


@dataclass(frozen=True)
class Tables:
    """Tables by density class (dense, medium, sparse).

    Attributes:
        run, shift: statistic exceeded with each chance of TAIL, shape (3, P).
        limit: CUSUM limit at one alarm in a hundred series-months, shape (3,).
    """

    run: FloatArray
    shift: FloatArray
    limit: FloatArray


def panel_of_world(seed: int, shape: WorldShape | None = None) -> Panel:
    """A seeded world as the facts of a back-test."""
    world = simulate_world(seed, shape)
    total = np.zeros((int(world.item.max()) + 1, len(world.months)))
    np.add.at(total, world.item, world.value)
    name = np.array([f"hs={i:06d}|origin={n}" for n, i in enumerate(world.item)])
    return Panel(world.mass, world.value, world.item, world.months, total / world.import_export[:, None], name)


def build_tables(seeds: Iterable[int], config: MassConfig) -> Tables:
    """Tables from the quiet worlds of the given seeds, every series judged on every night."""
    residuals, kinds = [], []
    for seed in seeds:
        panel = panel_of_world(seed, QUIET)
        judged = replay_nights(panel, np.arange(len(panel.mass)), config).judged
        residuals.append(judged.z)
        kinds.append(density_class(1.0 - np.nan_to_num(judged.p_empty, nan=1.0)))
    z, kind = np.concatenate(residuals), np.concatenate(kinds)
    run, shift, limit = [], [], []
    for c in range(3):
        rows = kind[:, -1] == c
        bound = calibrate_limit(z[rows], SHIFT_RATE, "down", burn_in=BURN_IN)
        trace = cusum(z[rows], "down", limit=bound).statistic
        pair = run_statistic(z)
        cells = (kind == c) & np.isfinite(pair)
        run.append(np.quantile(pair[cells], 1.0 - TAIL))
        known = trace[:, BURN_IN:]
        shift.append(np.quantile(known[np.isfinite(known)], 1.0 - TAIL))
        limit.append(bound)
    return Tables(np.array(run), np.array(shift), np.array(limit))
