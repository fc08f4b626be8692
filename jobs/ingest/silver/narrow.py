"""A million rows assessed on what the comparison needs, so that their forty columns are neither shuffled nor sorted.

Rows of a partitioned table are read twice: once for the little by which they are compared, once to be written. Nearly
all are new and sound; only what was decided otherwise about the others travels back to them. It holds for tables whose
records state one row each.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contracts.model import Table
from jobs.ingest.silver.vintages import stated_values
from jobs.lake.delta import FEW_ROWS


def hashed(names: list[str]) -> Column:
    """A hash of the columns, 64 bits; which of them are null is part of it, since the hash itself passes nulls over."""
    is_null = [F.when(F.col(name).isNull(), "0").otherwise("1") for name in names]
    return F.xxhash64(*names, F.concat(*is_null))


def narrow(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows, `as_comparable`, with nothing but what `assess_rows` and the counts need; values as their hash."""
    where_from = ["_record"] if "_record" in rows.columns else []
    return rows.select(
        "_table",
        "_key",
        "_together",
        hashed(stated_values(contract)).alias("_values"),
        "known_at",
        "record_id",
        "ingested_at",
        "quality_flags",
        F.size("quality_flags").alias("_flag_count"),
        *where_from,
    )


def with_verdicts(rows: DataFrame, verdicts: DataFrame) -> DataFrame:
    """The rows with their final flags, `_is_news` and `_is_written`.

    Args:
        rows: all columns of the rows of a load, `as_comparable`.
        verdicts: the same rows, narrow, from `assess_rows`; persisted.
    """
    is_stated = F.col("_is_news") & ~F.col("_is_written")
    is_flagged_further = F.size("quality_flags") > F.col("_flag_count")
    others = verdicts.where(~is_stated | is_flagged_further).select(
        "record_id", F.col("quality_flags").alias("_flags"), is_stated.alias("_is_told")
    )
    if others.count() <= FEW_ROWS:
        others = F.broadcast(others)
    return rows.join(others, on="record_id", how="left").withColumns(
        {
            "quality_flags": F.coalesce("_flags", "quality_flags"),
            "_is_news": F.coalesce("_is_told", F.lit(True)),
            "_is_written": F.lit(False),
        }
    )
