"""Unit prices of every series: a base price that follows the chapter's commodity, with noise by origin."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray
from jobs.sample.streams import stream
from jobs.sample.supply_chain.commodities import COMMODITIES
from jobs.sample.supply_chain.layout import Layout


def draw_item_prices(seed: int, layout: Layout) -> FloatArray:
    """The usual unit price of each item, USD/kg, anywhere in its chapter's range."""
    rng = stream(seed, "item_prices")
    low, high = np.log(np.array([item.chapter.price for item in layout.items])).T
    level: FloatArray = np.exp(rng.uniform(low, high))
    return level


def simulate_unit_prices(seed: int, layout: Layout, item_price: FloatArray, commodity: FloatArray) -> FloatArray:
    """Import (CIF) unit prices, USD/kg, series x months.

    Half to nine tenths of the commodity's log change since the start is passed on, one month late.
    """
    rng = stream(seed, "unit_prices")
    names = list(COMMODITIES)
    followed = commodity[[names.index(item.chapter.commodity) for item in layout.items]]
    change = np.log(followed / followed[:, :1])
    change = np.concatenate([change[:, :1], change[:, :-1]], axis=1)
    passed_on = rng.uniform(0.5, 0.9, len(layout.items))[:, None] * change
    premium = rng.normal(0.0, 0.15, len(layout.share))
    sd = rng.lognormal(np.log(0.06), 0.5, len(layout.share))
    noise = rng.standard_normal((len(layout.share), commodity.shape[1])) * sd[:, None]
    log_price = np.log(item_price)[layout.item_of] + premium
    return np.exp(log_price[:, None] + passed_on[layout.item_of] + noise)


def add_parcels(seed: int, mass: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Samples and parcels in otherwise empty months: up to 5 kg, often less than one, at any price."""
    rng = stream(seed, "parcels")
    arrives = (mass == 0) & (rng.random(mass.shape) < 0.15)
    parcel_kg = rng.exponential(1.2, mass.shape)
    parcel_usd = rng.lognormal(np.log(120), 1.2, mass.shape)
    return np.where(arrives, parcel_kg, mass), np.where(arrives, parcel_usd, value)
