"""US imports by HS code and country, with the rest of the world as OTHER and the total as WORLD."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.sample.files import LandingFile
from jobs.sample.streams import stream
from jobs.sample.supply_chain.countries import choose_countries, name_us_census
from jobs.sample.supply_chain.vintages import Delivery, changed, draw_revisions, released
from jobs.sample.supply_chain.world import World

HEADER = ("month", "hs", "country", "country_name", "value_usd", "qty")
ITEMS = 8


def us_imports(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month, code and country; USD. The quantity is 0 at HS6, the ten-digit code has one."""
    keys, value, quantity = _simulate(world)
    revisions = draw_revisions(stream(world.seed, "us_revisions"), *value.shape)
    order = sorted(range(len(keys)), key=lambda cell: (keys[cell][0], cell))
    for delivery in deliveries:
        now, before = (
            _with_world(keys, released((value, quantity), revisions, delivery.window, newest))
            for newest in (delivery.newest, delivery.previous)
        )
        rows = changed(now, before)
        usd, qty = now
        lines = [
            (str(world.months[month]), *keys[cell], int(usd[cell, at]), int(qty[cell, at]))
            for at, month in enumerate(delivery.window)
            for cell in order
            if rows[cell, at]
        ]
        yield LandingFile(
            folder="us_imports",
            stem="us_imports_hs_country_monthly",
            known_on=delivery.known_on,
            header=HEADER,
            rows=lines,
        )


def _simulate(world: World) -> tuple[list[tuple[str, str, str]], FloatArray, FloatArray]:
    """(code, country, name) of each row, its value and its quantity; the WORLD rows still empty."""
    rng = stream(world.seed, "us_imports")
    items = world.layout.items
    codes = [items[i].hs6 for i in sorted(rng.permutation(len(items))[:ITEMS])]
    codes.append(codes[0] + "0010")
    keys: list[tuple[str, str, str]] = []
    values, quantities = [], []
    for code in codes:
        countries = ["KR", *(c for c in choose_countries(rng, world.size.partners) if c != "US")]
        keys += [(code, "WORLD", "TOTAL")]
        keys += [(code, c, name_us_census(c)) for c in countries] + [(code, "OTHER", "Others")]
        shape = (len(countries) + 1, len(world.months))
        scale = rng.lognormal(np.log(2e6), 1.5, (shape[0], 1)) * np.r_[np.full(len(countries), 1.0), 0.2][:, None]
        value = scale * rng.lognormal(0.0, 0.35, shape) * (rng.random(shape) < 0.9)
        values += [np.zeros((1, shape[1])), value]
        price = rng.lognormal(np.log(5.0), 0.3, shape) if len(code) > 6 else np.full(shape, np.inf)
        quantities += [np.zeros((1, shape[1])), value / price]
    return keys, np.vstack(values), np.vstack(quantities)


def _with_world(keys: list[tuple[str, str, str]], columns: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """The columns with each code's WORLD row filled with the sum of its countries as released."""
    totals = [cell for cell, key in enumerate(keys) if key[1] == "WORLD"]
    for column in columns:
        column[totals] = np.add.reduceat(column, totals, axis=0) - column[totals]
    return columns
