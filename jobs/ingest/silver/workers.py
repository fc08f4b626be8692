"""What runs in Spark's workers when they load a table: pieces of tables in, Arrow batches out.

A worker reads its pieces itself and asks one DuckDB connection, by the SQL that the driver's road asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import dataset
from pyspark.core.broadcast import Broadcast

from jobs import contracts
from jobs.contracts.arrow import arrow_schema, arrow_type
from jobs.contracts.model import Table
from jobs.contracts.types import parse_type
from jobs.ingest.silver.assess import date_rows, flag_repeated, split_sound
from jobs.ingest.silver.engine import connection, reader_of
from jobs.ingest.silver.rules.columns import literals, q
from jobs.ingest.silver.rules.statement import MADE_BY_LOAD, keyed_sql, typed_sql
from jobs.ingest.silver.vintages import new_rows_sql, own_key, replaced_sql
from jobs.lake.data_files import WRITTEN, DataFiles, read_piece

# What a typed row has beside the columns of its table; bits are a whole number, since Spark knows none without a sign.
BESIDE = {
    **dict.fromkeys(("_source", "_delivery_id", "_record_id"), pa.string()),
    **{"_row": pa.int64(), "_arrived_on": pa.date32(), "_ingested_at": pa.timestamp("us", "UTC"), "_mask": pa.int64()},
}
HASH = pa.schema([("_hash", pa.int64())])
# Of a record set aside where it stands and the bits of its reasons; of a file that was written `WRITTEN`; or how
# many records were let in.
OUTCOME = pa.schema(
    [("_source", pa.string()), ("_record_id", pa.string()), ("_reasons", pa.int64()), *WRITTEN, ("taken", pa.int64())]
)

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a worker must know to date rows and to write them.

    Attributes:
        table: name of the silver table.
        place: its folder or URI.
        done: deliveries, with their source, whose rows an earlier try of this load has committed.
        first: by source the first day on which it delivered anything.
        redated: sources whose first day this load moves.
        now: when the load began.
    """

    table: str
    place: str
    done: Sequence[str]
    first: Mapping[str, date | None]
    redated: Sequence[str]
    now: datetime

    @property
    def contract(self) -> Table:
        """The table's."""
        return contracts.table(self.table)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which records of a source a worker reads.

    Attributes:
        source: the source.
        deliveries: ids of the deliveries that are loaded.
    """

    source: str
    deliveries: Sequence[str]

    @property
    def where(self) -> dataset.Expression:
        """The condition that its rows of bronze meet."""
        return dataset.field("delivery_id").isin(list(self.deliveries))

    @property
    def contract(self) -> Table:
        """The contract of the silver table that they feed."""
        return contracts.table(contracts.landing(self.source).feeds)

    def columns(self, engine: duckdb.DuckDBPyConnection, query: str) -> list[str]:
        """Columns of bronze that a query over `records` reads, as the engine plans it."""
        bronze = arrow_schema(contracts.table(f"bronze.{self.source}"))
        engine.register("records", bronze.empty_table())
        read = columns_read(engine, query)
        return [name for name in bronze.names if name in read]

    def show(self, engine: duckdb.DuckDBPyConnection, piece: bytes, columns: Sequence[str]) -> None:
        """Make `records`, rows of bronze in a piece; all but the named columns are empty."""
        records = read_piece(piece, columns, self.where)
        for column in arrow_schema(contracts.table(f"bronze.{self.source}")):
            if column.name not in columns:
                records = records.append_column(column, pa.nulls(len(records), column.type))
        engine.register("records", records)


def columns_read(engine: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    """Names of all columns that a query reads of its relations, as the engine plans it."""

    def scanned(node: dict[str, Any]) -> Iterator[str]:
        columns = node.get("extra_info", {}).get("Projections", [])
        yield from [columns] if isinstance(columns, str) else columns
        for child in node["children"]:
            yield from scanned(child)

    ((_, plan),) = engine.execute(f"explain (format json) {query}").fetchall()
    return {name.strip('"') for node in json.loads(plan) for name in scanned(node)}


def key_hash(contract: Table, source: str) -> str:
    """A hash of a row's key, as an expression; keys of one hash are only compared in vain."""
    return f"(hash({', '.join([source, *map(q, own_key(contract))])}) >> 1)::bigint"


def typed_schema(contract: Table) -> pa.Schema:
    """Typed rows: the columns of their table that no load makes, `BESIDE`, and the hash of their key."""
    own = [c for c in contract.columns if c.name not in MADE_BY_LOAD and not c.is_lineage]
    typed = ((column.name, arrow_type(parse_type(column.type))) for column in own)
    return pa.schema([*typed, *BESIDE.items(), *HASH])


def each_piece(batches: Batches) -> Iterator[bytes]:
    """The pieces that a worker is sent."""
    return (piece for batch in batches for piece in batch.column(0).to_pylist())


def ask(engine: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema) -> list[pa.RecordBatch]:
    """An answer in the order and types of a schema."""
    answer: pa.Table = engine.sql(f"select {', '.join(schema.names)} from ({query})").to_arrow_table()
    batches: list[pa.RecordBatch] = answer.cast(schema).to_batches()
    return batches


