"""The arrays of a world as the tables of landing, and its truth. Parts of a world can be made apart."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.arrays import IntArray
from jobs.sample.low_price.exchange import CURRENCIES, customs_rates
from jobs.sample.low_price.look_alikes import KINDS
from jobs.sample.low_price.papers.arrays import Rows, WorldArrays
from jobs.sample.low_price.papers.identity import DAY_SECONDS, container_texts, padded
from jobs.sample.low_price.papers.inspections import CLERICAL, FINDINGS, REASONS, UNDERWEIGHT
from jobs.sample.low_price.papers.registers import QUOTA_CODE, agreed_pct, agreement_code
from jobs.sample.low_price.parameters import CUTS, LOG_SD
from jobs.sample.low_price.routes import AIRPORT, AIRPORT_OFFICE, ARRIVALS, ORIGINS
from jobs.sample.low_price.schemes import SCHEMES, VARIANTS
from jobs.sample.low_price.trades import INCOTERMS, LEVELS
from jobs.sample.streams import stream

GRADES = ("A", "B", "C", "")  # -1 reads the last
OTHER_PACKAGING = {"bag": "box", "box": "bag", "drum": "pouch", "pouch": "box", "bulk": "bag"}
STATUSES = ("filed", "accepted", "amended", "disputed")
FILED, ACCEPTED, AMENDED, DISPUTED = range(len(STATUSES))
CARRIERS = ("HDMU", "KMTC", "SITG", "MAEU", "180-")  # the last by air
EXAMINATIONS = ("not_examined", "examined_accepted", "examined_changed")
COLUMNS = [
    "declaration_id",
    "line_no",
    "declared_at",
    "office_code",
    "declarant_id",
    "importer_id",
    "exporter_id",
    "hs10_code",
    "standard_name_code",
    "product_state",
    "grade",
    "packaging",
    "crop_year",
    "origin_country",
    "departure_country",
    "loading_port",
    "arrival_port",
    "transport_mode",
    "bl_number",
    "container_numbers",
    "net_mass_kg",
    "gross_mass_kg",
    "package_count",
    "incoterm",
    "invoice_currency",
    "invoice_amount",
    "freight_krw",
    "insurance_krw",
    "customs_value_krw",
    "customs_value_usd",
    "duty_rate_pct",
    "preference_code",
    "certificate_number",
    "status",
    "accepted_at",
    "shipped_on",
    "trade_level",
    "examination_result",
]
CLAIMS_AGREEMENT, CLAIMS_QUOTA = 0.6, 0.15  # of the trades that could


def declarations(world: WorldArrays, rows: Rows, is_filed: bool) -> pa.Table:
    """`import_declaration`: one row a lot; `is_filed` as it was before any inspection."""
    at = np.arange(len(world))[rows]
    trade = world.lots.trade[at]
    columns = {
        **_keys(world, at),
        **_parties(world, at, trade),
        **_goods(world, at, trade),
        **_transport(world, at, trade),
        **_figures(world, at),
        **_rates(world, at, trade),
        **_standing(world, at, is_filed),
        "shipped_on": _dates(world.lots.shipped[at]),
        "trade_level": _pick(LEVELS, world.trades.level[trade]),
    }
    return pa.table(columns).select(COLUMNS)


def inspection_results(world: WorldArrays, rows: Rows) -> pa.Table:
    """`inspection_result`: one row a lot inspected; corrected figures only where something had to be corrected."""
    made = world.inspections
    at = np.arange(len(world))[rows]
    at = at[made.is_inspected[at] & (made.day[at] <= world.calendar.last)]
    finding, given = made.finding[at], world.declared
    won = customs_rates(np.full(len(at), CURRENCIES.index("USD")), world.lots.declared[at])
    ratio = np.where(finding == CLERICAL, world.look_alikes.ratio[at], 1.0)
    value = np.rint(given.true_price[at] * given.true_mass[at] * won / ratio).astype(np.int64)
    return pa.table(
        {
            **_keys(world, at),
            "inspected_at": _times(made.day[at] * DAY_SECONDS + world.identity.second[at] % DAY_SECONDS),
            "selection": _pick(("profile", "random"), made.is_random[at].astype(int)),
            "propensity": pa.array(np.round(made.propensity[at], 6)),
            "finding": _pick(FINDINGS, finding),
            "corrected_customs_value_krw": pa.array(value, mask=~made.changes[at]),
            "corrected_net_mass_kg": pa.array(given.true_mass[at], mask=finding != UNDERWEIGHT),
            "reason_code": _pick(REASONS, finding),
        }
    )


def truth(world: WorldArrays, rows: Rows) -> pa.Table:
    """The truth of each lot; `reference_usd_per_kg` is its true market price, `lookalike_ratio` what was left of it."""
    at = np.arange(len(world))[rows]
    cases, alike, given = world.cases, world.look_alikes, world.declared
    variants = [name for scheme in SCHEMES for name in VARIANTS[scheme]] + [""]
    is_case, kind = cases.is_case[at], alike.kind[at]
    variant = np.where(is_case, cases.scheme[at] * 2 + cases.is_reserved[at], len(variants) - 1)
    product = world.catalogue.product[world.trades.market[world.lots.trade[at]]]
    return pa.table(
        {
            **_keys(world, at),
            "scheme": _pick((*SCHEMES, ""), cases.scheme[at]),
            "variant": _pick(variants, variant),
            "true_price_usd_per_kg": pa.array(np.round(given.true_price[at], 6)),
            "true_net_mass_kg": pa.array(np.round(given.true_mass[at], 1)),
            "cut": pa.array(np.array((*CUTS, 0.0))[cases.cut[at]], mask=~is_case),
            "is_true_case": pa.array(is_case),
            "is_lookalike": pa.array(kind >= 0),
            "lookalike_kind": _pick((*KINDS, ""), kind),
            "difficulty": _pick(list(LOG_SD), world.difficulty[at]),
            "log_sd": pa.array(np.array(list(LOG_SD.values()))[world.difficulty[at]]),
            "is_held_out": pa.array(cases.is_reserved[at]),
            "reference_usd_per_kg": pa.array(np.round(given.reference[at], 6)),
            "lookalike_ratio": pa.array(np.round(alike.ratio[at], 4), mask=kind < 0),
            "true_standard_name_code": _pick(world.catalogue.column("code"), product),
        }
    )


def _keys(world: WorldArrays, at: IntArray) -> dict[str, pa.Array]:
    """Declaration number, as the declarant's five digits, year and running number, and line."""
    declarant = _pick(world.firm_numbers.declarant, world.trades.declarant[world.lots.trade[at]])
    year = world.lots.declared[at].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    number = pc.binary_join_element_wise(
        declarant, padded(year % 100, 2), padded(world.identity.declaration[at], 8), "-"
    )
    return {"declaration_id": number, "line_no": pa.array(world.identity.line[at])}


