"""Firms and their habits: one trade is one importer buying one product of one origin from one exporter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.sample.low_price.exchange import CURRENCIES, OWN_CURRENCY
from jobs.sample.low_price.parameters import LEVEL_SHARE, LOTS_A_TRADE, MIN_TRADES
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.routes import ARRIVALS, ORIGINS
from jobs.sample.streams import stream

INCOTERMS = ("FOB", "CFR", "CIF", "EXW")
INCOTERM_SHARE = (0.35, 0.25, 0.37, 0.03)
LEVELS = ("wholesale", "processing", "retail")
IMPORTER_TRADES, EXPORTER_TRADES = 3, 3  # trades of a firm, on the average
MARKET_SPREAD = 0.6  # log sd of the size of trades


@dataclass(frozen=True, kw_only=True)
class Trades:
    """T trades and the habits of those who make them.

    Attributes:
        market: which product of which origin.
        importer, exporter, declarant: firms, each kind numbered from 0.
        arrival: port of arrival, a position in `ARRIVALS`; level: trade level; port: of the origin's loading ports.
        incoterm, currency: positions in `INCOTERMS` and `exchange.CURRENCIES`.
        weight: share of all lots; size: usual mass against the product's; habit: lasting part of its prices.
        begins, ends: fraction of the world's time in which it is active.
        is_chilled, is_other_packed, is_coarse: keeps goods chilled, packs otherwise, rounds prices coarsely.
    """

    market: IntArray
    importer: IntArray
    exporter: IntArray
    declarant: IntArray
    arrival: IntArray
    level: IntArray
    port: IntArray
    incoterm: IntArray
    currency: IntArray
    weight: FloatArray
    size: FloatArray
    habit: FloatArray
    begins: FloatArray
    ends: FloatArray
    is_chilled: NDArray[np.bool_]
    is_other_packed: NDArray[np.bool_]
    is_coarse: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.market)


def make_trades(seed: int, catalogue: Catalogue, lots: int) -> Trades:
    """Draws the firms and their trades for a number of lots."""
    rng = stream(seed, "declarations/trades")
    count = max(MIN_TRADES, lots // LOTS_A_TRADE)
    market = np.sort(rng.choice(len(catalogue.market_weight), count, p=catalogue.market_weight))
    importers = max(30, count // IMPORTER_TRADES)
    importer = _crowded(rng, importers, count)
    declarants = max(6, importers // 12)
    ports = np.array([len(ORIGINS[country][1]) for country in catalogue.origin])[market]
    weight = rng.lognormal(0.0, MARKET_SPREAD, count)
    begins = np.where(rng.random(count) < 0.7, 0.0, rng.uniform(0.0, 0.6, count))
    ends = np.where(rng.random(count) < 0.7, 1.0, rng.uniform(0.7, 1.0, count))
    return Trades(
        market=market,
        importer=importer,
        exporter=_exporters(rng, market),
        declarant=rng.integers(0, declarants, importers)[importer],
        arrival=rng.choice(len(ARRIVALS), importers, p=[share for _, share in ARRIVALS.values()])[importer],
        level=rng.choice(len(LEVELS), importers, p=LEVEL_SHARE)[importer],
        port=rng.integers(0, ports),
        incoterm=rng.choice(len(INCOTERMS), count, p=INCOTERM_SHARE),
        currency=_currencies(rng, catalogue.origin[market]),
        weight=weight / weight.sum(),
        size=rng.lognormal(0.0, 0.35, count),
        habit=rng.standard_normal(count),
        begins=begins,
        ends=ends,
        is_chilled=rng.random(count) < 0.25,
        is_other_packed=rng.random(count) < 0.12,
        is_coarse=rng.random(count) < 0.15,
    )


def rank_within(group: NDArray[Any], order: NDArray[Any]) -> tuple[IntArray, IntArray]:
    """Rank of each element by `order` within its group, from 0, and the size of the group."""
    at = np.lexsort((order, group))
    sorted_group = group[at]
    first = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]]) if len(at) else np.zeros(0, int)
    size = np.diff(np.r_[first, len(at)])
    rank, total = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    rank[at] = np.arange(len(at)) - np.repeat(first, size)
    total[at] = np.repeat(size, size)
    return rank, total


def _crowded(rng: np.random.Generator, firms: int, count: int) -> IntArray:
    """A firm for each trade: every firm one at least as far as they go round, the great ones many."""
    share = rng.lognormal(0.0, 0.8, firms)
    chosen = rng.choice(firms, count, p=share / share.sum())
    chosen[:firms] = rng.permutation(firms)[:count]
    return rng.permutation(chosen)


def _exporters(rng: np.random.Generator, market: IntArray) -> IntArray:
    """Exporters keep to one market; each has a few customers there."""
    _, at, size = np.unique(market, return_inverse=True, return_counts=True)
    firms = np.maximum(1, size // EXPORTER_TRADES)
    first = np.r_[0, np.cumsum(firms)[:-1]]
    drawn = first[at] + (rng.random(len(market)) * firms[at]).astype(np.int64)
    return np.unique(drawn, return_inverse=True)[1]


def _currencies(rng: np.random.Generator, origin: NDArray[np.str_]) -> IntArray:
    own = np.array([CURRENCIES.index(OWN_CURRENCY.get(country, "USD")) for country in origin])
    return np.where(rng.random(len(own)) < 0.25, own, CURRENCIES.index("USD"))
