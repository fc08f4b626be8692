"""The arrays of a world as the tables of landing, and its truth. Parts of a world can be made apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.sample.declarations.exchange import CURRENCIES, customs_rates
from jobs.sample.declarations.identity import DAY_SECONDS, container_texts, padded
from jobs.sample.declarations.inspections import CLERICAL, FINDINGS, REASONS, UNDERWEIGHT
from jobs.sample.declarations.look_alikes import KINDS
from jobs.sample.declarations.parameters import CUTS, LOG_SD
from jobs.sample.declarations.registers import (
    AGREEMENTS,
    QUOTA_CODE,
    has_agreement,
)
from jobs.sample.declarations.routes import AIRPORT, AIRPORT_OFFICE, ARRIVALS, ORIGINS
from jobs.sample.declarations.schemes import SCHEMES, VARIANTS
from jobs.sample.declarations.trades import INCOTERMS, LEVELS
from jobs.sample.streams import stream

if TYPE_CHECKING:
    from jobs.sample.declarations.world import DeclarationWorld, Rows

Codes = NDArray[np.int64]

GRADES = ("A", "B", "C", "")  # -1 reads the last
OTHER_PACKAGING = {"bag": "box", "box": "bag", "drum": "pouch", "pouch": "box", "bulk": "bag"}
STATUSES = ("filed", "accepted", "amended", "disputed")
EXAMINATIONS = ("not_examined", "examined_accepted", "examined_changed")
CLAIMS_AGREEMENT, CLAIMS_QUOTA = 0.6, 0.15  # of the trades that could


def declarations(world: DeclarationWorld, rows: Rows, is_filed: bool) -> pa.Table:
    """`import_declaration`: one row a lot; `is_filed` as it was before any inspection."""
    at = np.arange(len(world))[rows]
    lots, given, made = world.lots, world.declared, world.inspections
    trade = lots.trade[at]
    market = world.trades.market[trade]
    by_air = world.prices.goes_by_air[market]
    rate, preference, certified = _rates(world, at, trade, market)
    inspected = made.is_inspected[at]
    changed = made.changes[at]
    settled = np.where(changed, np.where(made.is_disputed[at], 3, 2), 1)
    still_open = is_filed | (made.day[at] > world.calendar.last)
    status = np.where(inspected & still_open, 0, settled)
    accepted = np.where(
        inspected, made.day[at] * DAY_SECONDS + world.identity.second[at] % DAY_SECONDS, world.identity.second[at]
    )
    return pa.table({
        **_keys(world, at),
        "declared_at": _times(world.identity.second[at]),
        "office_code": _pick([office for office, _ in ARRIVALS.values()] + [AIRPORT_OFFICE], _arrival(world, trade, by_air)),
        "declarant_id": _pick(world.firm_numbers.declarant, world.trades.declarant[trade]),
        "importer_id": _pick(world.firm_numbers.importer, world.trades.importer[trade]),
        "exporter_id": _pick(world.firm_numbers.exporter, world.trades.exporter[trade]),
        "hs10_code": _pick(world.catalogue.column("hs10"), given.product[at]),
        "standard_name_code": _pick(world.catalogue.column("code"), given.product[at]),
        "product_state": _states(world, trade, given.product[at]),
        "grade": _pick(GRADES, lots.grade[at]),
        "packaging": _packaging(world, trade, market),
        "crop_year": pa.array(lots.crop_year[at], mask=lots.crop_year[at] < 0),
        **_transport(world, at, trade, market, by_air),
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
        "duty_rate_pct": pa.array(rate),
        "preference_code": preference,
        "certificate_number": certified,
        "status": _pick(STATUSES, status),
        "accepted_at": _times(accepted, status == 0),
        "shipped_on": _dates(lots.shipped[at]),
        "trade_level": _pick(LEVELS, world.trades.level[trade]),
        "examination_result": _pick(EXAMINATIONS, np.where(inspected & (status > 0), 1 + changed, 0)),
    })  # fmt: skip


def inspection_results(world: DeclarationWorld, rows: Rows) -> pa.Table:
    """`inspection_result`: one row a lot inspected; corrected figures only where something had to be corrected."""
    made = world.inspections
    at = np.arange(len(world))[rows]
    at = at[made.is_inspected[at] & (made.day[at] <= world.calendar.last)]
    finding, given = made.finding[at], world.declared
    won = customs_rates(np.full(len(at), CURRENCIES.index("USD")), world.lots.declared[at])
    ratio = np.where(finding == CLERICAL, world.look_alikes.ratio[at], 1.0)
    value = np.rint(given.true_price[at] * given.true_mass[at] * won / ratio).astype(np.int64)
    return pa.table({
        **_keys(world, at),
        "inspected_at": _times(made.day[at] * DAY_SECONDS + world.identity.second[at] % DAY_SECONDS),
        "selection": _pick(("profile", "random"), made.is_random[at].astype(int)),
        "propensity": pa.array(np.round(made.propensity[at], 6)),
        "finding": _pick(FINDINGS, finding),
        "corrected_customs_value_krw": pa.array(value, mask=~made.changes[at]),
        "corrected_net_mass_kg": pa.array(given.true_mass[at], mask=finding != UNDERWEIGHT),
        "reason_code": _pick(REASONS, finding),
    })  # fmt: skip


def truth(world: DeclarationWorld, rows: Rows) -> pa.Table:
    """The truth of each lot; `reference_usd_per_kg` is its true market price, `lookalike_ratio` what was left of it."""
    at = np.arange(len(world))[rows]
    cases, alike, given = world.cases, world.look_alikes, world.declared
    variants = [name for scheme in SCHEMES for name in VARIANTS[scheme]] + [""]
    is_case, kind = cases.is_case[at], alike.kind[at]
    variant = np.where(is_case, cases.scheme[at] * 2 + cases.is_held_out[at], len(variants) - 1)
    product = world.catalogue.product[world.trades.market[world.lots.trade[at]]]
    return pa.table({
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
        "is_held_out": pa.array(cases.is_held_out[at]),
        "reference_usd_per_kg": pa.array(np.round(given.reference[at], 6)),
        "lookalike_ratio": pa.array(np.round(alike.ratio[at], 4), mask=kind < 0),
        "true_standard_name_code": _pick(world.catalogue.column("code"), product),
    })  # fmt: skip


def _keys(world: DeclarationWorld, at: Codes) -> dict[str, pa.Array]:
    """Declaration number, as the declarant's five digits, year and running number, and line."""
    declarant = _pick(world.firm_numbers.declarant, world.trades.declarant[world.lots.trade[at]])
    year = world.lots.declared[at].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    number = pc.binary_join_element_wise(
        declarant, padded(year % 100, 2), padded(world.identity.declaration[at], 8), "-"
    )
    return {"declaration_id": number, "line_no": pa.array(world.identity.line[at])}


