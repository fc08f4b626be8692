"""Korea's own exports by item and country: smaller than its imports, and often absent."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray
from jobs.sample.streams import stream
from jobs.sample.supply_chain.layout import Layout


def simulate_exports(
    seed: int, layout: Layout, item_mass: FloatArray, unit_price: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Export mass (kg) and FOB value (USD), series x months.

    Args:
        item_mass: usual monthly import mass of each item, kg; it sets the scale of the item's exports.
        unit_price: import unit prices, USD/kg, series x months; goods leave at about the same price.
    """
    rng = stream(seed, "exports")
    share_of_imports = rng.lognormal(np.log(0.3), 1.3, len(layout.items))
    weight = rng.exponential(1.0, len(layout.share)) * np.where(layout.is_origin, 0.3, 1.0)
    scale = (item_mass * share_of_imports)[layout.item_of] * weight / layout.sum_by_item(weight)[layout.item_of]
    trades = rng.random(len(weight)) < np.where(layout.is_origin, 0.4, 1.0)
    chance = np.where(trades, rng.beta(3.0, 1.0, len(weight)), 0.0)
    arrives = rng.random(unit_price.shape) < chance[:, None]
    mass = scale[:, None] * rng.lognormal(0.0, 0.5, unit_price.shape) * arrives
    return mass, mass * unit_price * rng.lognormal(-0.03, 0.08, unit_price.shape)