def _parties(world: WorldArrays, at: IntArray, trade: IntArray) -> dict[str, pa.Array]:
    numbers, trades = world.firm_numbers, world.trades
    offices = [office for office, _ in ARRIVALS.values()] + [AIRPORT_OFFICE]
    return {
        "declared_at": _times(world.identity.second[at]),
        "office_code": _pick(offices, _arrival(world, trade)),
        "declarant_id": _pick(numbers.declarant, trades.declarant[trade]),
        "importer_id": _pick(numbers.importer, trades.importer[trade]),
        "exporter_id": _pick(numbers.exporter, trades.exporter[trade]),
    }


def _goods(world: WorldArrays, at: IntArray, trade: IntArray) -> dict[str, pa.Array]:
    """What the goods are said to be: of a product without grades or crop years none is stated, whatever they are."""
    catalogue, trades, product = world.catalogue, world.trades, world.declared.product[at]
    grade = np.where(catalogue.column("is_graded")[product], world.lots.grade[at], -1)
    crop_year = np.where(catalogue.column("has_crop_year")[product], world.lots.crop_year[at], -1)
    usual = catalogue.column("packaging").tolist()
    packagings = [name for kind in usual for name in (kind, OTHER_PACKAGING[kind])]
    states = [name for p in catalogue.products for name in (p.states[0], p.states[-1])]
    return {
        "hs10_code": _pick(catalogue.column("hs10"), product),
        "standard_name_code": _pick(catalogue.column("code"), product),
        "product_state": _pick(states, 2 * product + trades.is_chilled[trade]),
        "grade": _pick(GRADES, grade),
        "packaging": _pick(packagings, 2 * product + trades.is_other_packed[trade]),
        "crop_year": pa.array(crop_year, mask=crop_year < 0),
    }


def _figures(world: WorldArrays, at: IntArray) -> dict[str, pa.Array]:
    given = world.declared
    return {
        "net_mass_kg": pa.array(given.net_mass[at]),
        "gross_mass_kg": pa.array(given.gross_mass[at]),
        "package_count": pa.array(given.packages[at]),
        "incoterm": _pick(INCOTERMS, given.incoterm[at]),
        "invoice_currency": _pick(CURRENCIES, given.currency[at]),
        "invoice_amount": pa.array(given.invoice[at]),
        "freight_krw": _stated(given.freight_krw[at]),
        "insurance_krw": _stated(given.insurance_krw[at]),
        "customs_value_krw": pa.array(given.value_krw[at]),
        "customs_value_usd": pa.array(given.value_usd[at]),
    }


