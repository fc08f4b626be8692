"""Simulated lots around known price paths: a small world of its own, with no idea how any of it is detected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.domains.low_price.methods.lots import Lots


@dataclass(frozen=True)
class Market:
    """How the simulated lots come about; sds are of logs, walks a day.

    Attributes:
        products, origins, specifications, lots, days: sizes; groups are their product, of very different activity.
        spread: of honest lots around the true price.
        market_walk, group_walk: of a product's price, and of a group's within it.
        offset: of groups around their product.
        season: yearly swing of a product's log price, half of it up and half down.
        cases: share of lots under-priced, each cut of `cuts` as often; in runs of one firm where `by_firm`.
        lookalikes: cheap for an honest reason, so many to a case, at .2 to .9 of the price.
        fall: (day, log fall) of every second product, such as (400, -0.35).
    """

    products: int = 8
    origins: int = 4
    specifications: int = 3
    lots: int = 20_000
    days: int = 720
    spread: float = 0.15
    market_walk: float = 0.006
    group_walk: float = 0.002
    offset: float = 0.3
    season: float = 0.0
    cases: float = 0.03
    cuts: tuple[float, ...] = (0.2, 0.35, 0.5)
    by_firm: bool = True
    lookalikes: float = 0.0
    fall: tuple[int, float] | None = None


@dataclass(frozen=True)
class Simulated:
    """Lots and what is true of them, (N,): log price without error, whether cut, the cut, honest but cheap."""

    lots: Lots
    log_price: FloatArray
    is_case: BoolArray
    cut: FloatArray
    is_lookalike: BoolArray
    spread: float


def simulate_lots(market: Market, seed: int) -> Simulated:
    """Lots of every day, their truth beside them, by one seed."""
    rng = np.random.default_rng(seed)
    groups = market.products * market.origins * market.specifications
    product = np.arange(groups) // (market.origins * market.specifications)
    return _lay_lots(market, _paths(market, rng, product, groups), rng)


def lots_on_paths(market: Market, paths: FloatArray, seed: int) -> Simulated:
    """Lots around given log prices, (groups, days), groups in the order product, origin, specification."""
    return _lay_lots(market, paths, np.random.default_rng(seed))


def _lay_lots(market: Market, paths: FloatArray, rng: np.random.Generator) -> Simulated:
    groups = len(paths)
    product, origin, specification = np.unravel_index(
        np.arange(groups), (market.products, market.origins, market.specifications)
    )
    activity = rng.pareto(1.0, groups) + 0.1
    group = rng.choice(groups, market.lots, p=activity / activity.sum())
    day = np.sort(rng.integers(0, market.days, market.lots))
    firm = np.minimum(rng.pareto(1.2, market.lots) * 3, 15).astype(np.int64)
    importer = group * 16 + firm
    is_case, cut = _cases(market, rng, group, importer)
    is_lookalike = ~is_case & (rng.random(market.lots) < market.cases * market.lookalikes)
    ratio = np.where(is_case, 1 - cut, np.where(is_lookalike, rng.uniform(0.2, 0.9, market.lots), 1.0))
    truth = paths[group, day]
    price = np.exp(truth + rng.normal(0, market.spread, market.lots)) * ratio
    return Simulated(
        plain_lots(
            product=product[group],
            specification=specification[group],
            origin=origin[group],
            importer=importer,
            declared=day,
            price=price,
            freight=np.zeros(market.lots),
        ),
        truth,
        is_case,
        cut,
        is_lookalike,
        market.spread,
    )


def _paths(market: Market, rng: np.random.Generator, product: np.ndarray, groups: int) -> FloatArray:
    """True log price of each group on each day, (G, days)."""
    common = rng.normal(0, market.market_walk, (market.products, market.days)).cumsum(axis=1)
    if market.fall:
        common[::2, market.fall[0] :] += market.fall[1]
    phase = rng.uniform(0, 2 * np.pi, (market.products, 1))
    common += market.season / 2 * np.sin(2 * np.pi * np.arange(market.days) / 365.25 + phase)
    own = rng.normal(0, market.group_walk, (groups, market.days)).cumsum(axis=1)
    level = rng.normal(1.0, 1.0, market.products)[product] + rng.normal(0, market.offset, groups)
    return level[:, None] + common[product] + own


def _cases(
    market: Market, rng: np.random.Generator, group: np.ndarray, importer: np.ndarray
) -> tuple[BoolArray, FloatArray]:
    """Which lots are cut and by how much; a cheating firm cuts about half of its lots, always alike."""
    n = len(group)
    if not market.by_firm:
        return rng.random(n) < market.cases, rng.choice(market.cuts, n)
    firms, place = np.unique(importer, return_inverse=True)
    size = np.bincount(place)
    order = rng.permutation(len(firms))
    order = order[size[order] < 0.02 * n]
    chosen = order[np.cumsum(size[order]) * 0.5 <= market.cases * n]
    cheats = np.isin(place, chosen)
    return cheats & (rng.random(n) < 0.5), rng.choice(market.cuts, len(firms))[place]


def plain_lots(**columns: np.ndarray) -> Lots:
    """Lots of the columns given; the rest is one value for all: accepted, examined, of one state and trade level."""
    n = len(columns["price"])
    whole, true = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
    importer = columns.get("importer", np.arange(n))
    filled = {
        "product": whole,
        "specification": whole,
        "state": whole,
        "origin": whole,
        "region": whole,
        "trade_level": whole,
        "importer": importer,
        "exporter": importer,
        "importer_group": importer,
        "exporter_group": importer,
        "shipped": columns["declared"],
        "freight": np.full(n, np.nan),
        "net_mass_kg": np.full(n, 20_000.0),
        "is_accepted": true,
        "is_examined": true,
        "is_disputed": ~true,
    }
    return Lots(**{**filled, **columns})
