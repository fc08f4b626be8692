"""Rows of silver.import_declaration from the published synthetic declarations of the Korea Customs Service.

HS6 only, the value in won, no goods named, no terms of delivery: nothing is ever assessed for its price, which the file
makes a constant per product times the mass. Process, import, use and payment types, courier and mark of origin have no
place in the table; bronze keeps them. The labels feed silver.inspection_result.
"""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import (
    HS6,
    any_missing,
    any_negative,
    any_of,
    day,
    figure_checks,
    figures,
    fits,
    literals,
    mapped,
    midnight,
    month_of,
    not_in,
    q,
    stated,
)
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.import_declaration"
TRANSPORT = {"10": "sea", "20": "land", "30": "land", "40": "air", "50": "post", "90": "other"}
BASIC_RATE, COUNTRY_NOT_KNOWN = "A", "ZZ"
FIGURES = {"net_mass_kg": "Net Mass", "customs_value_krw": "Item Price", "duty_rate_pct": "Tax Rate"}
NAMED = {"office_code": "Office ID", "declarant_id": "Declarant ID", "exporter_id": "Seller ID"}
COUNTRIES = {"origin_country": "Country of Origin", "departure_country": "Country of Departure"}
MODE = q("Mode of Transport")


def country(name: str) -> str:
    """A country's code; countries that are not named share one."""
    return f"case {q(name)} when '{COUNTRY_NOT_KNOWN}' then 'OTH' else {q(name)} end"


KCS_DECLARATIONS = Statement(
    steps=({**figures(TABLE, FIGURES), "_period_start": day("Date")},),
    rates={"_usd_rate": ("'USD'", "_period_start")},
    columns={
        "declaration_id": q("Declaration ID"),
        "line_no": "1",
        "period_start": "_period_start",
        "period_month": month_of("_period_start"),
        "declared_at": midnight("_period_start"),
        "importer_id": q("Importer ID"),
        "hs10_code": q("HS6 Code"),
        "grade": "''",
        **{name: stated(text) for name, text in NAMED.items()},
        **{name: country(text) for name, text in COUNTRIES.items()},
        **{name: q(f"_{name}") for name in FIGURES},
        "customs_value_usd": "try_cast(_customs_value_krw / _usd_rate as decimal(20,2))",
        "transport_mode": mapped(MODE, TRANSPORT),
        "preference_code": f"""case "Tax Type" when '{BASIC_RATE}' then '' else "Tax Type" end""",
        "is_judgeable": "false",
    },
    flags={
        **figure_checks(TABLE, FIGURES, required=FIGURES),
        "value_missing": any_missing("Declaration ID", "Importer ID", "Tax Type"),
        "negative_value": any_negative("_customs_value_krw", "_duty_rate_pct"),
        "negative_mass": any_negative("_net_mass_kg"),
        "bad_period": "_period_start is null",
        "bad_hs_code": f"not {fits(q('HS6 Code'), HS6)}",
        "unknown_country": any_of(*[not_in(country(name), "country") for name in COUNTRIES.values()]),
        "unknown_code": f"{MODE} not in ({literals(TRANSPORT)})",
        "mass_zero": "_net_mass_kg = 0",
        "value_zero": "_customs_value_krw = 0",
        "hs6_only": "true",
        "usd_converted": "_usd_rate is not null",
        "product_missing": "true",
    },
)
