"""silver.commodity_price_month: reference prices of commodities, one row a series and month."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import amount, any_negative, flags, month, not_numbers

NO_PRICE = ("", "...", "…")  # how the Pink Sheet writes a month without a price
COFFEE_SERIES = {"arabica_otm_usd_per_kg": "Coffee, Arabica (USD/kg)", "robusta_usd_per_kg": "Coffee, Robusta (USD/kg)"}


def price_rows(named: DataFrame) -> DataFrame:
    """Typed rows from a frame that has `series_name`, `_price` as text, `period_start` and `_record`."""
    return named.where(~F.col("_price").isin(*NO_PRICE)).select(
        "series_name",
        "period_start",
        amount("_price", "decimal(20,6)").alias("price"),
        flags(
            not_a_number=not_numbers("_price"),
            negative_value=any_negative("_price"),
            bad_period=F.col("period_start").isNull(),
        ).alias("quality_flags"),
        "_record",
    )


def from_pinksheet(bronze: DataFrame) -> DataFrame:
    """The World Bank's wide table: every column but the period is a series; ` **` only marks a changed source."""
    series = F.explode("extra_columns").alias("_series", "_price")
    named = bronze.select("_record", month("period").alias("period_start"), series)
    return price_rows(named.withColumn("series_name", F.trim(F.regexp_replace("_series", r"\s*\*\*$", ""))))


def from_coffee_price(bronze: DataFrame) -> DataFrame:
    """Arabica and robusta in USD/kg."""
    pairs = [F.struct(F.lit(name).alias("series_name"), F.col(c).alias("_price")) for c, name in COFFEE_SERIES.items()]
    exploded = bronze.select(
        "_record", month("year_month").alias("period_start"), F.explode(F.array(*pairs)).alias("_pair")
    )
    return price_rows(exploded.select("_record", "period_start", "_pair.series_name", "_pair._price"))


ADAPTERS = {"pinksheet": from_pinksheet, "coffee_price": from_coffee_price}
