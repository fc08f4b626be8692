"""China's exports by partner: the mirror of Korea's imports, shipped earlier and valued without freight."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.sample.files import LandingFile
from jobs.sample.streams import stream
from jobs.sample.supply_chain.countries import choose_countries, name_en
from jobs.sample.supply_chain.goods import COFFEE
from jobs.sample.supply_chain.vintages import Delivery, changed, draw_revisions, released
from jobs.sample.supply_chain.world import World

HEADER = ("period_dt", "partner_name", "hs6", "val", "qty", "uv")
ITEMS = 3
SAME_MONTH = 0.6  # of what arrives in a month left China in it, the rest the month before
FREIGHT = (0.04, 0.10)  # share of the CIF value


def china_exports(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month, partner and HS6; USD (FOB), kg, and their ratio ("inf" for 0 kg)."""
    layout = world.layout
    from_china = np.flatnonzero((layout.country == "CN") & layout.is_origin & (layout.hs6 != COFFEE))
    if not len(from_china):
        return
    keys, mass, value = _mirror(world, from_china)
    columns = (mass * 1000, value)  # grams, so that rounding keeps three decimals of a kilogram
    revisions = draw_revisions(stream(world.seed, "china_revisions"), *mass.shape)
    for delivery in deliveries:
        window = delivery.window
        grams, usd = now = released(columns, revisions, window, delivery.newest)
        rows = changed(now, released(columns, revisions, window, delivery.previous))
        lines = []
        for at, (partner, hs6), cell in sorted((int(at), keys[cell], int(cell)) for cell, at in np.argwhere(rows)):
            qty, val = grams[cell, at] / 1000, float(usd[cell, at])
            unit_value = val / qty if qty else float("inf")
            lines.append((f"{world.months[window[at]]}-01", partner, hs6, val, float(qty), float(unit_value)))
        stem = "china_exports_hs6_partner_monthly"
        yield LandingFile(
            folder="china_exports_graphite_gallium", stem=stem, known_on=delivery.known_on, header=HEADER, rows=lines
        )


def _mirror(world: World, from_china: NDArray[np.int64]) -> tuple[list[tuple[str, str]], FloatArray, FloatArray]:
    """(partner, HS6) of each row, its mass and its value, rows x months."""
    rng = stream(world.seed, "china_exports")
    mirrored = rng.permutation(from_china)[:ITEMS]
    keys: list[tuple[str, str]] = []
    masses, values = [], []
    for series in mirrored:
        others = [c for c in choose_countries(rng, world.size.partners) if c != "CN"]
        keys += [(name_en(code), world.layout.hs6[series]) for code in ["KR", *others]]
        to_korea = _shipped(rng, world.import_mass[series])
        scale = to_korea.mean() * rng.lognormal(-1.0, 1.3, (len(others), 1))
        shape = (len(others), len(world.months))
        to_others = scale * rng.lognormal(0.0, 0.5, shape) * (rng.random(shape) < 0.8)
        mass = np.vstack([to_korea, to_others])
        masses.append(mass)
        fob = world.unit_price[series] * (1 - rng.uniform(*FREIGHT))
        values.append(mass * fob * rng.lognormal(0.0, 0.05, mass.shape))
    return keys, np.vstack(masses), np.vstack(values)


def _shipped(rng: np.random.Generator, arrived: FloatArray) -> FloatArray:
    """What left China in each month for Korea, given what arrived there."""
    following = np.r_[arrived[1:], arrived[-1:]]
    shipped = SAME_MONTH * arrived + (1 - SAME_MONTH) * following
    uneven: NDArray[np.float64] = shipped * rng.lognormal(0.0, 0.05, arrived.shape)
    return uneven
