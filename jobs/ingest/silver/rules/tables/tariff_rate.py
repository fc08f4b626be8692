"""silver.tariff_rate: the rates of the tariff, on value, on mass or the greater of both, and how long each holds.

A rate may be decreed before it holds.
"""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import (
    HSK10,
    any_comma,
    any_negative,
    any_of,
    day,
    figure_checks,
    figures,
    fits,
    literals,
    mapped,
    misread,
    not_in,
    q,
)
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.tariff_rate"
RATES = {name: name for name in ("ad_valorem_pct", "specific_krw_per_kg")}
AD_VALOREM, SPECIFIC = RATES
NEEDED = {"ad_valorem": (AD_VALOREM,), "specific": (SPECIFIC,), "greater_of": (AD_VALOREM, SPECIFIC)}
IS_EXEMPT = {"Y": "true", "N": "false"}
LACKING = [f"duty_kind = '{kind}' and {q(name)} = ''" for kind, names in NEEDED.items() for name in names]

ADAPTERS = {
    "tariff_rate": Statement(
        steps=({**figures(TABLE, RATES), "_valid_from": day("valid_from"), "_valid_to": day("valid_to")},),
        columns={
            **{name: q(name) for name in ("hs10_code", "tariff_kind", "preference_code", "duty_kind")},
            **{name: q(f"_{name}") for name in RATES},
            "is_vat_exempt": mapped("is_vat_exempt", IS_EXEMPT),
            "period_start": "_valid_from",
            "valid_from": "_valid_from",
            "valid_to": "_valid_to",
        },
        flags={
            **figure_checks(TABLE, RATES, comma=any_comma(*RATES)),
            "decimal_comma": any_comma(*RATES),
            "negative_value": any_negative(*[f"_{name}" for name in RATES]),
            "bad_period": "_valid_from is null",
            "bad_date": misread("_valid_to", "valid_to"),
            "bad_validity": "_valid_to < _valid_from",
            "bad_hs_code": f"not {fits('hs10_code', HSK10)}",
            "duty_incomplete": any_of(*LACKING),
            "unknown_code": any_of(
                not_in("tariff_kind", "tariff_kind"),
                not_in("duty_kind", "duty_kind"),
                f"is_vat_exempt not in ({literals(IS_EXEMPT)})",
            ),
        },
    )
}
