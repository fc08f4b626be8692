"""silver.inspection_result: what inspecting a declared line found, and how it came to be inspected."""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import (
    any_comma,
    any_missing,
    any_of,
    day,
    figure_checks,
    figures,
    instant,
    literals,
    local_day,
    mapped,
    month_of,
    not_in,
    q,
    stated,
)
from jobs.ingest.silver.rules.statement import Statement

TABLE = "silver.inspection_result"
CORRECTED = ("corrected_customs_value_krw", "corrected_net_mass_kg")
FIGURES = {name: name for name in ("line_no", "propensity", *CORRECTED)}
MUST_STATE = ("declaration_id", "line_no", "inspected_at", "selection", "finding")
KCS_FINDINGS = {"0": "no_finding", "1": "violation"}

# The inspection offices' files.
OFFICES = Statement(
    steps=(
        {**figures(TABLE, FIGURES), "_inspected_at": instant("inspected_at")},
        {"_period_start": local_day("_inspected_at")},
    ),
    columns={
        **{name: q(name) for name in ("declaration_id", "selection", "finding")},
        "period_start": "_period_start",
        "period_month": month_of("_period_start"),
        "inspected_at": "_inspected_at",
        **{name: q(f"_{name}") for name in FIGURES},
        "reason_code": stated("reason_code"),
    },
    flags={
        **figure_checks(TABLE, FIGURES, comma=any_comma(*FIGURES)),
        "value_missing": any_missing(*MUST_STATE),
        "decimal_comma": any_comma(*FIGURES),
        "negative_value": "_corrected_customs_value_krw < 0",
        "negative_mass": "_corrected_net_mass_kg < 0",
        "bad_period": "_period_start is null",
        "bad_propensity": "not _propensity between 0 and 1",
        "unknown_code": any_of(not_in("selection", "selection"), not_in("finding", "finding")),
    },
)

# Labels of the published synthetic declarations: whether there was a fraud, and whether a critical one.
KCS_LABELS = Statement(
    steps=({"_period_start": day("Date")},),
    columns={
        "declaration_id": q("Declaration ID"),
        "line_no": "1",
        "period_start": "_period_start",
        "period_month": month_of("_period_start"),
        "selection": "'none'",
        "finding": mapped("Fraud", KCS_FINDINGS),
        "reason_code": """case when "Critical Fraud" <> '0' then 'critical_' || "Critical Fraud" end""",
    },
    flags={
        "value_missing": any_missing("Declaration ID"),
        "bad_period": "_period_start is null",
        "unknown_code": any_of(
            f"Fraud not in ({literals(KCS_FINDINGS)})", """"Critical Fraud" not in ('0', '1', '2')"""
        ),
    },
)

ADAPTERS = {"inspection_result": OFFICES, "kcs_declaration_outcomes": KCS_LABELS}