def _transport(
    world: DeclarationWorld, at: Codes, trade: Codes, market: Codes, by_air: NDArray[np.bool_]
) -> dict[str, pa.Array]:
    origin = world.catalogue.origin[market]
    known = sorted(set(world.catalogue.origin.tolist()))
    ports = [port for country in known for port in ORIGINS[country][1]]
    first = np.cumsum([0] + [len(ORIGINS[country][1]) for country in known])[:-1]
    loading = first[np.searchsorted(known, origin)] + world.trades.port[trade]
    bill = pc.binary_join_element_wise(
        _pick(("HDMU", "KMTC", "SITG", "MAEU", "180-"), np.where(by_air, 4, trade % 4)),
        padded(world.identity.bill[at], 9), "",
    )  # fmt: skip
    return {
        "origin_country": _pick(known, np.searchsorted(known, origin)),
        "departure_country": _pick([port[:2] for port in ports], loading),
        "loading_port": _pick(ports, loading),
        "arrival_port": _pick([*ARRIVALS, AIRPORT], _arrival(world, trade, by_air)),
        "transport_mode": _pick(("sea", "air"), by_air.astype(int)),
        "bl_number": bill,
        "container_numbers": container_texts(world.identity.box_key[at], world.declared.containers[at]),
    }


def _rates(world: DeclarationWorld, at: Codes, trade: Codes, market: Codes) -> tuple[NDArray, pa.Array, pa.Array]:
    """Rate, preference code and certificate of each lot, by what its trade claims for the product declared."""
    rng = stream(world.seed, "declarations/preferences")
    claim = rng.random(len(world.trades))[trade]
    products, origins = world.catalogue.products, sorted(set(world.catalogue.origin.tolist()))
    origin = np.searchsorted(origins, world.catalogue.origin[market])
    product = world.declared.product[at]
    basic = world.catalogue.column("basic_pct")
    agreed = np.array(
        [[basic[p] * AGREEMENTS[o] if has_agreement(products[p].basic_pct, products[p].specific_krw_per_kg, o) else np.nan
          for o in origins] for p in range(len(products))]
    )[product, origin]  # fmt: skip
    quota = np.array([np.nan if p.quota_pct is None else p.quota_pct for p in products])[product]
    by_quota = ~np.isnan(quota) & (claim < CLAIMS_QUOTA)
    by_agreement = ~np.isnan(agreed) & ~by_quota & (claim < CLAIMS_AGREEMENT)
    rate = np.where(by_quota, quota, np.where(by_agreement, np.round(agreed, 1), basic[product]))
    codes = [f"F{country}1" for country in origins] + [QUOTA_CODE, ""]
    code = np.where(by_quota, len(origins), np.where(by_agreement, origin, len(origins) + 1))
    serial = pc.binary_join_element_wise(_pick([*origins, "", ""], code), padded(world.identity.bill[at], 9), "")
    return rate, _pick(codes, code), pc.if_else(pa.array(by_agreement), serial, "")


def _states(world: DeclarationWorld, trade: Codes, product: Codes) -> pa.Array:
    """The state declared: the product's, chilled where the trade keeps it so."""
    states = [p.states for p in world.catalogue.products]
    both = [name for pair in states for name in (pair[0], pair[-1])]
    return _pick(both, 2 * product + world.trades.is_chilled[trade])


def _packaging(world: DeclarationWorld, trade: Codes, market: Codes) -> pa.Array:
    usual = world.catalogue.column("packaging").tolist()
    both = [name for kind in usual for name in (kind, OTHER_PACKAGING[kind])]
    return _pick(both, 2 * world.catalogue.product[market] + world.trades.is_other_packed[trade])


def _arrival(world: DeclarationWorld, trade: Codes, by_air: NDArray[np.bool_]) -> Codes:
    return np.where(by_air, len(ARRIVALS), world.trades.arrival[trade])


def _pick(names: Iterable[object], at: Codes) -> pa.Array:
    """The name at each position; a negative position counts from the end."""
    texts = pa.array([str(name) for name in names])
    return texts.take(pa.array(np.where(at < 0, at + len(texts), at)))


def _stated(amount: Codes) -> pa.Array:
    """An amount, missing where it is zero: it is in the invoice then."""
    return pa.array(amount, mask=amount == 0)


def _dates(days: Codes) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _times(seconds: Codes, is_missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pc.strftime(pa.array(seconds, mask=is_missing).cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%S+09:00")
