"""silver.strait_day: ships through each chokepoint, day by day."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import amount, any_negative, day, flags, not_in, not_numbers

COUNTS = ("n_total", "n_tanker", "n_cargo")


def from_portwatch_straits(bronze: DataFrame) -> DataFrame:
    """Rows of PortWatch's chokepoint file."""
    return bronze.withColumn("period_start", day("date")).select(
        F.col("chokepoint").alias("strait_code"),
        "period_start",
        amount("n_total", "int").alias("transits_total"),
        amount("n_tanker", "int").alias("transits_tanker"),
        amount("n_cargo", "int").alias("transits_cargo"),
        amount("capacity", "decimal(20,3)").alias("capacity_t"),
        flags(
            not_a_number=not_numbers(*COUNTS, kind="int"),
            negative_value=any_negative(*COUNTS, "capacity"),
            bad_period=F.col("period_start").isNull(),
            unknown_strait=not_in(F.col("chokepoint"), "strait"),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"portwatch_straits": from_portwatch_straits}
