"""Lots made ready for a pass through time: by day and group, with the weight of each among its firm's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import GROUP, MARKET, RUNGS, number_rows, rung_keys
from jobs.domains.low_price.methods.reference.price import FreightRule, freight_free_log_price


@dataclass(frozen=True, kw_only=True)
class PricePanel:
    """N lots sorted by day and group, and the G groups they belong to.

    Attributes:
        y: log price free of freight, (N,).
        is_usable: accepted, undisputed and of a stated group: may be part of a reference, (N,).
        group, market, firm: index of each lot's, (N,), -1 without; a firm counts anew in each market.
        lot_keys: keys of each lot on every rung, (N, rungs).
        group_weight, market_weight: weight of each lot among its firm's lots in the group and in the market, (N,).
        market_of: market of each group, (G,).
        pool_of: index of each group's pool, by rung; (G,) each, -1 without.
        pools: keys of the pools, by rung; those of rung 0 are the groups.
        days, starts, stops: the lots of days[i] are starts[i] to stops[i].
    """

    y: FloatArray
    is_usable: BoolArray
    group: IntArray
    market: IntArray
    firm: IntArray
    lot_keys: IntArray
    group_weight: FloatArray
    market_weight: FloatArray
    market_of: IntArray
    pool_of: list[IntArray]
    pools: list[IntArray]
    days: IntArray
    starts: IntArray
    stops: IntArray


def index_lots(lots: Lots, correlation: float, window: int, freight: FreightRule) -> PricePanel:
    """The panel of all lots.

    Args:
        lots: N lots in any order.
        correlation: of one firm's lots, see `firm_weight`.
        window: days a firm's lots are counted over.
        freight: of lots that do not state it.
    """
    keys = rung_keys(lots)
    order = np.lexsort((keys[:, GROUP], lots.declared))
    lots, keys = lots.take(order), keys[order]
    y = freight_free_log_price(lots, freight)
    is_usable = np.isfinite(y) & lots.is_accepted & ~lots.is_disputed & (keys[:, GROUP] >= 0) & (keys[:, MARKET] >= 0)
    keys[keys[:, MARKET] < 0, GROUP] = -1
    pools, pool_of = [], []
    _, first, group = number_keys(keys[:, GROUP])
    for rung in range(len(RUNGS)):
        pool, _, place = number_keys(keys[first, rung])
        pools, pool_of = [*pools, pool], [*pool_of, place]
    market = np.searchsorted(pools[MARKET], keys[:, MARKET])
    days, starts = np.unique(lots.declared, return_index=True)
    return PricePanel(
        y=y,
        is_usable=is_usable,
        group=group,
        market=market,
        firm=number_rows(market, lots.importer_group),
        lot_keys=keys,
        group_weight=firm_weight(lots, group, is_usable, correlation, window),
        market_weight=firm_weight(lots, market, is_usable, correlation, window),
        market_of=pool_of[MARKET],
        pool_of=pool_of,
        pools=pools,
        days=days,
        starts=starts,
        stops=np.append(starts, len(y))[1:],
    )


def number_keys(keys: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Distinct keys, the place where each first stands, and the number of every key; -1 for no key."""
    distinct, first, number = np.unique(keys, return_index=True, return_inverse=True)
    skip = int(distinct.size > 0 and distinct[0] < 0)
    return distinct[skip:], first[skip:], number - skip


def firm_weight(lots: Lots, unit: IntArray, is_usable: BoolArray, correlation: float, window: int) -> FloatArray:
    """Weight of each lot, 1 / (1 + correlation (n - 1)), n the firm's lots in the unit in the days up to its own.

    The lots of one firm share its habits: n of them tell as much as n / (1 + correlation (n - 1)) of strangers.
    """
    firm = number_rows(unit, lots.importer_group)
    days = lots.declared - lots.declared.min(initial=0)
    place = firm * (int(days.max(initial=0)) + 1 + window) + days + window
    counted = np.sort(place[is_usable])
    n = np.searchsorted(counted, place, side="right") - np.searchsorted(counted, place - window, side="right")
    weight: FloatArray = 1.0 / (1.0 + correlation * np.maximum(n - 1, 0))
    return weight
