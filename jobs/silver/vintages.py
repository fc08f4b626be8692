"""When each row became known, which rows repeat what was known, and which contradict each other."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contracts.model import Publication, Table
from jobs.settings import settings


def midnight(day: Column) -> Column:
    """The instant at which a day begins where the platform's nights are counted, in UTC."""
    return F.to_utc_timestamp(day.cast("timestamp"), settings().timezone)


def published_on(period_start: Column, rule: Publication) -> Column:
    """The day on which the publication rule lets a period's figures appear."""
    if rule.unit == "day":
        return F.date_add(period_start, rule.lag)
    return F.date_add(F.add_months(period_start, rule.lag), (rule.day or 1) - 1)


def add_known_at(rows: DataFrame, rule: Publication, is_first: Column) -> DataFrame:
    """The rows with `known_at`: their arrival, or the publication rule's date in a source's first delivery.

    A first delivery holds years of history in one vintage; taken at its arrival, no past night would know
    anything. Such rows are flagged `known_at_assumed`. A period that begins after its delivery is flagged too.
    """
    arrived = F.col("_record.arrived_on")
    published = published_on(F.col("period_start"), rule)
    is_assumed = is_first & (published < arrived)
    noted = F.array_compact(
        F.array(
            F.when(is_assumed, F.lit("known_at_assumed")),
            F.when(F.col("period_start") > arrived, F.lit("future_period")),
        )
    )
    return rows.withColumn("known_at", midnight(F.when(is_assumed, published).otherwise(arrived))).withColumn(
        "quality_flags", F.concat("quality_flags", noted)
    )


def stated_values(contract: Table) -> Column:
    """What a row states about its key, as one comparable struct."""
    about = {
        *contract.key,
        "known_at",
        "quality_flags",
        "hs_level",
        *[c.name for c in contract.columns if c.is_lineage],
    }
    return F.struct(*[F.col(name) for name in contract.column_names if name not in about])


def flag_duplicates(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows, those flagged that repeat a key within one file: all where they differ, all but the first where not."""
    same_key = Window.partitionBy("_record.file_sha256", *contract.key)
    in_order = same_key.orderBy("_record.source_row")
    values = stated_values(contract)
    differs = F.min(F.xxhash64(values)).over(same_key) != F.max(F.xxhash64(values)).over(same_key)
    code = F.when(F.count(F.lit(1)).over(same_key) > 1, F.when(differs, F.lit("duplicate_key"))).otherwise(F.lit(None))
    repeats = F.when(~differs & (F.row_number().over(in_order) > 1), F.lit("duplicate_row"))
    return rows.withColumn("quality_flags", F.concat("quality_flags", F.array_compact(F.array(code, repeats))))


def compare_with_known(rows: DataFrame, known: DataFrame, contract: Table) -> DataFrame:
    """The new rows with `_is_conflict` and `_is_news`.

    `_is_conflict`: another row, of this or an earlier delivery, states something else about the same key at the
    same time. `_is_news`: the row states something else than the version before it.

    Args:
        rows: new rows, of all sources of the table, with `_record`.
        known: rows the table holds already.
        contract: the table.
    """
    old = known.withColumn("_record", F.lit(None).cast(rows.schema["_record"].dataType)).select(*rows.columns)
    both = old.unionByName(rows).withColumn("_values", stated_values(contract))
    at_once = Window.partitionBy(*contract.key, "known_at").orderBy(
        F.col("_record").isNotNull(), "_record.source_file", "_record.source_row"
    )
    first = F.first("_values").over(at_once)
    judged = both.withColumn("_is_conflict", ~F.col("_values").eqNullSafe(first))
    # A row that conflicts is set aside, so it must not count as the version before the next one.
    in_time = Window.partitionBy(*contract.key, "_is_conflict").orderBy(
        "known_at", F.col("_record").isNotNull(), "_record.source_file", "_record.source_row"
    )
    before = F.lag("_values").over(in_time)
    is_first = F.row_number().over(in_time) == 1
    states_nothing = F.coalesce(F.col("value_usd") == 0, F.lit(False)) if "value_usd" in rows.columns else F.lit(False)
    news = ~F.col("_is_conflict") & F.when(is_first, ~states_nothing).otherwise(~F.col("_values").eqNullSafe(before))
    return judged.withColumn("_is_news", news).where(F.col("_record").isNotNull()).drop("_values")
