"""World indicators: the Pink Sheet's commodity prices and the supply-chain pressure index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jobs.sample.files import LandingFile
from jobs.sample.streams import stream
from jobs.sample.supply_chain.commodities import COMMODITIES
from jobs.sample.supply_chain.vintages import Delivery, Revisions, draw_revisions, errors_at
from jobs.sample.supply_chain.world import World

PRESSURE_REVISION = 3.0  # standard deviations of the index per log unit of an ordinary revision
DISCONTINUED = 2  # series that end, printed "..." from then on


def pinksheet(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month, one column a commodity, nominal USD; only the last month's prices are ever corrected."""
    rng = stream(world.seed, "pinksheet")
    ends = {int(c): int(rng.integers(6, len(world.months))) for c in rng.permutation(len(COMMODITIES))[:DISCONTINUED]}
    revisions = _last_month_only(draw_revisions(rng, *world.commodity.shape))
    for delivery in deliveries:
        window = delivery.window
        now, before = (
            world.commodity[:, window] * np.exp(errors_at(revisions, window, newest))
            for newest in (delivery.newest, delivery.previous)
        )
        lines = []
        for at, month in enumerate(window):
            if month > delivery.previous or (now[:, at] != before[:, at]).any():
                prices = [float(f"{price:.10g}") for price in now[:, at]]
                cells = ["..." if month >= ends.get(c, len(world.months)) else price for c, price in enumerate(prices)]
                lines.append((str(world.months[month]), *cells))
        header = ("period", *COMMODITIES)
        yield LandingFile(
            folder="pinksheet", stem="pinksheet_monthly_tidy", known_on=delivery.known_on, header=header, rows=lines
        )


def gscpi(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month: standard deviations from the mean, revised for three months."""
    revisions = draw_revisions(stream(world.seed, "gscpi"), 1, len(world.months))
    for delivery in deliveries:
        window = delivery.window
        now, before = (
            world.pressure[window] + PRESSURE_REVISION * errors_at(revisions, window, newest)[0]
            for newest in (delivery.newest, delivery.previous)
        )
        lines = [
            (f"{world.months[month]}-01", round(float(now[at]), 12))
            for at, month in enumerate(window)
            if month > delivery.previous or now[at] != before[at]
        ]
        yield LandingFile(
            folder="gscpi", stem="gscpi_monthly", known_on=delivery.known_on, header=("date", "value"), rows=lines
        )


def _last_month_only(revisions: Revisions) -> Revisions:
    error = revisions.error.copy()
    error[..., 1:] = 0.0
    return Revisions(error=error, late=revisions.late)
