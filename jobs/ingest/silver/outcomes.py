"""How each physical record ended: let in, repeating what was known, set aside, or unreadable."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.ingest.silver.vintages import severe_codes
from jobs.lake.delta import FEW_ROWS

STATES = ("out", "unchanged", "quarantined", "rejected")


def count_outcomes(records: DataFrame, assessed: DataFrame) -> DataFrame:
    """One row a file: how many of its physical records ended in which state, and how many rows they add (`rows_out`).

    A record that states nothing (a month without a single price) has no row, and counts as unchanged.

    Args:
        records: all records of the load, with `record_id`, `delivery_id` and `reject_reason`.
        assessed: the rows they state, from `assess_rows`.
    """
    no = F.lit(False)
    read = records.select(
        F.col("_record.source").alias("source"),
        "delivery_id",
        "record_id",
        F.col("reject_reason").isNotNull().alias("is_rejected"),
        no.alias("is_unsound"),
        no.alias("is_news"),
    )
    stated = assessed.select(
        F.col("_record.source").alias("source"),
        F.col("_record.delivery_id").alias("delivery_id"),
        "record_id",
        no.alias("is_rejected"),
        F.col("_is_unsound").alias("is_unsound"),
        F.col("_is_news").alias("is_news"),
    )
    ended = (
        read.unionByName(stated)
        .groupBy("source", "delivery_id", "record_id")
        .agg(
            F.max("is_rejected").alias("is_rejected"),
            F.max("is_unsound").alias("is_unsound"),
            F.max("is_news").alias("is_news"),
            F.count_if("is_news").alias("rows_out"),
        )
    )
    state = (
        F.when(F.col("is_rejected"), "rejected")
        .when(F.col("is_unsound"), "quarantined")
        .when(F.col("is_news"), "out")
        .otherwise("unchanged")
    )
    counts = [F.count_if(F.col("state") == each).alias(f"records_{each}") for each in STATES]
    named = ended.select("source", "delivery_id", "rows_out", state.alias("state"))
    return named.groupBy("source", "delivery_id").agg(*counts, F.sum("rows_out").alias("rows_out"))


def rejected_rows(records: DataFrame) -> DataFrame:
    """Rows of ops.rejected."""
    return records.where(F.col("reject_reason").isNotNull()).select(
        "record_id",
        F.col("_record.source").alias("source"),
        "delivery_id",
        "source_file",
        "source_row",
        "file_sha256",
        "raw_record",
        "ingested_at",
        F.col("reject_reason").alias("reason_code"),
    )


def quarantined_rows(records: DataFrame, assessed: DataFrame, row_count: int) -> DataFrame:
    """Rows of ops.quarantine: the records of unsound rows with all their reasons and their values as delivered.

    Args:
        records, assessed: see `count_outcomes`.
        row_count: how many there are; where they are few, the many records are not shuffled to find them.
    """
    severe = F.array_intersect("quality_flags", severe_codes())
    reasons = (
        assessed.where("_is_unsound")
        .groupBy(F.col("_record.source").alias("source"), "record_id", F.col("_table").alias("table_name"))
        .agg(F.array_sort(F.array_distinct(F.flatten(F.collect_list(severe)))).alias("reason_codes"))
    )
    few = reasons.hint("broadcast") if row_count <= FEW_ROWS else reasons
    named = records.withColumn("source", F.col("_record.source"))
    return named.join(few, on=["source", "record_id"], how="inner").select(
        "record_id",
        "source",
        "delivery_id",
        "source_file",
        "source_row",
        "file_sha256",
        "ingested_at",
        "payload",
        "reason_codes",
        "table_name",
    )
