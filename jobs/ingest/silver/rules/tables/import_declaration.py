"""silver.import_declaration: what importers declared, one row an item line, as known at one time.

What is odd about a line is flagged. A line whose mass and value do not state a price together, or whose product is not
known, stays in the table as evidence, but nothing assesses its price (`is_judgeable`).
"""

from __future__ import annotations

from jobs import contracts
from jobs.ingest.silver.rules.columns import (
    HSK10,
    UNLOCODE,
    any_comma,
    any_missing,
    any_negative,
    any_of,
    day,
    figure_checks,
    figures,
    fits,
    instant,
    literal,
    local_day,
    misread,
    month_of,
    q,
    stated,
    unlisted,
)
from jobs.ingest.silver.rules.line_slips import line_slips
from jobs.ingest.silver.rules.plausible import usd_off, value_off
from jobs.ingest.silver.rules.statement import Statement, bits
from jobs.ingest.silver.rules.tables.kcs_declaration import KCS_DECLARATIONS
from jobs.ingest.silver.rules.texts import is_ascii

TABLE = "silver.import_declaration"
FIGURES = {
    name: name
    for name in (
        *("line_no", "crop_year", "net_mass_kg", "gross_mass_kg", "package_count", "invoice_amount", "freight_krw"),
        *("insurance_krw", "customs_value_krw", "customs_value_usd", "duty_rate_pct"),
    )
}
MASSES = ("net_mass_kg", "gross_mass_kg")
AMOUNTS = [f"_{name}" for name in FIGURES if name not in MASSES]
MUST_STATE = (
    *("declaration_id", "line_no", "importer_id", "hs10_code", "origin_country", "net_mass_kg", "customs_value_krw"),
)
CODED = ("product_state", "packaging", "transport_mode", "incoterm", "trade_level", "examination_result")
NAMED = (
    *("office_code", "declarant_id", "exporter_id", "departure_country", "loading_port", "arrival_port"),
    *("bl_number", "certificate_number"),
)
AS_TEXT = ("declaration_id", "importer_id", "hs10_code", "origin_country", "grade", "preference_code")
OR_UNKNOWN = ("standard_name_code", "invoice_currency", "status", *NAMED, *CODED)
SLIPS = line_slips("_")
NOT_ASSESSED = (*SLIPS, "usd_mismatch", "product_missing", "unknown_product")
# A replacement character, or Korean letters of two bytes each read as Latin-1.
GARBLED = r"\x{fffd}|[\x{a1}-\x{fe}]{2}"
PORTS = [f"({q(name)} <> '' and not {fits(q(name), UNLOCODE)})" for name in ("loading_port", "arrival_port")]

# Flags of what each text of a record says on its own.
RECORD_CHECKS = {
    **figure_checks(TABLE, FIGURES, comma=any_comma(*FIGURES)),
    "value_missing": any_missing(*MUST_STATE),
    "decimal_comma": any_comma(*FIGURES),
    "negative_value": any_negative(*AMOUNTS),
    "negative_mass": any_negative(*[f"_{name}" for name in MASSES]),
    "bad_period": "_period_start is null",
    "bad_date": any_of(misread("_accepted_at", "accepted_at"), misread("_shipped_on", "shipped_on")),
    "future_date": f"greatest({local_day('_accepted_at')}, _shipped_on) > _arrived_on",
    "bad_hs_code": f"not {fits('hs10_code', HSK10)}",
    "bad_port_code": any_of(*PORTS),
    "unknown_country": any_of(unlisted("country", "origin_country", "departure_country")),
    "unknown_code": any_of(*[unlisted(name, name) for name in CODED], unlisted("declaration_status", "status")),
    "garbled_text": f"case when {is_ascii('_whole')} then false else regexp_matches(_whole, {literal(GARBLED)}) end",
}
# Flags of what masses, values and rates say beside each other, and of what the price would be a price of.
PRICE_CHECKS = {
    **SLIPS,
    "value_mismatch": value_off("_"),
    "usd_mismatch": usd_off("_"),
    "usd_converted": "customs_value_usd = '' and _usd_rate is not null",
    "unknown_currency": "invoice_currency <> '' and _invoice_rate is null",
    "product_missing": "standard_name_code = ''",
    "unknown_product": unlisted("standard_product", "standard_name_code"),
}

# The customs system's daily files.
DECLARATIONS = Statement(
    steps=(
        {
            **figures(TABLE, FIGURES),
            "_declared_at": instant("declared_at"),
            "_accepted_at": instant("accepted_at"),
            "_shipped_on": day("shipped_on"),
        },
        {"_period_start": local_day("_declared_at")},
    ),
    rates={"_invoice_rate": ("invoice_currency", "_period_start"), "_usd_rate": ("'USD'", "_period_start")},
    columns={
        **{name: q(name) for name in AS_TEXT},
        **{name: stated(name) for name in OR_UNKNOWN},
        **{name: q(f"_{name}") for name in ("declared_at", "accepted_at", "shipped_on", "period_start", *FIGURES)},
        "period_month": month_of("_period_start"),
        "customs_value_usd": "coalesce(_customs_value_usd, try_cast(_customs_value_krw / _usd_rate as decimal(20,2)))",
        "container_numbers": "case when container_numbers <> '' then string_split(container_numbers, ';') end",
        "is_judgeable": f"_raised & {bits(contracts.table(TABLE), NOT_ASSESSED)}::ubigint = 0",
    },
    flags={**RECORD_CHECKS, **PRICE_CHECKS},
)

ADAPTERS = {"import_declaration": DECLARATIONS, "kcs_declarations": KCS_DECLARATIONS}
