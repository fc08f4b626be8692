"""When each row became known, which rows repeat what was known, and which contradict each other."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contracts.model import Publication, Table
from jobs.settings import settings

HELD, NEW, OWN = 0, 1, 2  # a row known before; of this load; left by an earlier, killed try of this load


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
    lineage = [column.name for column in contract.columns if column.is_lineage]
    about = {*contract.key, "known_at", "quality_flags", "hs_level", *lineage}
    return F.struct(*[F.col(name) for name in contract.column_names if name not in about])


def severe_codes(contract: Table) -> Column:
    """Codes of the row's flags that the contract does not let into the table."""
    severe = [F.lit(code) for code, severity in contract.rules.items() if severity != "keep"]
    return F.array_intersect("quality_flags", F.array(*severe))


def flag_duplicates(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows, those flagged that repeat a key within one file: all where they differ, all but the first where not.

    Args:
        rows: rows with `_record`, `_origin` and `_values`; only new ones are flagged.
        contract: the table.
    """
    in_file = Window.partitionBy("_origin", "_record.file_sha256", *contract.key)
    in_order = in_file.orderBy("_record.source_row")
    is_new = F.col("_origin") == NEW
    differs = F.min("_values").over(in_file) != F.max("_values").over(in_file)
    code = F.when(is_new & differs, F.lit("duplicate_key")).when(
        is_new & (F.row_number().over(in_order) > 1), F.lit("duplicate_row")
    )
    return rows.withColumn("quality_flags", F.concat("quality_flags", F.array_compact(F.array(code))))


def flag_conflicts(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows, those new ones flagged that state something else about a key at a time than an earlier row does.

    Earlier is what the table holds, then the order of files and of records in them. Rows of unsound records and
    what a killed try left are compared with nothing.
    """
    at_once = Window.partitionBy(*contract.key, "known_at", "_is_unsound", F.col("_origin") == OWN).orderBy(
        "_origin", "_record.source_file", "_record.source_row"
    )
    differs = ~F.col("_values").eqNullSafe(F.first("_values").over(at_once))
    is_conflict = (F.col("_origin") == NEW) & ~F.col("_is_unsound") & differs
    code = F.array_compact(F.array(F.when(is_conflict, F.lit("conflicting_vintage"))))
    return rows.withColumn("quality_flags", F.concat("quality_flags", code))


def mark_unsound(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows with `_is_unsound`: a record is sound as a whole or not at all, so one bad row sets all aside."""
    same_record = Window.partitionBy("period_start", "_origin", "record_id")
    return rows.withColumn("_is_unsound", F.max(F.size(severe_codes(contract)) > 0).over(same_record))


def mark_news(rows: DataFrame, contract: Table) -> DataFrame:
    """The rows with `_is_news`: it states something else than the version before it, or is the first to state anything.

    A first row that states no trade is no news: where no row means no trade, it adds nothing.
    """
    in_time = Window.partitionBy(*contract.key, "_is_unsound", F.col("_origin") == OWN).orderBy(
        "known_at", "_origin", "_record.source_file", "_record.source_row"
    )
    states_nothing = F.coalesce(F.col("value_usd") == 0, F.lit(False)) if "value_usd" in rows.columns else F.lit(False)
    differs = ~F.col("_values").eqNullSafe(F.lag("_values").over(in_time))
    is_first = F.row_number().over(in_time) == 1
    return rows.withColumn(
        "_is_news", ~F.col("_is_unsound") & F.when(is_first, ~states_nothing).otherwise(differs)
    )


def judge_rows(rows: DataFrame, held: DataFrame, contract: Table, own: list[str]) -> DataFrame:
    """The new rows, flagged, with `_is_unsound`, `_is_news` and `_is_written`.

    `_is_unsound`: the row's record is set aside. `_is_news`: the row tells something new. `_is_written`: an earlier
    try of this load that was killed has left the row in the table.

    Every window below groups rows of one period, so one exchange by period serves them all.

    Args:
        rows: rows of this load, of all sources of the table, with the struct `_record`.
        held: rows the table holds already.
        contract: the table.
        own: first twelve characters of the hashes of the files of this load, as in `record_id`.
    """
    is_own = F.coalesce(F.substring_index("record_id", ":", 1).isin(own), F.lit(False))
    old = held.withColumn("_origin", F.when(is_own, OWN).otherwise(HELD)).withColumn(
        "_record", F.lit(None).cast(rows.schema["_record"].dataType)
    )
    both = old.unionByName(rows.withColumn("_origin", F.lit(NEW))).repartition("period_start")
    valued = both.withColumn("_values", stated_values(contract))
    sound_alone = mark_unsound(flag_duplicates(valued, contract), contract)
    sound = mark_unsound(flag_conflicts(sound_alone, contract), contract)
    same_row = Window.partitionBy(*contract.key, "known_at", "record_id")
    judged = mark_news(sound, contract).withColumn("_is_written", F.max(F.col("_origin") == OWN).over(same_row))
    working = ["_record", "_is_unsound", "_is_news", "_is_written"]
    return judged.where(F.col("_origin") == NEW).select(*contract.column_names, *working)
