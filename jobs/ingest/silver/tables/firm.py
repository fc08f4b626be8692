"""silver.firm: who imports, exports and declares, as registered."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import any_missing, day, flags, not_in, stated, unlisted


def from_firm(bronze: DataFrame) -> DataFrame:
    """Rows of the register of firms."""
    return bronze.withColumn("period_start", day("registered_on")).select(
        "firm_id",
        "firm_kind",
        "period_start",
        F.col("period_start").alias("registered_on"),
        *[stated(name).alias(name) for name in ("country", "address_id", "phone_id")],
        flags(
            value_missing=any_missing("firm_id", "firm_kind"),
            bad_period=F.col("period_start").isNull(),
            unknown_code=not_in(F.col("firm_kind"), "firm_kind"),
            unknown_country=unlisted("country", "country"),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"firm": from_firm}
