"""Which rows of a load are let in, and when each became known: the part of the rules that compares rows.

It is done on one DuckDB connection over relations that both roads of a load bring: the driver all rows of a table, a
worker of the cluster those of some of its keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.engine import rows_of
from jobs.ingest.silver.outcomes import unsound_sql
from jobs.ingest.silver.rules.columns import literals
from jobs.ingest.silver.rules.statement import bits
from jobs.ingest.silver.vintages import dated_sql, earlier_sql, repeated_sql

FIRST_DAYS = pa.schema([("source", pa.string()), ("first_day", pa.date32())])


def flag_repeated(engine: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Flag rows of the table `typed` that repeat a key of their delivery."""
    engine.execute(f"create or replace temp table repeated as {repeated_sql(contract)}")
    for row in rows_of(engine, "select distinct _code from repeated"):
        bit, of_code = bits(contract, [row["_code"]]), f"select _place from repeated where _code = '{row['_code']}'"
        engine.execute(f"update typed set _mask = _mask | {bit}::ubigint where rowid in ({of_code})")


def refuse(engine: duckdb.DuckDBPyConnection, contract: Table, refused: Sequence[tuple[str, str]]) -> None:
    """Flag all rows of deliveries that are set aside whole, given by source and id."""
    bit, whole = bits(contract, ["delivery_unsound"]), literals(f"{source}:{delivery}" for source, delivery in refused)
    engine.execute(f"update typed set _mask = _mask | {bit}::ubigint where _source || ':' || _delivery_id in ({whole})")


def split_sound(engine: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Make `unsound` (records that are set aside) and `sound` (rows of all others)."""
    engine.execute(f"create or replace table unsound as {unsound_sql(contract)}")
    engine.execute("create or replace view sound as select * from typed anti join unsound using (_source, _record_id)")


def date_rows(
    engine: duckdb.DuckDBPyConnection, contract: Table, first: Mapping[str, date | None], redated: Sequence[str]
) -> None:
    """Make `dated`, the dates of `sound` rows and of those of `stored` that share a key with them.

    Args:
        engine: has `sound` and `stored`.
        contract: the table's.
        first: by source of the load the first day on which it delivered anything that was let in.
        redated: sources whose first day this load moves, so that all that they have stored may be dated anew.
    """
    days = [{"source": source, "first_day": day} for source, day in first.items()]
    engine.register("first_days", pa.Table.from_pylist(days, schema=FIRST_DAYS))
    engine.execute(f"create or replace table earlier as {earlier_sql(contract, list(redated))}")
    rules = {source: contracts.landing(source).publication for source in first}
    engine.execute(f"create or replace table dated as {dated_sql(contract, rules)}")
