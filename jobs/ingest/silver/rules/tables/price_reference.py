"""silver.price_reference: what goods cost according to surveys, world markets and published security prices."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import (
    any_comma,
    any_missing,
    any_of,
    day,
    figure_checks,
    figures,
    misread,
    not_in,
    q,
    unlisted,
)
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.price_reference"
PRICE = {"price": "price"}
MASS_UNITS_KG = {"kg": 1.0, "t": 1000.0, "lb": 0.45359237}
DAYS = ("period_start", "period_end", "published_on")
NAMES = ("reference_source", "standard_name_code", "grade", "unit", "currency")
KG = " ".join(f"when '{unit}' then {kg}::double" for unit, kg in MASS_UNITS_KG.items())
# The unit names currency and mass, as in USD/t, and must agree with the currency.
IS_UNIT_KNOWN = "coalesce(_kg is not null and split_part(unit, '/', 1) = currency, false)"

ADAPTERS = {
    "price_reference": Statement(
        steps=(
            {
                **{f"_{name}": day(name) for name in DAYS},
                **figures(TABLE, PRICE),
                "_kg": f"case split_part(unit, '/', -1) {KG} end",
            },
        ),
        rates={"_rate": ("currency", "_period_start"), "_usd_rate": ("'USD'", "_period_start")},
        columns={
            **{name: q(name) for name in NAMES},
            "origin_country": "coalesce(nullif(origin_country, ''), 'ALL')",
            **{name: q(f"_{name}") for name in DAYS},
            "price": "_price",
            # A price no column has room for is flagged, and must not end the query here.
            "price_usd_per_kg": "try_cast(_price::double * _rate / _usd_rate / _kg as decimal(20, 6))",
        },
        flags={
            **figure_checks(TABLE, PRICE, required=PRICE, comma=any_comma("price")),
            "decimal_comma": any_comma("price"),
            "negative_value": "_price < 0",
            "value_zero": "_price = 0",
            "bad_period": any_of("_period_start is null", "_period_end < _period_start"),
            "bad_date": any_of(misread("_period_end", "period_end"), misread("_published_on", "published_on")),
            "unknown_code": not_in("reference_source", "reference_source"),
            "unknown_product": not_in("standard_name_code", "standard_product"),
            "unknown_country": unlisted("country", "origin_country"),
            "unknown_unit": any_of(f"not {IS_UNIT_KNOWN}", any_missing("currency")),
            "unknown_currency": f"{IS_UNIT_KNOWN} and _rate is null",
        },
    )
}
