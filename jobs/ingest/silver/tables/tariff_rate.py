"""silver.tariff_rate: the rates of the tariff, on value, on mass or the greater of both, and how long each holds."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import HSK10, amount, any_comma, any_negative, any_of, day, flags, misread, not_in

RATES = ("ad_valorem_pct", "specific_krw_per_kg")
NEEDED = {"ad_valorem": RATES[:1], "specific": RATES[1:], "greater_of": RATES}
IS_EXEMPT = {"Y": True, "N": False}


def from_tariff_rate(bronze: DataFrame) -> DataFrame:
    """Rows of the tariff schedule; a rate may be decreed before it holds."""
    typed = {f"_{name}": amount(name, "decimal(10,4)" if name == RATES[0] else "decimal(20,4)") for name in RATES}
    read = bronze.withColumns({**typed, "period_start": day("valid_from"), "_valid_to": day("valid_to")})
    exempt = F.create_map(*[F.lit(part) for pair in IS_EXEMPT.items() for part in pair])
    lacking = [(F.col("duty_kind") == kind) & (F.col(name) == "") for kind, names in NEEDED.items() for name in names]
    return read.select(
        "hs10_code",
        "tariff_kind",
        "preference_code",
        "duty_kind",
        *[F.col(f"_{name}").alias(name) for name in RATES],
        F.try_element_at(exempt, F.col("is_vat_exempt")).alias("is_vat_exempt"),
        "period_start",
        F.col("period_start").alias("valid_from"),
        F.col("_valid_to").alias("valid_to"),
        flags(
            not_a_number=any_of(*[misread(f"_{name}", name) for name in RATES]) & ~any_comma(*RATES),
            decimal_comma=any_comma(*RATES),
            negative_value=any_negative(*[f"_{name}" for name in RATES]),
            bad_period=F.col("period_start").isNull(),
            bad_date=misread("_valid_to", "valid_to"),
            bad_validity=F.col("_valid_to") < F.col("period_start"),
            bad_hs_code=~F.col("hs10_code").rlike(HSK10),
            duty_incomplete=any_of(*lacking),
            unknown_code=any_of(
                not_in(F.col("tariff_kind"), "tariff_kind"),
                not_in(F.col("duty_kind"), "duty_kind"),
                ~F.col("is_vat_exempt").isin(*IS_EXEMPT),
            ),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"tariff_rate": from_tariff_rate}
