"""silver.inspection_result: what inspecting a declared line found, and how it came to be inspected."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import (
    amount,
    any_comma,
    any_missing,
    any_negative,
    any_of,
    day,
    flags,
    instant,
    local_day,
    misread,
    month_of,
    not_in,
    stated,
)

FIGURES = {
    "line_no": "int",
    "propensity": "double",
    "corrected_customs_value_krw": "decimal(20,0)",
    "corrected_net_mass_kg": "decimal(20,3)",
}
MUST_STATE = ("declaration_id", "line_no", "inspected_at", "selection", "finding")
KCS_FINDINGS = {"0": "no_finding", "1": "violation"}
KCS_UNSTATED = ("inspected_at", "propensity", "corrected_customs_value_krw", "corrected_net_mass_kg")


def from_inspection_result(bronze: DataFrame) -> DataFrame:
    """Rows of the inspection offices' files."""
    typed = {f"_{name}": amount(name, kind) for name, kind in FIGURES.items()}
    read = bronze.withColumns({**typed, "_inspected_at": instant("inspected_at")})
    return read.withColumn("period_start", local_day(F.col("_inspected_at"))).select(
        "declaration_id",
        "period_start",
        month_of("period_start").alias("period_month"),
        "selection",
        "finding",
        *[F.col(f"_{name}").alias(name) for name in ("inspected_at", *FIGURES)],
        stated("reason_code").alias("reason_code"),
        flags(
            value_missing=any_missing(*MUST_STATE),
            not_a_number=any_of(*[misread(f"_{name}", name) for name in FIGURES]) & ~any_comma(*FIGURES),
            decimal_comma=any_comma(*FIGURES),
            negative_value=any_negative("_corrected_customs_value_krw"),
            negative_mass=any_negative("_corrected_net_mass_kg"),
            bad_period=F.col("period_start").isNull(),
            bad_propensity=~F.col("_propensity").between(0, 1),
            unknown_code=not_in(F.col("selection"), "selection") | not_in(F.col("finding"), "finding"),
        ).alias("quality_flags"),
        "_record",
    )


def from_kcs_declaration_outcomes(bronze: DataFrame) -> DataFrame:
    """Labels of the published synthetic declarations: whether there was a fraud, and whether a critical one."""
    findings = F.create_map(*[F.lit(part) for pair in KCS_FINDINGS.items() for part in pair])
    return bronze.withColumn("period_start", day("Date")).select(
        F.col("Declaration ID").alias("declaration_id"),
        F.lit(1).alias("line_no"),
        "period_start",
        month_of("period_start").alias("period_month"),
        F.lit("none").alias("selection"),
        F.try_element_at(findings, F.col("Fraud")).alias("finding"),
        F.when(F.col("Critical Fraud") != "0", F.concat(F.lit("critical_"), F.col("Critical Fraud"))).alias(
            "reason_code"
        ),
        *[F.lit(None).alias(name) for name in KCS_UNSTATED],
        flags(
            value_missing=any_missing("Declaration ID"),
            bad_period=F.col("period_start").isNull(),
            unknown_code=~F.col("Fraud").isin(*KCS_FINDINGS) | ~F.col("Critical Fraud").isin("0", "1", "2"),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {
    "inspection_result": from_inspection_result,
    "kcs_declaration_outcomes": from_kcs_declaration_outcomes,
}
