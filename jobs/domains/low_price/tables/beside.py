"""Rows beside the assessed lots: comparables, the price paths of their markets, and what on-demand scoring needs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.arrays import BoolArray, IntArray
from jobs.domains.low_price.assessment import LotAssessment
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.facts.columns import dates, significant
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.markets import names_of
from jobs.domains.low_price.methods.comparables.ladder import ARTICLES, IDENTICAL, RUNGS
from jobs.domains.low_price.methods.comparables.windows import adjust_freight, stated_freight
from jobs.domains.low_price.methods.reference.keys import GROUP
from jobs.domains.low_price.methods.reference.price import contained_freight
from jobs.domains.low_price.tables.lots import HONEST_95
from jobs.stats.robust.medians import group_median

SHOWN_LEVEL = 2
PATH_DAYS = 180
SPAN = 1 << 20  # days a market has room for


def comparable_columns(table: pa.Table, facts: LotFacts, assessment: LotAssessment) -> dict[str, pa.Array]:
    """Columns of gold.comparable, of the lots at level 2 or above; the lowest and the voucher are always among them."""
    result, speaks = assessment.comparables, assessment.exculpation
    shown = np.flatnonzero(assessment.levels.level >= SHOWN_LEVEL)
    of, entry = _listed(result.offsets, shown)
    extra = [(of, result.lot[entry], result.lot_rung[entry].astype(np.int64))]
    for lot, rung in ((result.lowest_lot, result.rung), (speaks.voucher, np.full(len(result.rung), IDENTICAL))):
        present = shown[lot[shown] >= 0]
        extra.append((present, lot[present], rung[present]))
    of, lot, rung = (np.concatenate(each) for each in zip(*extra, strict=True))
    _, first = np.unique(np.stack([of, lot], axis=1), axis=0, return_index=True)
    of, lot, rung = (each[np.sort(first)] for each in (of, lot, rung))
    order = np.argsort(of, kind="stable")
    of, lot, rung = of[order], lot[order], rung[order]
    ours, theirs = assessment.assessed[of], assessment.pool[lot]
    lots = facts.lots
    adjusted = adjust_freight(lots.price[theirs], stated_freight(lots)[theirs], stated_freight(lots)[ours])
    assessed, other = table.take(pa.array(ours)), table.take(pa.array(theirs))
    return {
        "declaration_id": assessed["declaration_id"],
        "line_no": assessed["line_no"],
        "comparable_declaration_id": other["declaration_id"],
        "comparable_line_no": other["line_no"],
        "comparable_rung": pa.array(np.array(RUNGS, dtype=object)[rung], pa.string()),
        "legal_article": pa.array(ARTICLES[rung].astype(np.int32)),
        "place": pa.array((np.arange(len(of)) - np.searchsorted(of, of) + 1).astype(np.int32)),
        "days_apart": pa.array(np.abs(lots.shipped[theirs] - lots.shipped[ours]).astype(np.int32)),
        **{
            name: other[name]
            for name in (
                "record_id",
                "period_start",
                "shipped_on",
                "origin_country",
                "importer_id",
                "net_mass_kg",
                "is_examined",
            )
        },
        "declared_usd_per_kg": significant(lots.price[theirs]),
        "adjusted_usd_per_kg": significant(adjusted),
        "is_lowest": pa.array(result.lowest_lot[of] == lot),
        "is_voucher": pa.array(speaks.voucher[of] == lot),
    }


def _listed(offsets: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Every entry of the lists of some lots: the lot, and the place of the entry."""
    length = offsets[rows + 1] - offsets[rows]
    of = np.repeat(rows, length)
    within = np.arange(len(of)) - np.repeat(np.cumsum(length) - length, length)
    return of, offsets[of] + within


def _row_of(market: IntArray, day: IntArray, asked_market: IntArray, asked_day: IntArray) -> IntArray:
    """Row of exactly this market and day, -1 where there is none."""
    place = market * SPAN + day
    order = np.argsort(place, kind="stable")
    asked = asked_market * SPAN + asked_day
    at = np.searchsorted(place[order], asked)
    return np.where(np.append(place[order], -1)[at] == asked, np.append(order, -1)[at], -1)