def _standing(world: WorldArrays, at: IntArray, is_filed: bool) -> dict[str, pa.Array]:
    """Status and examination; a lot chosen for inspection is only filed until its result is there."""
    made, second = world.inspections, world.identity.second[at]
    inspected, changed = made.is_inspected[at], made.changes[at]
    waits = inspected & (is_filed | (made.day[at] > world.calendar.last))
    status = np.where(waits, FILED, np.where(made.is_disputed[at], DISPUTED, np.where(changed, AMENDED, ACCEPTED)))
    accepted = np.where(inspected, made.day[at] * DAY_SECONDS + second % DAY_SECONDS, second)
    return {
        "status": _pick(STATUSES, status),
        "accepted_at": _times(accepted, waits),
        "examination_result": _pick(EXAMINATIONS, np.where(inspected & ~waits, 1 + changed, 0)),
    }


def _transport(world: WorldArrays, at: IntArray, trade: IntArray) -> dict[str, pa.Array]:
    market = world.trades.market[trade]
    by_air = world.prices.goes_by_air[market]
    known = sorted(set(world.catalogue.origin.tolist()))
    origin = np.searchsorted(known, world.catalogue.origin)[market]
    ports = [port for country in known for port in ORIGINS[country][1]]
    first = np.cumsum([0] + [len(ORIGINS[country][1]) for country in known])
    loading = first[origin] + world.trades.port[trade]
    carrier = _pick(CARRIERS, np.where(by_air, len(CARRIERS) - 1, trade % (len(CARRIERS) - 1)))
    return {
        "origin_country": _pick(known, origin),
        "departure_country": _pick([port[:2] for port in ports], loading),
        "loading_port": _pick(ports, loading),
        "arrival_port": _pick([*ARRIVALS, AIRPORT], _arrival(world, trade)),
        "transport_mode": _pick(("sea", "air"), by_air.astype(int)),
        "bl_number": pc.binary_join_element_wise(carrier, padded(world.identity.bill[at], 9), ""),
        "container_numbers": container_texts(world.identity.box_key[at], world.declared.containers[at]),
    }


def _rates(world: WorldArrays, at: IntArray, trade: IntArray) -> dict[str, pa.Array]:
    """Rate, preference and certificate, by what the trade claims for the product declared."""
    claim = stream(world.seed, "declarations/preferences").random(len(world.trades))[trade]
    products, origins = world.catalogue.products, sorted(set(world.catalogue.origin.tolist()))
    origin = np.searchsorted(origins, world.catalogue.origin)[world.trades.market[trade]]
    product = world.declared.product[at]
    agreed = np.array([[agreed_pct(p, country) for country in origins] for p in products])[product, origin]
    quota = np.array([np.nan if p.quota_pct is None else p.quota_pct for p in products])[product]
    by_quota = ~np.isnan(quota) & (claim < CLAIMS_QUOTA)
    by_agreement = ~np.isnan(agreed) & ~by_quota & (claim < CLAIMS_AGREEMENT)
    basic = world.catalogue.column("basic_pct")[product]
    code = np.where(by_quota, len(origins), np.where(by_agreement, origin, -1))
    serial = pc.binary_join_element_wise(_pick([*origins, ""], origin), padded(world.identity.bill[at], 9), "")
    return {
        "duty_rate_pct": pa.array(np.where(by_quota, quota, np.where(by_agreement, agreed, basic))),
        "preference_code": _pick([*map(agreement_code, origins), QUOTA_CODE, ""], code),
        "certificate_number": pc.if_else(pa.array(by_agreement), serial, ""),
    }


def _arrival(world: WorldArrays, trade: IntArray) -> IntArray:
    by_air = world.prices.goes_by_air[world.trades.market[trade]]
    return np.where(by_air, len(ARRIVALS), world.trades.arrival[trade])


def _pick(names: Iterable[object], at: IntArray) -> pa.Array:
    """The name at each position; a negative position counts from the end."""
    texts = pa.array([str(name) for name in names])
    return texts.take(pa.array(np.where(at < 0, at + len(texts), at)))


def _stated(amount: IntArray) -> pa.Array:
    """An amount, missing where it is zero: it is in the invoice then."""
    return pa.array(amount, mask=amount == 0)


def _dates(days: IntArray) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _times(seconds: IntArray, is_missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pc.strftime(pa.array(seconds, mask=is_missing).cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%S+09:00")
