"""silver.firm_relation: which firms are connected, and how."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.columns import any_missing, day, flags, misread, not_in


def from_firm_relation(bronze: DataFrame) -> DataFrame:
    """Rows of the register of relations; one may be announced before it holds."""
    read = bronze.withColumns({"period_start": day("valid_from"), "_valid_to": day("valid_to")})
    return read.select(
        "firm_id",
        "related_firm_id",
        "relation_kind",
        "period_start",
        F.col("period_start").alias("valid_from"),
        F.col("_valid_to").alias("valid_to"),
        flags(
            value_missing=any_missing("firm_id", "related_firm_id", "relation_kind"),
            bad_period=F.col("period_start").isNull(),
            bad_date=misread("_valid_to", "valid_to"),
            bad_validity=F.col("_valid_to") < F.col("period_start"),
            unknown_code=not_in(F.col("relation_kind"), "relation_kind"),
        ).alias("quality_flags"),
        "_record",
    )


ADAPTERS = {"firm_relation": from_firm_relation}