def path_columns(
    table: pa.Table,
    facts: LotFacts,
    assessment: LotAssessment,
    keys: IntArray,
    names: dict[int, str],
    config: LowPriceConfig,
) -> dict[str, pa.Array]:
    """Columns of gold.price_path: the last days of every market with a lot at level 2 or above.

    A day's reference stands with the usual freight of the market, so that it can be laid beside declared prices.
    """
    lots, stored = facts.lots, assessment.stored
    raised = keys[assessment.assessed[assessment.levels.level >= SHOWN_LEVEL], GROUP]
    first_day = facts.night - PATH_DAYS + 1
    rows = stored.take(
        np.isin(stored.key, raised[raised >= 0]) & (stored.day >= first_day) & (stored.day <= facts.night)
    )
    wanted = np.unique(rows.key)  # a day has a row where it has lots
    recent = np.flatnonzero(np.isin(keys[:, GROUP], wanted) & (lots.declared >= first_day))
    market = np.searchsorted(wanted, keys[recent, GROUP])
    freight = group_median(contained_freight(lots.take(recent), config.reference.freight), market, len(wanted))[0]
    place = np.searchsorted(wanted, rows.key)
    price = np.exp(rows.log_price)
    reach = np.exp(HONEST_95 * np.hypot(rows.log_sd, rows.spread))
    cell = _row_of(place, rows.day, market, lots.declared[recent])
    middle, count = group_median(lots.price[recent], cell, len(rows))
    lowest = np.full(len(rows), np.inf)
    np.minimum.at(lowest, cell[cell >= 0], lots.price[recent][cell >= 0])
    first = table.take(pa.array(recent[np.unique(market, return_index=True)[1]][place]))
    return {
        "market_id": names_of(rows.key, names),
        "standard_name_code": first["standard_name_code"],
        "origin_country": first["origin_country"],
        "period_start": dates(rows.day),
        "reference_usd_per_kg": significant(price + freight[place]),
        "reference_lower_usd_per_kg": significant(price / reach + freight[place]),
        "reference_upper_usd_per_kg": significant(price * reach + freight[place]),
        "lot_count": pa.array(count.astype(np.int64)),
        "lowest_usd_per_kg": significant(lowest),
        "median_usd_per_kg": significant(middle),
    }


def reference_columns(
    facts: LotFacts, assessment: LotAssessment, names: list[dict[int, str]], config: LowPriceConfig
) -> dict[str, pa.Array]:
    """Columns of gold.reference_day: what assessed lots were compared with, and the next morning's prices."""
    stored = assessment.stored
    rows = stored.take(stored.day > facts.night - config.facts.assessed_days)
    texts = {key: (rung, name) for rung, of_rung in enumerate(names) for key, name in of_rung.items()}
    distinct, at = np.unique(rows.key, return_inverse=True)
    stated = [texts[int(key)] for key in distinct]
    place = pa.array(at)
    return {
        "market_id": pa.array([name for _, name in stated], pa.string()).take(place),
        "reference_rung": pa.array([rung for rung, _ in stated], pa.int32()).take(place),
        "standard_name_code": pa.array([name.split("|")[0].split("=")[1] for _, name in stated], pa.string()).take(
            place
        ),
        "period_start": dates(rows.day),
        "log_price": significant(rows.log_price),
        "log_sd": significant(rows.log_sd),
        "log_drift": significant(rows.drift),
        "log_spread": significant(rows.spread),
        "reference_n": pa.array(rows.n),
    }


def known_columns(table: pa.Table, assessment: LotAssessment, is_discredited: BoolArray) -> dict[str, pa.Array]:
    """Columns of gold.known_lot: the pool, each lot with the reference price of its own day.

    The selection adds its log odds for others.

    Args:
        table: all lots.
        assessment: of them.
        is_discredited: none of the exporter's lots vouches, by lot of the table.
    """
    pool = table.take(pa.array(assessment.pool)).drop_columns(
        ["reference_usd_per_kg", "is_discredited", "trade_log_odds"]
    )
    reference = significant(assessment.prices.reference_usd_per_kg)
    stated = {"reference_usd_per_kg": reference, "is_discredited": pa.array(is_discredited[assessment.pool])}
    return {**{name: pool[name] for name in pool.column_names}, **stated}
