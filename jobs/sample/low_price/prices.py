"""What the goods of every market cost on every day: the truth that no detector sees."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.sample.low_price.days import Calendar, year_fraction
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.routes import FreightIndex, pulled_walk, region_of
from jobs.sample.streams import stream

PRODUCT_DAILY_SD, ORIGIN_DAILY_SD = 0.007, 0.003  # of the log walks
PRODUCT_MEMORY, ORIGIN_MEMORY = 0.999, 0.995
SHOCKS_A_YEAR, SHOCK_LOG_SD, SHOCK_MEMORY = 0.7, 0.20, 0.988  # bad harvests and gluts; half gone after two months
ORIGIN_LOG_SD = 0.12  # of the usual distance between the origins of a product


@dataclass(frozen=True, kw_only=True)
class Fall:
    """An honest, market-wide fall: the price of one market from `first` to `last` day, as a ratio of the usual one."""

    market: int
    first: int
    last: int
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Prices:
    """`log_fob[m, t]`: log USD/kg free on board of the best grade, sold wholesale, on day `begin` + t."""

    begin: int
    log_fob: FloatArray
    log_world: FloatArray  # of each product: what all its origins have in common
    region: IntArray
    is_cooled: NDArray[np.bool_]
    goes_by_air: NDArray[np.bool_]
    freight: FreightIndex

    def fob(self, market: IntArray, day: IntArray) -> FloatArray:
        """USD/kg free on board."""
        return np.exp(self.log_fob[market, np.clip(day - self.begin, 0, self.log_fob.shape[1] - 1)])

    def freight_usd(self, market: IntArray, day: IntArray) -> FloatArray:
        """Freight to Korea, USD/kg."""
        return self.freight.usd_per_kg(self.region[market], self.goes_by_air[market], self.is_cooled[market], day)

    def cif(self, market: IntArray, day: IntArray, factor: FloatArray | float = 1.0) -> FloatArray:
        """USD/kg landed in Korea; `factor` is what specification and trade level make of the price of the goods."""
        return self.fob(market, day) * factor + self.freight_usd(market, day)

    def with_falls(self, falls: tuple[Fall, ...]) -> Prices:
        """The same prices with market-wide falls of the landed price laid in."""
        log_fob = self.log_fob.copy()
        for fall in falls:
            days = np.arange(fall.first, fall.last + 1)
            market = np.full(len(days), fall.market)
            fallen = fall.ratio * self.cif(market, days) - self.freight_usd(market, days)
            floor = 0.05 * self.fob(market, days)
            log_fob[fall.market, days - self.begin] = np.log(np.maximum(fallen, floor))
        return replace(self, log_fob=log_fob)


def walk_prices(seed: int, catalogue: Catalogue, calendar: Calendar, freight: FreightIndex) -> Prices:
    """Log walks of product and origin, a yearly harvest, and shocks that fade."""
    rng = stream(seed, "declarations/prices")
    days = calendar.price_days
    products, markets = len(catalogue.products), len(catalogue.product)
    walk = pulled_walk(rng.normal(0.0, PRODUCT_DAILY_SD, (products, len(days))), PRODUCT_MEMORY)
    struck = rng.random(walk.shape) < SHOCKS_A_YEAR / 365.2425
    shock = pulled_walk(struck * rng.normal(0.0, SHOCK_LOG_SD, walk.shape), SHOCK_MEMORY)
    world = np.log(catalogue.column("price"))[:, None] + walk + shock
    own = pulled_walk(rng.normal(0.0, ORIGIN_DAILY_SD, (markets, len(days))), ORIGIN_MEMORY)
    own += rng.normal(0.0, ORIGIN_LOG_SD, (markets, 1))
    season = _season(rng, catalogue, days)
    states = np.array([p.states[0] for p in catalogue.products])[catalogue.product]
    return Prices(
        begin=calendar.begin,
        log_fob=world[catalogue.product] + own + season,
        log_world=world,
        region=region_of(catalogue.origin),
        is_cooled=np.isin(states, ("fresh", "chilled", "frozen")),
        goes_by_air=catalogue.column("goes_by_air")[catalogue.product],
        freight=freight,
    )


def _season(rng: np.random.Generator, catalogue: Catalogue, days: IntArray) -> FloatArray:
    """A cosine that is lowest a month after the harvest; half a year later south of the equator."""
    southern = np.isin(catalogue.origin, ("AU", "NZ", "AR", "CL", "PE", "BR", "PY", "EC", "ID", "TZ"))
    harvest = catalogue.column("harvest_month")[catalogue.product] / 12 + np.where(southern, 0.5, 0.0)
    harvest += rng.normal(0.0, 0.03, len(harvest))
    angle = 2 * np.pi * (year_fraction(days) - harvest[:, None])
    return -catalogue.column("season")[catalogue.product][:, None] * np.cos(angle)
