"""The load of what is too much for one machine: the same SQL, run inside Spark's workers.

Records are typed where they lie (`mapInArrow`); rows that share a key come to one worker, which compares and dates them
as the driver would. It is for tables whose records state one row each, which all large ones do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from jobs import contracts
from jobs.contracts.arrow import arrow_schema, arrow_type
from jobs.contracts.model import Table
from jobs.contracts.spark import spark_type, struct_type
from jobs.contracts.types import parse_type
from jobs.ingest.silver.assess import date_rows, flag_repeated, split_sound
from jobs.ingest.silver.deliveries import first_days
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.rules.statement import MADE_BY_LOAD, typed_sql
from jobs.ingest.silver.table_load import TableLoad
from jobs.ingest.silver.vintages import new_rows_sql, own_key, replaced_sql

ROWS_OF_A_WORKER = 200_000  # rows that a worker compares at once
# What a typed row has beside the columns of its table; bits are a whole number, since Spark knows none without a sign.
BESIDE = {
    **dict.fromkeys(("_source", "_delivery_id", "_record_id"), "string"),
    **{"_row": "bigint", "_arrived_on": "date", "_ingested_at": "timestamp", "_mask": "bigint"},
}


def typed_columns(contract: Table) -> dict[str, str]:
    """Types of the columns of typed rows, by name."""
    own = [c for c in contract.columns if c.name not in MADE_BY_LOAD and not c.is_lineage]
    return {**{column.name: column.type for column in own}, **BESIDE}


def type_records(source: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Typed rows of a source's bronze records; runs in a worker."""
    columns = typed_columns(contracts.table(contracts.landing(source).feeds))
    schema = pa.schema([(name, arrow_type(parse_type(kind))) for name, kind in columns.items()])
    typed = f"select {', '.join(schema.names)} from ({typed_sql(source, 'records')})"
    with connection() as engine:
        for batch in batches:
            engine.register("records", pa.table(batch))
            yield from engine.sql(typed).to_arrow_table().cast(schema).to_batches()
            engine.unregister("records")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a worker must know to compare rows.

    Attributes:
        table: name of the silver table.
        first: by source the first day on which it delivered anything.
        redated: sources whose first day this load moves.
        now: when the load began.
    """

    table: str
    first: Mapping[str, date | None]
    redated: Sequence[str]
    now: datetime


def assess_keys(known: Comparison, new: pa.Table, old: pa.Table) -> pa.Table:
    """What becomes of typed rows of some keys; runs in a worker.

    Rows of the silver table, new and recorded again, with `_reasons` null; and of each record that is set aside its
    source, its id and the bits of its reasons.
    """
    contract = contracts.table(known.table)
    schema = assessed_schema(contract)
    with connection() as engine:
        engine.register("new_rows", new.drop_columns(["_bucket"]))
        engine.register("stored", old.drop_columns(["_bucket"]))
        engine.execute("create table typed as select * replace (_mask::ubigint as _mask) from new_rows")
        flag_repeated(engine, contract)
        split_sound(engine, contract)
        date_rows(engine, contract, known.first, known.redated)
        aside = "select _source as source, _record_id as record_id, _reasons::bigint as _reasons from unsound"
        rows = f"({new_rows_sql(contract)}) union all by name ({replaced_sql(contract)}) union all by name ({aside})"
        answer = engine.sql(f"select {', '.join(schema.names)} from ({rows})", params={"now": known.now})
        return answer.to_arrow_table().cast(schema)


def assessed_schema(contract: Table) -> pa.Schema:
    """What `assess_keys` gives."""
    return arrow_schema(contract).append(pa.field("_reasons", pa.int64()))


class ClusterLoad(TableLoad):
    """The load of a partitioned table through Spark."""

    def run(self) -> list[dict[str, Any]]:
        """Take the files; returns their rows of ops.load."""
        self.show_records()
        stated = " union all ".join(
            f"select '{source}' as _source, delivery_id as _delivery_id, source_row as _row "
            f"from records_{source} where reject_reason is null"
            for source in self.sources
        )
        self.engine.execute(f"create view typed as {stated}")
        self.assessed = self.assess().persist()
        aside = self.assessed.where("_reasons is not null").select("source", "record_id", "_reasons").toArrow()
        self.engine.register("aside", aside)
        self.engine.execute(
            "create table unsound as select source as _source, split_part(record_id, ':', 1) as _delivery_id, "
            "record_id as _record_id, _reasons from aside"
        )
        ended = self.ledger()
        self.write(ended)
        self.assessed.unpersist()
        return ended

    def typed_rows(self) -> DataFrame:
        """All records of the load, typed."""
        schema = T.StructType(
            [T.StructField(name, spark_type(parse_type(kind))) for name, kind in typed_columns(self.contract).items()]
        )
        frames = []
        for source in self.sources:
            ids = [file.delivery_id for file in self.files if file.source == source]
            records = self.lake.read_files(f"bronze.{source}").where(F.col("delivery_id").isin(ids))
            frames.append(records.mapInArrow(partial(type_records, source), schema))
        return reduce(DataFrame.unionByName, frames)

    def assess(self) -> DataFrame:
        """What `assess_keys` gives for all keys of the load."""
        before, first = self.known.first, first_days(map(asdict, self.files), self.known.first)
        redated = [source for source in self.sources if source in before and first[source] < before[source]]
        known = Comparison(
            table=self.contract.name,
            first={source: first[source] for source in self.sources},
            redated=redated,
            now=self.known.now,
        )
        count = 1 + sum(file.records_in for file in self.files) // ROWS_OF_A_WORKER
        bucket = F.pmod(F.xxhash64("source", *own_key(self.contract)), F.lit(max(count, 2)))
        typed = self.typed_rows().withColumn("source", F.col("_source"))
        keys = typed.select(*self.contract.key).distinct()
        stored = self.lake.read(self.contract.name).where(F.col("source").isin(self.sources))
        if not redated:
            stored = stored.join(keys, on=self.contract.key, how="left_semi").select(*self.contract.column_names)
        new = typed.withColumn("_bucket", bucket).drop("source")
        both = new.groupBy("_bucket").cogroup(stored.withColumn("_bucket", bucket).groupBy("_bucket"))
        schema = struct_type(self.contract).add("_reasons", T.LongType())
        return both.applyInArrow(partial(assess_keys, known), schema)

    def append(self, name: str, queries: Iterable[str], **params: Any) -> None:
        """Append silver from the workers, but for what an earlier try of this load has written; all else as ever."""
        if name != self.contract.name:
            super().append(name, queries, **params)
            return
        rows = self.assessed.where("_reasons is null").drop("_reasons")
        ids = [file.delivery_id for file in self.files]
        written = self.lake.read(name).where(F.substring_index("record_id", ":", 1).isin(ids))
        if written.limit(1).count():
            rows = rows.join(written.select("source", "record_id"), on=["source", "record_id"], how="left_anti")
        self.lake.append(name, rows.select(*self.contract.column_names))

    def rows(self) -> list[str]:
        """Nothing: the workers hold the rows."""
        return []
