"""The declared lots of a night and its past: columns of gold.known_lot from silver's, by one rule for all that feed it.

Silver is asked in Spark, a filed document and a generated world in DuckDB; conditions and columns are the same text.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.as_of import DUCKDB, SPARK, Dialect, Stored, ask_known, latest_rows
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
# A withdrawn line is no sale. Where several sources state a line, the customs system's own is taken.
IS_LOT = (
    "is_judgeable and coalesce(status <> 'withdrawn', true) and customs_value_usd > 0 and source = 'import_declaration'"
)
IS_INSPECTION = "source = 'inspection_result'"


def months_back(day: date, days: int) -> date:
    """First day of the month in which the day so many days earlier lies."""
    return (day - timedelta(days=days)).replace(day=1)


def is_lot(night: date | None) -> str:
    """Condition on a latest row of silver.import_declaration: a lot that can be assessed, declared by the night."""
    return IS_LOT if night is None else f"{IS_LOT} and period_start <= date '{night}'"


def since(night: date | None, history_days: int) -> str:
    """Condition that a row is of the months that the history reaches back to."""
    return "true" if night is None else f"period_month >= date '{months_back(night, history_days)}'"


def finding_columns(dialect: Dialect) -> list[str]:
    """Of a row of silver.inspection_result, what a lot needs."""
    known_on = dialect.local_day.format(instant="known_at", zone=settings().timezone)
    return [*LINE, "finding", f"{known_on} as finding_known_on", "propensity"]


def lot_columns(dialect: Dialect) -> list[str]:
    """Columns of gold.known_lot of a line beside what its inspection found; the night has yet to fill the last three.

    A value stands where it was accepted and not changed; an examination is one by a person or a laboratory.
    """
    return [
        *AS_STATED,
        f"cast({dialect.length}(container_numbers) as int) as container_count",
        "cast(freight_krw + coalesce(insurance_krw, 0) as decimal(20,0)) as carriage_krw",
        "coalesce(status = 'accepted', false) and not coalesce(examination_result = 'examined_changed', false) "
        "as is_accepted",
        "coalesce(examination_result like 'examined%', false) as is_examined",
        "coalesce(status = 'disputed', false) as is_disputed",
        "finding",
        "finding_known_on",
        "propensity",
        "cast(null as boolean) as is_discredited",
        "cast(null as double) as reference_usd_per_kg",
        "cast(null as double) as trade_log_odds",
    ]


def known_lots(lake: Lake, night: date, history_days: int) -> DataFrame:
    """The lots declared in the days before the night's end, as known on it, in Spark."""

    def latest(name: str) -> DataFrame:
        return latest_rows(contracts.table(name), night, lake.read(name).where(F.expr(since(night, history_days))))

    inspections = latest(INSPECTED).where(F.expr(IS_INSPECTION)).selectExpr(*finding_columns(SPARK))
    lines = latest(DECLARED).where(F.expr(is_lot(night)))
    return lines.join(inspections, on=LINE, how="left").selectExpr(*lot_columns(SPARK))


def ask_lots(stored: Stored, night: date | None, history_days: int) -> pa.Table:
    """The same without Spark, in the types of gold.known_lot.

    Args:
        stored: the two tables of silver: those of a world, or of a document.
        night: the night; None for all lots, as last known.
        history_days: how far back the lots reach.
    """
    inspections = f"select {', '.join(finding_columns(DUCKDB))} from inspected where {IS_INSPECTION}"
    sql = f"""
        select {", ".join(lot_columns(DUCKDB))}
        from (select * from lines where {is_lot(night)}) left join ({inspections}) using ({", ".join(LINE)})
        order by {", ".join(LINE)}"""
    known = {"lines": DECLARED, "inspected": INSPECTED}
    return as_known_lots(ask_known(stored, sql, night, known, where=since(night, history_days)))


def as_known_lots(rows: pa.Table) -> pa.Table:
    """Rows in the types of gold.known_lot."""
    schema = arrow_schema(contracts.table("gold.known_lot"))
    kept = [field for field in schema if field.name in rows.column_names]
    return pa.table([rows[field.name].cast(field.type, safe=False) for field in kept], schema=pa.schema(kept))


def rows_since(lake: Lake, month: date) -> int:
    """Rows that the table of declarations holds from a month on, as its log counts them; nothing is read."""
    if (log := lake.opened(DECLARED)) is None:
        return 0
    files = log.get_add_actions(flatten=True)
    months, rows = files["partition.period_month"], files["num_records"]
    return sum(n for each, n in zip(months.to_pylist(), rows.to_pylist(), strict=True) if str(each) >= str(month))
