"""From facts to what a score needs: nights as they were, seeded cuts, nights with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jobs.domains.supply_chain.backtest.cuts import DEPTHS, Cuts, draw_cuts
from jobs.domains.supply_chain.backtest.nights import Nights, assess_panel, nights_of
from jobs.domains.supply_chain.backtest.replaced import assess_cuts
from jobs.domains.supply_chain.config import Span, SupplyChainConfig
from jobs.domains.supply_chain.facts.panel import Panel
from jobs.domains.supply_chain.series import learn_priors

HOARDING = 0.5  # share of the cuts that hoarding precedes


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything a score needs; K assessed months.

    Attributes:
        rows: series ever watched, of the panel's S, shape (R,).
        first: column of the panel of the first assessed month.
        nights: their nights as they were, (R, K).
        cuts: places of N cuts, in rows and columns of the panel; position: their row among the R.
        cut: nights of the cuts' series by depth, (N, K).
    """

    rows: NDArray[np.int64]
    first: int
    nights: Nights
    cuts: Cuts
    position: NDArray[np.int64]
    cut: dict[float, Nights]

    @property
    def begin(self) -> NDArray[np.int64]:
        """Assessed month in which each cut begins, (N,)."""
        return self.cuts.start - self.first


def prepare(panel: Panel, config: SupplyChainConfig, *, cuts: int, seed: int, hoarding: float = HOARDING) -> Setup:
    """Assess every night of a panel, with and without seeded cuts.

    Args:
        panel: the facts; a month counts as known from the 15th of the next.
        config: settings of a night; the span is the whole panel.
        cuts: number of places drawn; each is cut to every depth.
        seed: of the draw.
        hoarding: share of the cuts preceded by hoarding.
    """
    whole = replace(config, span=Span(len(panel.months), len(panel.months)))
    pools = learn_priors(panel, whole).pools
    assessed = assess_panel(panel, pools, whole)
    everything = nights_of(assessed)
    rows = np.flatnonzero(everything.watched.any(axis=1))
    drawn = draw_cuts(assessed.standing.is_watched, cuts, np.random.default_rng(seed), hoarding=hoarding)
    quiet = everything.take(drawn.row)
    cut = {depth: assess_cuts(panel, drawn, depth, quiet, pools, config) for depth in DEPTHS}
    first = int(assessed.columns[0])
    return Setup(
        rows=rows,
        first=first,
        nights=everything.take(rows),
        cuts=drawn,
        position=np.searchsorted(rows, drawn.row),
        cut=cut,
    )
