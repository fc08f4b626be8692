"""silver.hs_revision: which code follows which from a day on; a revision may be announced before it holds."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import HS_CODE, any_missing, day, flags


def from_hs_revision(bronze: DataFrame) -> DataFrame:
    """Rows of the correlation tables between two editions of the nomenclature."""
    codes = ("old_code", "new_code")
    return bronze.withColumn("period_start", day("valid_from")).select(
        F.col("old_code").alias("old_hs_code"),
        F.col("new_code").alias("new_hs_code"),
        "period_start",
        F.col("period_start").alias("valid_from"),
        F.col("source").alias("nomenclature"),
        flags(
            value_missing=any_missing("source"),
            bad_period=F.col("period_start").isNull(),
            bad_hs_code=~F.col(codes[0]).rlike(HS_CODE) | ~F.col(codes[1]).rlike(HS_CODE),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"hs_revision": from_hs_revision}
