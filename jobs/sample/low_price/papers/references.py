"""Published prices of comparison, with the lags and errors they have.

survey: what the state trade corporation finds at the origin every ten days, as landed cost, for most markets.
world: the monthly price of what all origins have in common, for goods traded world-wide.
security: the reference that customs publish before each month, set from surveys of the month before, below the market.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.sample.low_price.days import Calendar, first_of, month_of
from jobs.sample.low_price.exchange import CURRENCIES, customs_rates
from jobs.sample.low_price.parameters import CUTS, GRADE_FACTOR
from jobs.sample.low_price.prices import Prices
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.routes import pulled_walk
from jobs.sample.streams import stream

SURVEY_DAYS, SURVEY_LAG = 10, 7  # days of a period; days from its end to publication
SURVEY_LOG_SD, SURVEY_MEMORY = 0.036, 0.8
SURVEYED_SHARE = 0.7  # of the markets
WORLD_SHARE, WORLD_LAG, WORLD_LOG_SD = 0.35, 5, 0.03
SECURITY_LEAD = 5  # days before the month it holds for
GRADED_SURVEYS = ("A", "B")  # surveyed apart, where a product is graded
SECURITY_LOG_SD, SECURITY_MEMORY = 0.03, 0.7


@dataclass(frozen=True)
class Security:
    """`krw_per_kg[m, t]`: what customs published for market m and month `begin` + t (months since 1970-01)."""

    begin: int
    krw_per_kg: FloatArray

    def usd_per_kg(self, market: IntArray, day: IntArray) -> FloatArray:
        """The price in force on a day, in dollars at that day's customs rate."""
        dollars = customs_rates(np.full(len(day), CURRENCIES.index("USD")), day)
        return self.krw_per_kg[market, month_of(day) - self.begin] / dollars


def publish_security(seed: int, catalogue: Catalogue, calendar: Calendar, prices: Prices, hugged: IntArray) -> Security:
    """A security price for every market and month, the cut of its product's class below last month's survey."""
    rng = stream(seed, "declarations/security_prices")
    months = np.arange(int(month_of(calendar.begin)) + 1, int(month_of(calendar.last)) + 1)
    markets = np.arange(len(catalogue.product))
    middle = first_of(months) - 15
    market, day = (each.ravel() for each in np.meshgrid(markets, middle, indexing="ij"))
    survey = prices.cif(market, np.maximum(day, calendar.begin)) * _won(day)
    noise = pulled_walk(rng.normal(0.0, SECURITY_LOG_SD, (len(markets), len(months))), SECURITY_MEMORY)
    level = (1 - np.array(CUTS)[hugged[catalogue.product]])[:, None]
    return Security(int(months[0]), np.rint(survey.reshape(noise.shape) * np.exp(noise) * level))


def price_reference(
    seed: int, catalogue: Catalogue, calendar: Calendar, prices: Prices, security: Security
) -> pa.Table:
    """One row a published price, as `landing/price_reference` has it, in the order of publication."""
    parts = [
        *_surveys(seed, catalogue, calendar, prices),
        _world_prices(seed, catalogue, calendar, prices),
        _security_prices(catalogue, calendar, security),
    ]
    table = pa.concat_tables(parts)
    table = table.filter(
        pa.compute.less_equal(table["published_on"], pa.scalar(calendar.last, pa.int32()).cast(pa.date32()))
    )
    keys = ("published_on", "reference_source", "standard_name_code", "origin_country", "grade", "period_start")
    return table.sort_by([(key, "ascending") for key in keys])


def _surveys(seed: int, catalogue: Catalogue, calendar: Calendar, prices: Prices) -> list[pa.Table]:
    rng = stream(seed, "declarations/surveys")
    surveyed = np.flatnonzero(rng.random(len(catalogue.product)) < SURVEYED_SHARE)
    start = np.arange(calendar.begin, calendar.last, SURVEY_DAYS)
    graded = catalogue.column("is_graded")[catalogue.product[surveyed]]
    tables = []
    for grade, factor in zip(GRADED_SURVEYS, GRADE_FACTOR, strict=False):
        markets = surveyed if grade == "A" else surveyed[graded]
        error = pulled_walk(rng.normal(0.0, SURVEY_LOG_SD, (len(markets), len(start))), SURVEY_MEMORY)
        market, day = (each.ravel() for each in np.meshgrid(markets, start, indexing="ij"))
        price = prices.cif(market, day + SURVEY_DAYS // 2, factor) * np.exp(error.ravel()) * _won(day)
        named = np.where(catalogue.column("is_graded")[catalogue.product[market]], grade, "")
        rows = _rows(
            catalogue,
            "survey",
            catalogue.product[market],
            catalogue.origin[market],
            named,
            day,
            day + SURVEY_DAYS - 1,
            np.rint(price),
            "KRW/kg",
            "KRW",
            day + SURVEY_DAYS - 1 + SURVEY_LAG,
        )
        tables.append(rows)
    return tables


def _world_prices(seed: int, catalogue: Catalogue, calendar: Calendar, prices: Prices) -> pa.Table:
    rng = stream(seed, "declarations/world_prices")
    products = np.flatnonzero(rng.random(len(catalogue.products)) < WORLD_SHARE)
    months = np.arange(int(month_of(calendar.begin)) + 1, int(month_of(calendar.last)))
    product, month = (each.ravel() for each in np.meshgrid(products, months, indexing="ij"))
    start, end = first_of(month), first_of(month + 1) - 1
    log_price = prices.log_world[product, start + 15 - calendar.begin] + rng.normal(0.0, WORLD_LOG_SD, len(product))
    price = np.round(1000 * np.exp(log_price), 1)
    nowhere = np.full(len(product), "")
    return _rows(catalogue, "world", product, nowhere, nowhere, start, end, price, "USD/t", "USD", end + WORLD_LAG)


def _security_prices(catalogue: Catalogue, calendar: Calendar, security: Security) -> pa.Table:
    markets, months = (np.arange(n) for n in security.krw_per_kg.shape)
    market, month = (each.ravel() for each in np.meshgrid(markets, months, indexing="ij"))
    start, end = first_of(security.begin + month), first_of(security.begin + month + 1) - 1
    return _rows(
        catalogue,
        "security",
        catalogue.product[market],
        catalogue.origin[market],
        np.full(len(market), ""),
        start,
        end,
        security.krw_per_kg[market, month],
        "KRW/kg",
        "KRW",
        start - SECURITY_LEAD,
    )


def _rows(
    catalogue: Catalogue,
    source: str,
    product: IntArray,
    origin: NDArray[np.str_],
    grade: NDArray[np.str_],
    start: IntArray,
    end: IntArray,
    price: FloatArray,
    unit: str,
    currency: str,
    published: IntArray,
) -> pa.Table:
    def date(days: IntArray) -> pa.Array:
        return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), len(product))

    columns: dict[str, Any] = {
        "reference_source": same(source),
        "standard_name_code": pa.array(catalogue.column("code")[product]),
        "origin_country": pa.array(origin.astype(str)),
        "grade": pa.array(grade.astype(str)),
        "period_start": date(start),
        "period_end": date(end),
        "price": pa.array(price),
        "unit": same(unit),
        "currency": same(currency),
        "published_on": date(published),
    }
    return pa.table(columns)


def _won(day: IntArray) -> FloatArray:
    """Won for a dollar in the week of each day."""
    return customs_rates(np.full(len(day), CURRENCIES.index("USD")), day)
