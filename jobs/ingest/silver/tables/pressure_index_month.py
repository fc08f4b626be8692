"""silver.pressure_index_month: indices of pressure on supply chains."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import amount, flags, month, not_numbers


def from_gscpi(bronze: DataFrame) -> DataFrame:
    """The New York Fed's Global Supply Chain Pressure Index."""
    return bronze.withColumn("period_start", month("date")).select(
        F.lit("GSCPI").alias("series_name"),
        "period_start",
        amount("value", "decimal(20,6)").alias("index_value"),
        flags(not_a_number=not_numbers("value"), bad_period=F.col("period_start").isNull()).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"gscpi": from_gscpi}
