"""The declared lots of a night and its past, from silver as known on the night."""

from __future__ import annotations

from datetime import date, timedelta

from deltalake import DeltaTable
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.lake.as_of import latest_rows
from jobs.lake.delta import Lake
from jobs.settings import settings

DECLARED, INSPECTED = "silver.import_declaration", "silver.inspection_result"
AS_STATED = (
    "declaration_id",
    "line_no",
    "record_id",
    "period_start",
    "shipped_on",
    "hs10_code",
    "standard_name_code",
    "product_state",
    "grade",
    "packaging",
    "crop_year",
    "origin_country",
    "trade_level",
    "office_code",
    "importer_id",
    "exporter_id",
    "declarant_id",
    "net_mass_kg",
    "gross_mass_kg",
    "package_count",
    "customs_value_krw",
    "customs_value_usd",
    "invoice_amount",
    "invoice_currency",
    "preference_code",
)
LINE = ["declaration_id", "line_no"]


def months_back(day: date, days: int) -> date:
    """First day of the month in which the day so many days earlier lies."""
    return (day - timedelta(days=days)).replace(day=1)


def latest(lake: Lake, name: str, night: date, since: date) -> DataFrame:
    """For each line of a table by month its latest row known at the end of the night, from a month on."""
    return latest_rows(contracts.table(name), night, lake.read(name).where(F.col("period_month") >= F.lit(since)))


def known_lots(lake: Lake, night: date, history_days: int) -> DataFrame:
    """Judgeable lines declared in the days before the night's end: columns of gold.known_lot, of which the night has
    yet to fill the last three.

    A withdrawn line is no sale. Where several sources state a line, the customs system's own is taken.
    """
    since = months_back(night, history_days)
    lines = latest(lake, DECLARED, night, since).where(
        F.col("is_judgeable")
        & F.coalesce(F.col("status") != "withdrawn", F.lit(True))
        & (F.col("customs_value_usd") > 0)
    )
    inspected = (
        latest(lake, INSPECTED, night, since)
        .where("source = 'inspection_result'")
        .withColumn("finding_known_on", F.from_utc_timestamp("known_at", settings().timezone).cast("date"))
        .select(*LINE, "finding", "finding_known_on", "propensity")
    )
    is_changed = F.coalesce(F.col("examination_result") == "examined_changed", F.lit(False))
    return (
        lines.where((F.col("source") == "import_declaration") & (F.col("period_start") <= F.lit(night)))
        .join(inspected, on=LINE, how="left")
        .select(
            *AS_STATED,
            F.size("container_numbers").alias("container_count"),
            (F.col("freight_krw") + F.coalesce("insurance_krw", F.lit(0))).cast("decimal(20,0)").alias("carriage_krw"),
            (F.coalesce(F.col("status") == "accepted", F.lit(False)) & ~is_changed).alias("is_accepted"),
            F.coalesce(F.col("examination_result").startswith("examined"), F.lit(False)).alias("is_examined"),
            F.coalesce(F.col("status") == "disputed", F.lit(False)).alias("is_disputed"),
            "finding",
            "finding_known_on",
            "propensity",
            F.lit(None).cast("boolean").alias("is_tainted"),
            F.lit(None).cast("double").alias("reference_usd_per_kg"),
            F.lit(None).cast("double").alias("trade_log_odds"),
        )
    )


def rows_since(lake: Lake, since: date) -> int:
    """Rows that the table of declarations holds from a month on, as its log counts them; nothing is read."""
    if not lake.exists(DECLARED):
        return 0
    files = DeltaTable(lake.path(DECLARED)).get_add_actions(flatten=True)
    months, rows = files["partition.period_month"], files["num_records"]
    return sum(n for month, n in zip(months.to_pylist(), rows.to_pylist(), strict=True) if str(month) >= str(since))
