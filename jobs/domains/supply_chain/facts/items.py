"""The facts of a night as one row an item: everything its detectors need, ready to be assessed anywhere."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def gather_items(trade: DataFrame, night: date, freshness_days: dict[str, int]) -> DataFrame:
    """One row an item of a source: all its months as known on the night.

    Columns: source, hs_code, `last_period` (newest month of the whole source) and `cells`, an array of
    struct(flow, partner, month, mass, value, record_id), sorted. National totals (partner ALL) of a
    source are cells of the same item in every source that states the item by country. A source whose newest
    month is older than its promise is left out: an alarm on it would be an alarm about the feed.

    Args:
        trade: silver.trade_month as of the night.
        night: the night.
        freshness_days: by source, the age in days after which the contract calls it late.
    """
    promise = F.create_map(*[part for pair in freshness_days.items() for part in map(F.lit, pair)])
    newest = trade.groupBy("source").agg(F.max("period_start").alias("last_period"))
    fresh = newest.where(F.date_diff(F.lit(night), F.last_day("last_period")) <= F.element_at(promise, F.col("source")))
    cell = F.struct(
        "flow",
        F.col("partner_country").alias("partner"),
        F.col("period_start").alias("month"),
        F.col("net_mass_kg").cast("double").alias("mass"),
        F.col("value_usd").cast("double").alias("value"),
        "record_id",
    )
    by_country = trade.where("partner_country != 'ALL'").join(F.broadcast(fresh), on="source", how="inner")
    totals = trade.where("partner_country = 'ALL'").groupBy("hs_code").agg(F.collect_list(cell).alias("_totals"))
    nothing = F.filter("_cells", lambda _: F.lit(False))
    return (
        by_country.groupBy("source", "hs_code", "last_period")
        .agg(F.collect_list(cell).alias("_cells"))
        .join(totals, on="hs_code", how="left")
        .select(
            "source",
            "hs_code",
            "last_period",
            F.array_sort(F.concat("_cells", F.coalesce("_totals", nothing))).alias("cells"),
        )
    )
