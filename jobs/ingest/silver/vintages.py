"""When each row became known, which rows repeat what was known, and which of one file contradict each other."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.model import Publication, Table
from jobs.ingest.silver.columns import flags
from jobs.settings import settings

STORED, NEW, OWN = 0, 1, 2  # a row known before; of this load; left by an earlier, killed try of this load
DERIVED = ("hs_level", "period_month", "is_judgeable")  # they follow from the other columns and from code lists
IN_ORDER = ("ingested_at", "_origin", "_record.source_row")


def midnight(day: Column) -> Column:
    """The instant at which a day begins where the platform's nights are counted, in UTC."""
    return F.to_utc_timestamp(day.cast("timestamp"), settings().timezone)


def published_on(period_start: Column, rule: Publication) -> Column:
    """The day on which the publication rule lets a period's figures appear."""
    if rule.unit == "day":
        return F.date_add(period_start, rule.lag)
    return F.date_add(F.add_months(period_start, rule.lag), (rule.day or 1) - 1)


def add_known_at(rows: DataFrame, rule: Publication, is_first: Column) -> DataFrame:
    """The rows with `known_at`: their arrival, or in a source's first delivery the day on which they were published.

    A first delivery holds years of history in one vintage; taken at its arrival, no past night would know anything.
    Where the source does not state the day (`published_on`), the publication rule does, and the row is flagged
    `known_at_assumed`. A period that begins after its delivery is flagged too.
    """
    arrived = F.col("_record.arrived_on")
    stated = F.col("published_on") if "published_on" in rows.columns else F.lit(None)
    published = F.coalesce(stated, published_on(F.col("period_start"), rule))
    is_earlier = is_first & (published < arrived)
    noted = flags(
        known_at_assumed=is_earlier & stated.isNull(),
        future_period=F.col("period_start") > arrived,
    )
    return rows.withColumn("known_at", midnight(F.when(is_earlier, published).otherwise(arrived))).withColumn(
        "quality_flags", F.concat("quality_flags", noted)
    )


def stated_values(contract: Table) -> list[str]:
    """The columns that say what a row states about its key."""
    lineage = [column.name for column in contract.columns if column.is_lineage]
    about = {*contract.key, *DERIVED, "known_at", "quality_flags", *lineage}
    return [name for name in contract.column_names if name not in about]


def row_key(contract: Table) -> Column:
    """The business key of a row as text, different for rows of different tables."""
    return F.concat_ws("\x1f", F.lit(contract.name), *contract.key)


def as_comparable(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows with what the comparison needs, so that rows of all tables can be compared together.

    `_table`; `_key`: the business key as text; `_values`: what the row states about its key, as text; `_together`:
    equal for all rows that are ever compared, those of one key and those of one record. Where a record states several
    keys, they share the period.
    """
    key = row_key(contract)
    combined = F.col("period_start").cast("string") if "period_start" in contract.key else key
    values = F.to_json(F.struct(*stated_values(contract)))
    return rows.withColumns({"_table": F.lit(contract.name), "_key": key, "_together": combined, "_values": values})


def severe_codes() -> Column:
    """The codes that the contract of the row's table does not let into it."""
    codes = {
        each.name: [code for code, does in each.rules.items() if does != "keep"] for each in contracts.tables("silver")
    }
    return F.element_at(F.create_map(*[F.lit(part) for pair in codes.items() for part in pair]), F.col("_table"))


def flagged(code: str, condition: Column) -> Column:
    """The row's flags and, where the condition holds, one more."""
    return F.when(condition, F.array_append("quality_flags", F.lit(code))).otherwise(F.col("quality_flags"))


def flag_duplicates(rows: DataFrame) -> DataFrame:
    """The rows, those flagged that repeat a key within one file: all where they differ, all but the first where not."""
    in_file = Window.partitionBy("_together", "_key", "_record.delivery_id")
    in_order = in_file.orderBy("_record.source_row")
    measured = rows.withColumns(
        {
            "_differs": F.min("_values").over(in_file) != F.max("_values").over(in_file),
            "_place": F.row_number().over(in_order),
        }
    )
    is_new = F.col("_origin") == NEW
    repeats = F.when(F.col("_differs"), F.lit("duplicate_key")).when(F.col("_place") > 1, F.lit("duplicate_row"))
    return measured.withColumn(
        "quality_flags",
        F.when(is_new & repeats.isNotNull(), F.array_append("quality_flags", repeats)).otherwise(
            F.col("quality_flags")
        ),
    )


def mark_compared(rows: DataFrame) -> DataFrame:
    """The rows with `_is_compared`: its record is sound. One bad row sets its whole record aside."""
    same_record = Window.partitionBy("_together", "_table", "_origin", "record_id")
    is_bad = (F.col("_origin") == NEW) & F.arrays_overlap("quality_flags", severe_codes())
    unsound = rows.withColumn("_is_unsound", F.max(is_bad).over(same_record))
    return unsound.withColumn("_is_compared", ~F.col("_is_unsound") & (F.col("_origin") != OWN))


def mark_news(rows: DataFrame) -> DataFrame:
    """The rows with `_is_news`: it states something else than the version before it, or is the first to state anything.

    A first row that states no trade is no news: where no row means no trade, it adds nothing.
    """
    in_time = Window.partitionBy("_together", "_key", "_is_compared").orderBy("known_at", *IN_ORDER)
    before = rows.withColumn("_before", F.lag("_values").over(in_time))
    states_something = F.coalesce(F.col("value_usd") != 0, F.lit(True)) if "value_usd" in rows.columns else F.lit(True)
    differs = F.when(F.col("_before").isNull(), states_something).otherwise(F.col("_values") != F.col("_before"))
    return before.withColumn("_is_news", F.col("_is_compared") & differs)


def assess_rows(rows: DataFrame, stored: DataFrame | None, own: list[str]) -> DataFrame:
    """The new rows, flagged, with `_is_unsound`, `_is_news` and `_is_written`.

    `_is_unsound`: the row's record is set aside. `_is_news`: the row tells something new. `_is_written`: an earlier
    try of this load that was killed has left the row in its table.

    Every window below groups rows that lie `_together`, so one exchange serves them all.

    Args:
        rows: rows of this load, of all sources, `as_comparable`, with the struct `_record`.
        held: rows their tables hold already, `as_comparable`; None where there is no table yet.
        own: ids of the deliveries of this load, as in `record_id`.
    """
    both = rows.withColumn("_origin", F.lit(NEW))
    if stored is not None:
        is_own = F.coalesce(F.substring_index("record_id", ":", 1).isin(own), F.lit(False))
        old = stored.withColumn("_origin", F.when(is_own, OWN).otherwise(STORED))
        both = both.unionByName(old, allowMissingColumns=True)
    combined = both.repartition("_together")
    assessed = mark_news(mark_compared(flag_duplicates(combined)))
    same_row = Window.partitionBy("_together", "_key", "known_at", "record_id")
    marked = assessed.withColumn("_is_written", F.max(F.col("_origin") == OWN).over(same_row))
    beside = ["_differs", "_place", "_before", "_is_compared"]
    return marked.where(F.col("_origin") == NEW).drop(*beside)
