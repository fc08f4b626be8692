"""Korea Customs Service statistics: by HS6 and country, by HSK10, and by HSK10 for some countries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jobs.sample.files import LandingFile
from jobs.sample.streams import stream
from jobs.sample.supply_chain.countries import name_ko
from jobs.sample.supply_chain.goods import COFFEE
from jobs.sample.supply_chain.vintages import Delivery, Revisions, changed, draw_revisions, released
from jobs.sample.supply_chain.world import World

COUNTRY_HEADER = (
    "year",
    "statCd",
    "statCdCntnKor1",
    "statKor",
    "hsCd",
    "impWgt",
    "impDlr",
    "expWgt",
    "expDlr",
    "balPayments",
)
TOTAL_HEADER = (
    "STD_YYYYMM",
    "hs_code",
    "country_code",
    "country_name",
    "export_weight_kg",
    "export_value_usd",
    "import_weight_kg",
    "import_value_usd",
    "trade_balance_usd",
    "provider",
    "source_endpoint",
    "retrieved_at",
)
_PROVIDER = "korea_customs_service"
_ITEMS = "https://apis.data.go.kr/1220000/Itemtrade/getItemtradeList"
_ITEMS_BY_COUNTRY = "https://apis.data.go.kr/1220000/nitemtrade/getNitemtradeList"

Line = tuple[str, str, str, int, int, int, int]


def trade_revisions(world: World) -> Revisions:
    """The revisions of the customs statistics: the same ones whichever table a figure is published in."""
    return draw_revisions(stream(world.seed, "trade_revisions"), *world.import_mass.shape)


def trade_country(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month, country and HS6 with any trade; mass in kg, value in USD."""
    hs6, country = world.layout.hs6, world.layout.country
    names = {item.hs6: item.name_ko for item in world.layout.items}
    published = hs6 != COFFEE  # coffee has a file of its own
    for delivery, lines in _deliver(world, deliveries, (country, hs6), published):
        rows = [
            (month.replace("-", "."), origin, name_ko(origin), names[code], code, *figures, figures[3] - figures[1])
            for month, origin, code, *figures in lines
        ]
        stem = "nitemtrade_hs6_country"
        yield LandingFile(
            folder="kcs_trade_country", stem=stem, known_on=delivery.known_on, header=COUNTRY_HEADER, rows=rows
        )


def trade_total(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month and HSK10, all countries together: the sum of what the table by country then says."""
    codes = np.array([item.hsk10 for item in world.layout.items])
    published = np.array([item.hs6 != COFFEE for item in world.layout.items])
    keys = (codes, np.full(len(codes), "ALL"))
    for delivery, lines in _deliver(world, deliveries, keys, published, by_item=True):
        rows = [_total_row(line, "", _ITEMS, delivery) for line in lines]
        yield LandingFile(
            folder="kcs_trade_total", stem="itemtrade_hsk10", known_on=delivery.known_on, header=TOTAL_HEADER, rows=rows
        )


def trade_total_country(world: World, deliveries: list[Delivery]) -> Iterator[LandingFile]:
    """One row a month, HSK10 and country, for China and a few others only: an uneven file, as the real one."""
    layout = world.layout
    chosen = stream(world.seed, "trade_total_country").random(len(layout.country)) < 0.1
    published = ((layout.country == "CN") | chosen) & (layout.hs6 != COFFEE)
    codes = np.array([item.hsk10 for item in layout.items])[layout.item_of]
    for delivery, lines in _deliver(world, deliveries, (codes, layout.country), published):
        rows = [_total_row(line, name_ko(line[2]), _ITEMS_BY_COUNTRY, delivery) for line in lines]
        stem = "nitemtrade_hsk10_country"
        yield LandingFile(
            folder="kcs_trade_total", stem=stem, known_on=delivery.known_on, header=TOTAL_HEADER, rows=rows
        )


def _deliver(
    world: World,
    deliveries: list[Delivery],
    keys: tuple[NDArray[np.str_], NDArray[np.str_]],
    published: NDArray[np.bool_],
    by_item: bool = False,
) -> Iterator[tuple[Delivery, list[Line]]]:
    """For each delivery its new and changed lines, in order of month and keys.

    A line: month, both keys, import mass and value, export mass and value.
    """
    revisions = trade_revisions(world)
    columns = (world.import_mass, world.import_value, world.export_mass, world.export_value)
    for delivery in deliveries:
        now, before = (
            released(columns, revisions, delivery.window, newest) for newest in (delivery.newest, delivery.previous)
        )
        if by_item:
            now, before = ([world.layout.sum_by_item(c) for c in version] for version in (now, before))
        cell, at = np.nonzero(changed(now, before) & published[:, None])
        order = np.lexsort((keys[1][cell], keys[0][cell], at))
        cell, at = cell[order], at[order]
        month = world.months[delivery.window[at]].astype(str).tolist()
        texts = (month, *(key[cell].tolist() for key in keys))
        figures = (column[cell, at].tolist() for column in now)
        yield delivery, list(zip(*texts, *figures, strict=True))


def _total_row(line: Line, country_name: str, endpoint: str, delivery: Delivery) -> tuple[object, ...]:
    month, code, country, imp_kg, imp_usd, exp_kg, exp_usd = line
    amounts = (exp_kg, exp_usd, imp_kg, imp_usd, exp_usd - imp_usd)
    return (
        month,
        code,
        country,
        country_name,
        *amounts,
        _PROVIDER,
        endpoint,
        f"{delivery.known_on}T00:00:00.000000+00:00",
    )
