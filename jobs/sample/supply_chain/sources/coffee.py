"""Green coffee: Korea's imports by country, and the two reference prices, in files of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jobs.sample.files import LandingFile
from jobs.sample.supply_chain.commodities import COMMODITIES
from jobs.sample.supply_chain.countries import name_ko
from jobs.sample.supply_chain.goods import COFFEE, COFFEE_NAME_KO
from jobs.sample.supply_chain.sources.kcs import trade_revisions
from jobs.sample.supply_chain.vintages import Delivery, changed, released
from jobs.sample.supply_chain.world import World

IMPORT_HEADER = (
    "year_month",
    "hs_code",
    "item_name",
    "country",
    "country_code",
    "import_weight_kg",
    "import_value_usd",
    "source",
    "notes",
)
PRICE_HEADER = (
    "year_month",
    "arabica_otm_usc_lb",
    "robusta_usc_lb",
    "arabica_otm_usd_per_kg",
    "robusta_usd_per_kg",
    "source",
)
_POUND_KG = 0.45359237


def coffee_imports(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month and country with any import; kg and USD (CIF)."""
    revisions = trade_revisions(world)
    is_coffee = (world.layout.hs6 == COFFEE)[:, None]
    columns = (world.import_mass, world.import_value)
    for delivery in deliveries:
        window = delivery.window
        mass, value = now = released(columns, revisions, window, delivery.newest)
        rows = changed(now, released(columns, revisions, window, delivery.previous)) & is_coffee
        lines = [
            (
                str(world.months[window[at]]),
                COFFEE,
                COFFEE_NAME_KO,
                name_ko(origin),
                origin,
                int(mass[series, at]),
                int(value[series, at]),
                "Korea Customs Service OpenAPI (data.go.kr)",
                "",
            )
            for at, origin, series in sorted(
                (int(at), str(world.layout.country[series]), int(series)) for series, at in np.argwhere(rows)
            )
        ]
        stem = "korea_coffee_imports_by_country"
        yield LandingFile(
            folder="kcs_coffee_090111", stem=stem, known_on=delivery.known_on, header=IMPORT_HEADER, rows=lines
        )


def coffee_prices(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month: US cents a pound and USD a kg. Never revised; the file begins with a BOM."""
    names = list(COMMODITIES)
    arabica, robusta = (world.commodity[names.index(name)] for name in ("Coffee, Arabica", "Coffee, Robusta"))
    for delivery in deliveries:
        lines = []
        for t in range(delivery.previous + 1, delivery.newest + 1):
            cents = [round(price[t] * _POUND_KG * 100, 6) for price in (arabica, robusta)]
            per_kg = [round(price[t], 3) for price in (arabica, robusta)]
            figures = (float(figure) for figure in (*cents, *per_kg))
            lines.append((str(world.months[t]), *figures, "FRED (IMF Primary Commodity Prices)"))
        yield LandingFile(
            folder="kcs_coffee_090111",
            stem="coffee_prices_fred",
            known_on=delivery.known_on,
            header=PRICE_HEADER,
            rows=lines,
            has_bom=True,
        )
