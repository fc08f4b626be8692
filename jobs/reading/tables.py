"""How a table of the lake is read and asked: deltalake to Arrow to DuckDB, cached by table version, without Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset  # deltalake would load it, and pandas with it, at the first reader's request
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.logs import LakeDamaged, check_log
from jobs.paths import plain_path, table_files, table_uri
from jobs.settings import settings

Row = dict[str, Any]


def table_path(name: str) -> str:
    """Where a table lies."""
    return f"{plain_path(settings().lake)}/{name.replace('.', '/')}"


def open_table(name: str) -> DeltaTable | None:
    """The Delta table of a contract's name, or nothing where it was never written.

    Raises:
        LakeDamaged: it lost its log or a part of it, so that it would read as empty, or as it stood before.
    """
    if "://" not in settings().lake:
        check_log(Path(settings().lake, *name.split(".")), name)
    try:
        return DeltaTable(table_uri(table_path(name)))
    except TableNotFoundError:
        return None


def said_of_damage(error: Exception, lang: str) -> str | None:
    """What an error says of a damaged table and of how it comes back; None of any other error."""
    return error.sentence(lang) if isinstance(error, LakeDamaged) else None


@lru_cache(maxsize=256)
def read_version(path: str, table_id: str, version: int, name: str, night: date | None) -> pa.Table:
    """Rows of one version of a table; `table_id` tells a table from another written later in its place."""
    contract = contracts.table(name)
    chosen = [("night", "=", night)] if night and "night" in contract.partition else None
    rows = DeltaTable(path, version=version).to_pyarrow_table(filters=chosen, filesystem=table_files(table_path(name)))
    return fit(rows, arrow_schema(contract))


def fit(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows in the contract's columns and types; a column the contract gained after the rows were written is empty.

    >>> schema = pa.schema([("level", pa.int32()), ("cap", pa.string())])
    >>> fit(pa.table({"level": [3]}), schema).to_pylist()
    [{'level': 3, 'cap': None}]
    """
    present = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(present, schema)


def read(name: str, night: date | None = None) -> pa.Table:
    """Rows of a table in the contract's columns and types; of one night where the table is kept by night."""
    result = open_table(name)
    if result is None:
        return arrow_schema(contracts.table(name)).empty_table()
    return read_version(result.table_uri, str(result.metadata().id), result.version(), name, night)


@lru_cache(maxsize=64)
def read_matching(
    path: str, table_id: str, version: int, name: str, where: tuple[tuple[str, object], ...], columns: tuple[str, ...]
) -> pa.Table:
    """Rows of one version of a table, chosen by the values of some columns; of them the columns asked for."""
    contract = contracts.table(name)
    chosen = columns or tuple(contract.column_names)
    delta = DeltaTable(path, version=version)
    stored = {field.name for field in delta.schema().fields}
    present = [column for column in chosen if column in stored]
    asked = [(column, "in" if isinstance(value, tuple) else "=", value) for column, value in where]
    rows = delta.to_pyarrow_table(filters=asked, columns=present, filesystem=table_files(table_path(name)))
    return fit(rows, pa.schema([arrow_schema(contract).field(column) for column in chosen]))


def read_where(name: str, where: Mapping[str, object], columns: Sequence[str] = ()) -> pa.Table:
    """Rows of a table with these values, read without the others: for tables of a row a declaration.

    Args:
        where: a value by column, or a tuple of those that will do; the partition's among them, so that one night
            is opened and no other.
        columns: which to read, in this order; all of the contract's where none is named.
    """
    result = open_table(name)
    if result is None or () in where.values():
        schema = arrow_schema(contracts.table(name))
        return pa.schema([schema.field(c) for c in columns or schema.names]).empty_table()
    key = (result.table_uri, str(result.metadata().id), result.version())
    return read_matching(*key, name, tuple(where.items()), tuple(columns))


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB in memory for the process; every question takes a cursor of its own, with its own views.

    The tables are small, so one thread answers sooner than several that must first be woken.
    """
    return duckdb.connect(config={"threads": 1})


def ask(sql: str, parameters: Sequence[object] = (), **tables: pa.Table) -> pa.Table:
    """Answer of a query over Arrow tables, which the query calls by their keyword."""
    with engine().cursor() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        return connection.sql(sql, params=list(parameters)).to_arrow_table()


def night_partitions(name: str) -> set[date]:
    """Nights of which a table holds rows."""
    result = open_table(name)
    return {date.fromisoformat(str(part["night"])) for part in result.partitions()} if result else set()
