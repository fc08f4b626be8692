"""The lots as they truly are, before anybody cheats: when, how much, of which specification."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.sample.low_price.days import Calendar, month_of, year_fraction
from jobs.sample.low_price.parameters import (
    CHILLED_FACTOR,
    GRADE_FACTOR,
    GRADE_SHARE,
    LEVEL_FACTOR,
    OLD_CROP_FACTOR,
    OTHER_PACKAGING_FACTOR,
    QUANTITY_ELASTICITY,
)
from jobs.sample.low_price.prices import Prices
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.routes import REGION_NAMES, REGIONS
from jobs.sample.low_price.trades import Trades
from jobs.sample.streams import stream

Columns = TypeVar("Columns")

LOT_LOG_SD = 0.35
MAX_LOT_KG = 180_000.0
OLD_CROP_SHARE = 0.15


@dataclass(frozen=True, kw_only=True)
class DrawnLots:
    """N lots in the order of trades and, within a trade, of days.

    Attributes:
        trade: whose lot it is. declared, shipped: days since 1970-01-01.
        mass: net mass in kg, whole packages. shipment: lots of equal number travel on one bill of lading, as those
            of a trade that are declared on the same day do.
        grade: 0 to 2, or -1 where the product has none. crop_year: year, or -1.
        factor: what specification, trade level and quantity make of the price of the goods.
    """

    trade: IntArray
    declared: IntArray
    shipped: IntArray
    mass: FloatArray
    shipment: IntArray
    grade: IntArray
    crop_year: IntArray
    factor: FloatArray

    def __len__(self) -> int:
        return len(self.trade)

    def changed(self, **columns: Any) -> DrawnLots:
        """The lots with some columns exchanged."""
        return replace(self, **columns)


def take(columns: Columns, rows: IntArray) -> Columns:
    """A dataclass of equally long arrays with the chosen rows, in their order."""
    return replace(columns, **{each.name: getattr(columns, each.name)[rows] for each in fields(columns)})  # type: ignore[type-var]


def draw_lots(
    seed: int, catalogue: Catalogue, calendar: Calendar, trades: Trades, prices: Prices, count: int
) -> DrawnLots:
    """Draws `count` lots: each trade its share, on working days, more of them after the harvest."""
    rng = stream(seed, "declarations/lots")
    trade = np.repeat(np.arange(len(trades)), rng.multinomial(count, trades.weight))
    product = catalogue.product[trades.market[trade]]
    declared = _draw_days(rng, catalogue, calendar, trades, trade, product)
    order = np.lexsort((declared, trade))
    trade, product, declared = trade[order], product[order], declared[order]
    lot_kg, package_kg = catalogue.column("lot_kg")[product], catalogue.column("package_kg")[product]
    mass = lot_kg * trades.size[trade] * rng.lognormal(0.0, LOT_LOG_SD, count)
    mass = whole_packages(mass, package_kg)
    is_first = np.r_[True, (trade[1:] != trade[:-1]) | (declared[1:] != declared[:-1])]
    combined = np.maximum.accumulate(np.where(is_first, np.arange(count), 0))
    shipped = declared - _days_under_way(rng, prices, trades.market[trade])[combined]
    graded, cropped = catalogue.column("is_graded")[product], catalogue.column("has_crop_year")[product]
    grade = np.where(graded, rng.choice(len(GRADE_SHARE), count, p=GRADE_SHARE), -1)
    is_old = rng.random(count) < OLD_CROP_SHARE
    harvest = catalogue.column("harvest_month")[product]
    year = np.floor(year_fraction(shipped) - harvest / 12).astype(np.int64) + 1970
    crop_year = np.where(cropped, year - is_old, -1)
    factor = _price_factor(trades, trade, grade, cropped & is_old, catalogue, product) * (mass / lot_kg) ** (
        QUANTITY_ELASTICITY
    )
    return DrawnLots(
        trade=trade,
        declared=declared,
        shipped=shipped,
        mass=mass,
        shipment=combined,
        grade=grade,
        crop_year=crop_year,
        factor=factor,
    )


def whole_packages(mass: FloatArray, package_kg: FloatArray) -> FloatArray:
    """The nearest mass that fills whole packages, one at least."""
    return np.maximum(1.0, np.rint(np.minimum(mass, MAX_LOT_KG) / package_kg)) * package_kg


def _draw_days(
    rng: np.random.Generator,
    catalogue: Catalogue,
    calendar: Calendar,
    trades: Trades,
    trade: IntArray,
    product: IntArray,
) -> IntArray:
    """Days from each product's own distribution, within the time the trade is active."""
    after_harvest = (month_of(calendar.days)[None, :] % 12 - catalogue.column("harvest_month")[:, None]) / 12
    weight = calendar.working_weight * (1 + 0.3 * np.cos(2 * np.pi * after_harvest))
    reached = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    flat = (reached + np.arange(len(reached))[:, None]).ravel()
    begins, ends = trades.begins[trade], trades.ends[trade]
    at = begins + (ends - begins) * rng.random(len(trade))
    day = np.searchsorted(flat, product + at) - product * len(calendar.days)
    arrived: IntArray = calendar.first + np.clip(day, 0, len(calendar.days) - 1)
    return arrived


def _days_under_way(rng: np.random.Generator, prices: Prices, market: IntArray) -> IntArray:
    usual = np.array([REGIONS[name][1] for name in REGION_NAMES])[prices.region[market]]
    by_sea = np.rint(usual * rng.lognormal(0.0, 0.15, len(market))).astype(np.int64) + 1
    return np.where(prices.goes_by_air[market], rng.integers(1, 4, len(market)), by_sea)


def _price_factor(
    trades: Trades, trade: IntArray, grade: IntArray, is_old: BoolArray, catalogue: Catalogue, product: IntArray
) -> FloatArray:
    can_chill = np.array(["chilled" in p.states for p in catalogue.products])[product]
    factor = np.array(LEVEL_FACTOR)[trades.level[trade]] * np.array((*GRADE_FACTOR, 1.0))[grade]
    factor *= np.where(can_chill & trades.is_chilled[trade], CHILLED_FACTOR, 1.0)
    factor *= np.where(trades.is_other_packed[trade], OTHER_PACKAGING_FACTOR, 1.0)
    total: FloatArray = factor * np.where(is_old, OLD_CROP_FACTOR, 1.0)
    return total
