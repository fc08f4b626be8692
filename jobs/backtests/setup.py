"""From facts to a scored set-up: eligible series, replayed nights, seeded cuts."""

from __future__ import annotations

import numpy as np

from jobs.backtests.panel import Panel, assess_standing, standing_of_replaced
from jobs.backtests.replay import FIRST_NIGHT, replay_cuts, replay_nights
from jobs.backtests.score import CutSeries, Setup, select_standing
from jobs.methods.cuts import DEPTHS, draw_cuts, lay_cuts
from jobs.methods.mass import MassConfig


def prepare(panel: Panel, config: MassConfig, *, cuts: int, seed: int, hoarding: float = 0.0) -> Setup:
    """Replay every night of a panel, with and without seeded cuts.

    Args:
        panel: the facts; a month counts as known from the 15th of the next.
        config: settings of the mass model.
        cuts: number of places drawn; each is cut to every depth.
        seed: of the draw.
        hoarding: share of the cuts preceded by hoarding.
    """
    standing = assess_standing(panel)
    rows = np.flatnonzero(standing.eligible[:, FIRST_NIGHT:].any(axis=1))
    drawn = draw_cuts(standing.eligible, cuts, np.random.default_rng(seed), hoarding=hoarding)
    position = np.searchsorted(rows, drawn.row)
    replay = replay_nights(panel, rows, config)
    cut = {}
    for depth in DEPTHS:
        mass, value = lay_cuts(panel.mass, drawn, depth), lay_cuts(panel.value, drawn, depth)
        cut[depth] = CutSeries(
            mass=mass,
            judged=replay_cuts(panel, drawn, mass, replay, position, config),
            standing=standing_of_replaced(panel, drawn.row, mass, value),
        )
    return Setup(rows, panel.mass[rows], replay.judged, select_standing(standing, rows), drawn, position, cut)
