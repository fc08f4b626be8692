"""Series with a break laid into them, assessed by the night's own code in the nights that the break touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from jobs.domains.supply_chain.backtest.cuts import HOARD_MONTHS, LENGTH, Cuts, lay_cuts
from jobs.domains.supply_chain.backtest.nights import Nights, assess_panel, nights_of
from jobs.domains.supply_chain.config import Span, SupplyChainConfig
from jobs.domains.supply_chain.facts.panel import Panel
from jobs.domains.supply_chain.methods.pooling import Pools

TOUCHED = HOARD_MONTHS + LENGTH  # months a break may change


def replaced_panel(panel: Panel, cuts: Cuts, depth: float, until: int) -> tuple[Panel, np.ndarray]:
    """For each cut a copy of its whole item in which only the cut's series is changed, and the row of that series.

    Args:
        panel: the facts without cuts.
        cuts: N cuts.
        depth: what each leaves.
        until: months kept.
    """
    of_item = panel.item[cuts.row]
    members = [np.flatnonzero(panel.item == i) for i in of_item]
    gathered = np.concatenate(members)
    first = np.concatenate([[0], np.cumsum([len(m) for m in members])[:-1]]).astype(int)
    place = first + np.array([int(np.searchsorted(m, row)) for m, row in zip(members, cuts.row, strict=True)])
    mass, value = panel.mass[gathered][:, :until], panel.value[gathered][:, :until]
    mass[place] = lay_cuts(panel.mass, cuts, depth)[:, :until]
    value[place] = lay_cuts(panel.value, cuts, depth)[:, :until]
    copied = replace(
        panel,
        mass=mass,
        value=value,
        item=np.repeat(np.arange(len(of_item)), [len(m) for m in members]),
        months=panel.months[:until],
        exports=panel.exports[of_item][:, :until],
        total=panel.total[of_item][:, :until],
        hs_code=panel.hs_code[of_item],
        origin=panel.origin[gathered],
        record=panel.record[gathered][:, :until],
        is_assumed=panel.is_assumed[gathered][:, :until],
        is_begun=panel.is_begun[gathered][:, :until],
    )
    return copied, place


def assess_cuts(
    panel: Panel, cuts: Cuts, depth: float, quiet: Nights, pools: Sequence[Pools], config: SupplyChainConfig
) -> Nights:
    """The nights of each cut's series, with the touched ones assessed again, all else as it was; N series.

    Args:
        panel: facts without cuts.
        cuts: where the cuts lie.
        depth: what each leaves.
        quiet: nights of the cuts' series without cuts, shape (N, K).
        pools: priors of the K assessed months; one cut series does not change them.
        config: settings.
    """
    nights, lead = quiet, len(panel.months) - len(pools)
    # Each touched month is asked together with those before it.
    asked = TOUCHED + config.quantity.short.breaks.longest - 1
    spanned = replace(config, span=Span(asked, asked))
    for start in np.unique(cuts.start):
        group = np.flatnonzero(cuts.start == start)
        end = int(start) + LENGTH
        copied, place = replaced_panel(panel, cuts.take(group), depth, end)
        priors = pools[end - lead - asked : end - lead]
        again = nights_of(assess_panel(copied, priors, spanned)).take(place)
        nights = nights.patched(group, slice(end - lead - TOUCHED, end - lead), again)
    return nights
