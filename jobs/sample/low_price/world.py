"""A world of declarations, whole and in memory: what is declared, published and found, and what was true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.sample.low_price.days import Calendar, day_of
from jobs.sample.low_price.look_alikes import KINDS, LookAlikes, choose_look_alikes, enlarge_discounted, plan_falls
from jobs.sample.low_price.lots import DrawnLots, draw_lots, take
from jobs.sample.low_price.papers import tables
from jobs.sample.low_price.papers.arrays import Rows, WorldArrays
from jobs.sample.low_price.papers.declared import declare
from jobs.sample.low_price.papers.identity import identify
from jobs.sample.low_price.papers.inspections import inspect
from jobs.sample.low_price.papers.references import price_reference, publish_security
from jobs.sample.low_price.papers.registers import firm_tables, number_firms, tariff_table
from jobs.sample.low_price.parameters import (
    LOG_SD,
    LOOK_ALIKES_PER_CASE,
    LOTS_A_PRODUCT_MONTH,
    LOTS_A_TRADE,
    MAX_PREVALENCE,
    MIN_LOTS,
    MIN_PRODUCTS,
    PREVALENCE,
    RESERVED_FROM,
    TRADES_A_PRODUCT,
)
from jobs.sample.low_price.prices import Prices, walk_prices
from jobs.sample.low_price.products import Catalogue, all_products, choose_products
from jobs.sample.low_price.routes import walk_freight
from jobs.sample.low_price.schemes import Cases, Plans, choose_cases, plan_schemes, security_class, split_lots
from jobs.sample.low_price.trades import Trades, make_trades
from jobs.sample.streams import stream

ALL = slice(None)
MIXED = "mixed"
MONTH_DAYS = 365.2425 / 12


@dataclass(frozen=True, kw_only=True)
class DeclarationWorld(WorldArrays):
    """A declared world with its tables, and the truth."""

    def declarations(self, rows: Rows = ALL, is_filed: bool = False) -> pa.Table:
        """`import_declaration` of some lots: as they stand once inspected, or as filed on the day."""
        return tables.declarations(self, rows, is_filed)

    def inspection_results(self, rows: Rows = ALL) -> pa.Table:
        """`inspection_result` of those lots that were inspected."""
        return tables.inspection_results(self, rows)

    def truth(self, rows: Rows = ALL) -> pa.Table:
        """One row a lot: what it truly cost and weighed, its scheme, its look-alike, its spread."""
        return tables.truth(self, rows)


def make_declarations(
    seed: int,
    lots: int = 50_000,
    *,
    months: int = 12,
    difficulty: str = MIXED,
    prevalence: float = PREVALENCE,
    days: int | None = None,
    last_day: str = "2026-01-15",
    reserved: bool | None = None,
    products: int | None = None,
) -> DeclarationWorld:
    """The world of a seed, in memory; about a second for 100,000 lots.

    Args:
        lots: item lines declared over the whole time.
        months: length of the time in which they are declared; `days` says it exactly.
        difficulty: easy, middle or hard, the spread of honest prices; mixed: a third of the products each.
        prevalence: share of the lots that are under-declared.
        reserved: whether half the evaders use the scheme variants no development seed has; by default seeds from
            1000 on do.
        products: how many of the standard products; by default more of them the more lots there are.

    Raises:
        ValueError: unknown difficulty, or numbers that do not fit together.
    """
    days = round(months * MONTH_DAYS) if days is None else days
    _refuse(seed, lots, difficulty, prevalence, days)
    calendar = Calendar(day_of(last_day) - days + 1, day_of(last_day))
    catalogue = choose_products(seed, _product_count(lots, days) if products is None else products)
    trades = make_trades(seed, catalogue, lots)
    hugged = security_class(seed, len(catalogue.products))
    plans = plan_schemes(
        seed, catalogue, calendar, trades, hugged, seed >= RESERVED_FROM if reserved is None else reserved
    )
    drawn, cases, alike, prices = _plant(seed, catalogue, calendar, trades, plans, lots, round(prevalence * lots))
    security = publish_security(seed, catalogue, calendar, prices, hugged)
    spread = _difficulty(seed, difficulty, len(catalogue.products))[catalogue.product[trades.market[drawn.trade]]]
    log_sd = np.array(list(LOG_SD.values()))[spread]
    declared = declare(seed, catalogue, trades, drawn, prices, security, cases, alike, log_sd)
    inspections = inspect(seed, trades, drawn, declared, cases, alike)
    identity = identify(seed, drawn, cases)
    order = np.lexsort((identity.line, identity.declaration, identity.second))
    numbers = number_firms(seed, trades)
    firm, relation = firm_tables(seed, catalogue, trades, drawn, numbers)
    return DeclarationWorld(
        seed=seed,
        calendar=calendar,
        catalogue=catalogue,
        trades=trades,
        firm_numbers=numbers,
        prices=prices,
        lots=take(drawn, order),
        declared=take(declared, order),
        cases=take(cases, order),
        look_alikes=take(alike, order),
        inspections=take(inspections, order),
        identity=take(identity, order),
        difficulty=spread[order],
        price_reference=price_reference(seed, catalogue, calendar, prices, security),
        firm=firm,
        firm_relation=relation,
        tariff_rate=tariff_table(catalogue, calendar),
    )


def _plant(
    seed: int, catalogue: Catalogue, calendar: Calendar, trades: Trades, plans: Plans, lots: int, wrong: int
) -> tuple[DrawnLots, Cases, LookAlikes, Prices]:
    """The lots with `wrong` cases and their look-alikes among them, and the prices with the falls these need."""
    prices = walk_prices(seed, catalogue, calendar, walk_freight(seed, calendar))
    drawn = draw_lots(seed, catalogue, calendar, trades, prices, lots)
    cases = choose_cases(drawn, plans, wrong)
    drawn = split_lots(drawn, cases)
    look_alikes = LOOK_ALIKES_PER_CASE * wrong
    falls = plan_falls(seed, drawn, trades, cases, look_alikes // len(KINDS))
    alike = choose_look_alikes(seed, drawn, trades, cases, falls, look_alikes, prices)
    return enlarge_discounted(seed, drawn, alike), cases, alike, prices.with_falls(falls)


def _product_count(lots: int, days: int) -> int:
    """More products the more lots a month, as far as each still has enough trades."""
    by_volume = round(lots * MONTH_DAYS / days / LOTS_A_PRODUCT_MONTH)
    most = min(len(all_products()), max(MIN_PRODUCTS, lots // LOTS_A_TRADE // TRADES_A_PRODUCT))
    return int(np.clip(by_volume, MIN_PRODUCTS, most))


def _difficulty(seed: int, difficulty: str, products: int) -> NDArray[np.int64]:
    """The difficulty of each product, as a position in `LOG_SD`."""
    if difficulty != MIXED:
        return np.full(products, list(LOG_SD).index(difficulty))
    return stream(seed, "declarations/difficulty").permutation(np.arange(products) % len(LOG_SD))


def _refuse(seed: int, lots: int, difficulty: str, prevalence: float, days: int) -> None:
    if seed < 0:
        raise ValueError(f"the seed must not be negative, got {seed}")
    if lots < MIN_LOTS:
        raise ValueError(f"a world has at least {MIN_LOTS} declarations, not {lots}: its cases could not be balanced")
    if difficulty not in (*LOG_SD, MIXED):
        raise ValueError(f"unknown difficulty {difficulty!r}; choose one of {', '.join((*LOG_SD, MIXED))}")
    if not 0 <= prevalence <= MAX_PREVALENCE:
        raise ValueError(f"the prevalence lies between 0 and {MAX_PREVALENCE}, not at {prevalence}")
    if days < 1:
        raise ValueError(f"declarations need one day at least, not {days}")
