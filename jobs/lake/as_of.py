"""What was known at the end of a night: of each key of a bitemporal table the latest row known by then.

Compiled from the table's contract (its key, and `known_at`) as text that Spark and DuckDB both read; only the word for
an instant differs. Of two deliveries that became known on one day the one taken later counts (`ingested_at`); should
rows still tie, the larger `record_id` is taken, so that every reader takes the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from pyarrow.dataset import Dataset
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contracts import ContractError, table
from jobs.contracts.model import Table
from jobs.settings import settings

Stored = Callable[[str], Dataset | pa.Table]  # all rows of a table, by its contract's name


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Words in which the two engines differ.

    Attributes:
        instant: type of a literal that is a point in time.
        length: function that counts the elements of a list.
        contains: function that finds a value in a list.
        local_day: the day an instant belongs to in a place; takes `zone` and `instant`.
    """

    instant: str
    length: str
    contains: str
    local_day: str


SPARK = Dialect(
    instant="timestamp",
    length="array_size",
    contains="array_contains",
    local_day="cast(from_utc_timestamp({instant}, '{zone}') as date)",
)
DUCKDB = Dialect(
    instant="timestamptz",
    length="len",
    contains="list_contains",
    local_day="cast(timezone('{zone}', {instant}) as date)",
)
LEFT_OUT = "left_out"  # flag of a row that says when its key was left out of a table that states all


def end_of_night(night: date) -> datetime:
    """The first instant after the night, in UTC: what was known before it belongs to the night."""
    midnight = datetime.combine(night + timedelta(days=1), time(), ZoneInfo(settings().timezone))
    return midnight.astimezone(ZoneInfo("UTC"))


def known_by(night: date | None, dialect: Dialect = DUCKDB) -> str:
    """Condition that a row was known at the end of the night; that it was ever known, where none is named."""
    if night is None:
        return "known_at is not null"
    return f"known_at < {dialect.instant} '{end_of_night(night).isoformat()}'"


def newest_first(contract: Table) -> str:
    """Place of a row among all of its key, the newest being 1.

    Raises:
        ContractError: the table keeps no history of what was known.
    """
    if not contract.is_bitemporal:
        raise ContractError(f"{contract.name} is not bitemporal: nothing says what was known when")
    beside = [name for name in ("arrived_on", "ingested_at", "record_id") if name in contract.column_names]
    order = ", ".join(f"{name} desc nulls last" for name in ("known_at", *beside))
    return f"row_number() over (partition by {', '.join(contract.key)} order by {order})"


def recorded_by(moment: datetime | None, dialect: Dialect = DUCKDB) -> str:
    """Condition that the lake had a row at a moment; always, where none is named."""
    if moment is None:
        return "true"
    return f"(recorded_at is null or recorded_at <= {dialect.instant} '{moment.isoformat()}')"


def last_recorded(contract: Table) -> str:
    """Place, from 1, of a row among those of its record and key: a record may be dated anew, or taken back."""
    of_record = f"partition by {', '.join(contract.key)}, record_id"
    return f"rank() over ({of_record} order by recorded_at desc nulls last)"


def is_stated(contract: Table, dialect: Dialect = DUCKDB) -> str:
    """Condition that a row is what a record states, and not that its key was left out."""
    if LEFT_OUT not in contract.rules:
        return "true"
    return f"not coalesce({dialect.contains}(quality_flags, '{LEFT_OUT}'), false)"


def recorded_sql(contract: Table, rows: str) -> str:
    """For DuckDB, the rows of `rows` that count, those that say what was left out among them."""
    placed = f"select *, {last_recorded(contract)} as _version from {rows}"
    return f"select * exclude (_version) from ({placed}) where _version = 1 and is_withdrawn is not true"


def current_sql(contract: Table, rows: str) -> str:
    """For DuckDB, the rows of `rows` that count: what a record states of a key as it was last recorded.

    Args:
        contract: the table's.
        rows: a name or query in brackets.
    """
    return f"select * from ({recorded_sql(contract, rows)}) where {is_stated(contract)}"


def latest_sql(contract: Table, night: date | None, rows: str, where: str = "true") -> str:
    """For DuckDB, the rows of `rows` (a name in the query) that a night sees: each key's latest.

    Args:
        contract: the table's.
        night: the night; None for everything known.
        rows: what the stored rows are called.
        where: a condition that rows must meet to be looked at; equal for all rows of a record.
    """
    recorded = recorded_sql(contract, f"(select * from {rows} where {where})")
    placed = f"select *, {newest_first(contract)} as _place from ({recorded}) where {known_by(night)}"
    return f"select {', '.join(contract.column_names)} from ({placed}) where _place = 1 and {is_stated(contract)}"


def latest_rows(contract: Table, night: date, rows: DataFrame) -> DataFrame:
    """The same in Spark."""
    placed = newest_first(contract)
    current = rows.withColumn("_version", F.expr(last_recorded(contract)))
    known = current.where(f"_version = 1 and not coalesce(is_withdrawn, false) and {known_by(night, SPARK)}")
    newest = known.withColumn("_place", F.expr(placed)).where(f"_place = 1 and {is_stated(contract, SPARK)}")
    return newest.select(*contract.column_names)


def ask_known(
    stored: Stored,
    sql: str,
    night: date | None,
    known: Mapping[str, str],
    params: Mapping[str, Any] | None = None,
    where: str = "true",
) -> pa.Table:
    """Answer of a query over tables as known at the end of a night, without Spark.

    Args:
        stored: where the rows are.
        sql: the query, for DuckDB.
        night: the night; None for everything known.
        known: by the name that the query uses, the contract's name of a bitemporal table.
        params: of the query.
        where: a condition that the rows of every table must meet to be looked at.
    """
    with duckdb.connect() as connection:
        for alias, name in known.items():
            connection.register(f"{alias}_stored", stored(name))
            connection.execute(f"create view {alias} as {latest_sql(table(name), night, f'{alias}_stored', where)}")
        return connection.sql(sql, params=dict(params or {})).to_arrow_table()
