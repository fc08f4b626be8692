"""silver.price_reference: what goods cost according to surveys, world markets and published security prices."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import amount, any_comma, any_missing, any_of, day, flags, misread, not_in, unlisted
from jobs.ingest.silver.exchange import add_rate

MASS_UNITS_KG = {"kg": 1.0, "t": 1000.0, "lb": 0.45359237}
PRICE = "decimal(20,6)"


def from_price_reference(bronze: DataFrame) -> DataFrame:
    """Rows of the reference files; the unit names currency and mass, as in USD/t, and must agree with the currency."""
    factors = F.create_map(*[F.lit(part) for pair in MASS_UNITS_KG.items() for part in pair])
    read = bronze.withColumns(
        {
            "_period_start": day("period_start"),
            "_period_end": day("period_end"),
            "_published_on": day("published_on"),
            "_price": amount("price", PRICE),
            "_kg": F.try_element_at(factors, F.substring_index("unit", "/", -1)),
        }
    )
    rated = add_rate(
        add_rate(read, "_rate", currency=F.col("currency"), day=F.col("_period_start")),
        "_usd_rate",
        currency=F.lit("USD"),
        day=F.col("_period_start"),
    )
    is_unit_known = F.col("_kg").isNotNull() & (F.substring_index("unit", "/", 1) == F.col("currency"))
    return rated.select(
        "reference_source",
        "standard_name_code",
        F.when(F.col("origin_country") == "", "ALL").otherwise(F.col("origin_country")).alias("origin_country"),
        "grade",
        F.col("_period_start").alias("period_start"),
        F.col("_period_end").alias("period_end"),
        F.col("_price").alias("price"),
        "unit",
        "currency",
        (F.col("_price").cast("double") * F.col("_rate") / F.col("_usd_rate") / F.col("_kg"))
        .cast(PRICE)
        .alias("price_usd_per_kg"),
        F.col("_published_on").alias("published_on"),
        flags(
            not_a_number=F.col("_price").isNull() & ~any_comma("price"),
            decimal_comma=any_comma("price"),
            negative_value=F.col("_price") < 0,
            value_zero=F.col("_price") == 0,
            bad_period=F.col("_period_start").isNull() | (F.col("_period_end") < F.col("_period_start")),
            bad_date=any_of(misread("_period_end", "period_end"), misread("_published_on", "published_on")),
            unknown_code=not_in(F.col("reference_source"), "reference_source"),
            unknown_product=not_in(F.col("standard_name_code"), "standard_product"),
            unknown_country=unlisted("country", "origin_country"),
            unknown_unit=~is_unit_known | any_missing("currency"),
            unknown_currency=is_unit_known & F.col("_rate").isNull(),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"price_reference": from_price_reference}