def hash_keys(batches: Batches, reading: Reading) -> Batches:
    """Hashes of the keys that records state."""
    keyed = keyed_sql(reading.source, "records")
    with connection() as engine:
        columns = reading.columns(engine, keyed)
        for piece in each_piece(batches):
            reading.show(engine, piece, columns)
            yield from ask(engine, f"select {key_hash(reading.contract, '_source')} as _hash from ({keyed})", HASH)


def hash_stored(batches: Batches, contract: Table) -> Batches:
    """Hashes of the keys of stored rows."""
    with connection() as engine:
        for piece in each_piece(batches):
            engine.register("rows", read_piece(piece, contract.key))
            yield from ask(engine, f"select {key_hash(contract, 'source')} as _hash from rows", HASH)


def take_repeated(batches: Batches, reading: Reading, again: Broadcast[pa.Table]) -> Batches:
    """Typed rows of the records whose key's hash is among those that occur again."""
    keyed, typed = keyed_sql(reading.source, "records"), typed_sql(reading.source, "records")
    hashed = key_hash(reading.contract, "_source")
    with connection() as engine:
        engine.register("again", again.value)
        of_key, of_row = reading.columns(engine, keyed), reading.columns(engine, typed)
        for piece in each_piece(batches):
            reading.show(engine, piece, of_key)
            if engine.execute(f"select 1 from ({keyed}) where {hashed} in (from again) limit 1").fetchall():
                reading.show(engine, piece, of_row)
                rows = f"select *, {hashed} as _hash from ({typed})"
                yield from ask(
                    engine, f"select * from ({rows}) semi join again using (_hash)", typed_schema(reading.contract)
                )


def take_stored(batches: Batches, contract: Table, sources: Sequence[str], again: Broadcast[pa.Table]) -> Batches:
    """Stored rows of some sources, or with a key whose hash is among those that occur again, with that hash."""
    schema, hashed = arrow_schema(contract), key_hash(contract, "source")
    wanted = f"{hashed} in (from again)" + (f" or source in ({literals(sources)})" if sources else "")
    with connection() as engine:
        engine.register("again", again.value)
        for piece in each_piece(batches):
            engine.register("rows", read_piece(piece, contract.key))
            if engine.execute(f"select 1 from rows where {wanted} limit 1").fetchall():
                engine.register("rows", read_piece(piece, schema.names))
                rows = f"select *, {hashed} as _hash from rows where {wanted}"
                yield from ask(engine, rows, pa.schema([*schema, *HASH]))


def write_lone(batches: Batches, reading: Reading, known: Comparison, again: Broadcast[pa.Table]) -> Batches:
    """Write the rows that records state whose keys occur once; what was written and set aside (`OUTCOME`)."""
    files = DataFiles(known.contract, known.place)
    typed, lone = typed_sql(reading.source, "records"), f"{key_hash(known.contract, '_source')} not in (from again)"
    with connection() as engine:
        engine.register("stored", arrow_schema(known.contract).empty_table())
        engine.register("again", again.value)
        columns = reading.columns(engine, typed)
        for piece in each_piece(batches):
            reading.show(engine, piece, columns)
            engine.execute(f"create or replace table typed as select * from ({typed}) where {lone}")
            yield from write_dated(engine, files, known, new_rows_sql(known.contract)).to_batches()
    yield from outcome(files.close()).to_batches()


def write_compared(known: Comparison, new: pa.Table, old: pa.Table) -> pa.Table:
    """Write what becomes of typed rows of some keys and of the stored rows of these keys; see `write_lone`."""
    files = DataFiles(known.contract, known.place)
    with connection() as engine:
        engine.register("new_rows", new.drop_columns(["_bucket", "_hash"]))
        engine.register("stored", old.drop_columns(["_bucket", "_hash"]))
        engine.execute("create table typed as select * replace (_mask::ubigint as _mask) from new_rows")
        flag_repeated(engine, known.contract)
        rows = f"({new_rows_sql(known.contract)}) union all by name ({replaced_sql(known.contract)})"
        aside = write_dated(engine, files, known, rows)
        return pa.concat_tables([aside, outcome(files.close())])


def write_dated(engine: duckdb.DuckDBPyConnection, files: DataFiles, known: Comparison, rows: str) -> pa.Table:
    """Write the answer of a query over `typed` and `stored` once they are dated; what became of the records."""
    split_sound(engine, known.contract)
    date_rows(engine, known.contract, known.first, known.redated)
    done = f"source || ':' || split_part(record_id, ':', 1) in ({literals(known.done)})" if known.done else "false"
    for batch in reader_of(engine, f"select * from ({rows}) where not ({done})", known.contract, {"now": known.now}):
        files.write(pa.table(batch))
    aside = "select _source, _record_id, _reasons::bigint as _reasons from unsound"
    taken = "select count(*) as taken from sound"
    return outcome(engine.sql(f"({aside}) union all by name ({taken})").to_arrow_table())


def outcome(rows: pa.Table) -> pa.Table:
    """Rows with all columns of `OUTCOME`, those that they lack empty."""
    return pa.concat_tables([OUTCOME.empty_table(), rows], promote_options="default").select(OUTCOME.names)
