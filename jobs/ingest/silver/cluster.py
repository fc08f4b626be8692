"""The load of what is too much for one machine: the same SQL, run inside Spark's workers.

Most records state a key that occurs once. They are typed, dated and written where they lie, and their rows never pass
through the JVM; the driver commits the files. Only records whose key occurs again, in the load or in silver, come to
one worker by key, which compares and dates them as the driver would. It is for tables whose records state one row each,
which all large ones do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property, partial, reduce
from typing import Any

import pyarrow as pa
from pyspark.core.broadcast import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from jobs.contracts.arrow import arrow_schema
from jobs.ingest.silver import workers
from jobs.ingest.silver.deliveries import has_let_in
from jobs.ingest.silver.engine import rows_of
from jobs.ingest.silver.rules.columns import literals
from jobs.ingest.silver.table_load import TableLoad
from jobs.lake.data_files import pieces

ROWS_OF_A_WORKER = 200_000  # rows that a worker compares at once


class ClusterLoad(TableLoad):
    """The load of a partitioned table through Spark."""

    def run(self) -> list[dict[str, Any]]:
        """Take the files; returns their rows of ops.load."""
        self.show_records()
        stated = " union all ".join(
            f"select {literals([source])} as _source, delivery_id as _delivery_id, source_row as _row "
            f"from records_{source} where reject_reason is null"
            for source in self.sources
        )
        self.engine.execute(f"create view typed as {stated}")
        again, delivered = self.repeated_keys(), [asdict(file) for file in self.files]
        ended = self.write(again, delivered)
        let_in = [row for row in ended if has_let_in(row)]
        if self.first_days(let_in) != self.first_days(delivered):
            ended = self.write(again, let_in)  # no record of the earliest was let in: all others have another first day
        self.set_aside(ended)
        files = rows_of(self.engine, "select path, partition, size, rows from outcome where path is not null")
        written = self.lake.holds(self.contract.name, *self.identities())
        news = [identity for identity in self.identities() if identity not in written]
        self.lake.commit_files(self.contract.name, files, transaction=news)
        self.lake.append_rows("ops.load", ended)
        return ended

    def write(self, again: Broadcast[pa.Table], let_in: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Make `outcome` and `unsound`, the files and what is set aside; returns rows of ops.load.

        Args:
            again: hashes of keys that occur again.
            let_in: deliveries of the load that date their sources' rows.
        """
        self.engine.register("outcome", self.write_files(self.comparison(let_in), again))
        self.engine.execute(
            "create or replace table unsound as select _source, split_part(_record_id, ':', 1) as _delivery_id, "
            "_record_id, _reasons::ubigint as _reasons from outcome where _record_id is not null"
        )
        self.check_balance()
        return self.ledger()

    def check_balance(self) -> None:
        """See that each record came to one worker and to no other, before anything is committed.

        Raises:
            AssertionError: it did not.
        """
        dealt = "select coalesce(sum(taken), 0)::bigint + count(_record_id) as n from outcome"
        (met, stated) = (rows_of(self.engine, sql)[0]["n"] for sql in (dealt, "select count(*) as n from typed"))
        if met != stated:
            raise AssertionError(f"{self.contract.name}: workers dealt with {met} of {stated} records")

    def comparison(self, let_in: Sequence[Mapping[str, Any]]) -> workers.Comparison:
        """What workers must know to date rows and to write them."""
        first, redated = self.first_days(let_in)
        name = self.contract.name
        self.lake.ensure(name)
        return workers.Comparison(
            table=name,
            place=self.lake.path(name),
            done=sorted(self.lake.holds(name, *self.identities())),
            first=first,
            redated=redated,
            now=self.known.now,
        )

    def sent(self, parts: Sequence[bytes], worker: Callable[..., Any], schema: pa.Schema) -> DataFrame:
        """What a worker makes of pieces of a table, each a task of its own."""
        rows = self.lake.spark.createDataFrame(pa.table({"piece": pa.array(parts, pa.binary())}))
        return rows.repartition(max(len(parts), 1)).mapInArrow(worker, from_arrow_schema(schema))

    def of_records(self, worker: Callable[..., Any], schema: pa.Schema, **known: Any) -> DataFrame:
        """What a worker makes of all records of the load."""
        frames = [self.sent(parts, partial(worker, reading=reading, **known), schema) for reading, parts in self.bronze]
        return reduce(DataFrame.unionByName, frames)

    @cached_property
    def bronze(self) -> list[tuple[workers.Reading, list[bytes]]]:
        """Of each source which records are read, and the pieces of bronze that may hold some."""
        result = []
        for source in self.sources:
            ids = [file.delivery_id for file in self.files if file.source == source]
            reading = workers.Reading(source=source, deliveries=ids)
            result.append((reading, pieces(self.lake.dataset(f"bronze.{source}"), reading.where)))
        return result

    def of_stored(self, worker: Callable[..., Any], schema: pa.Schema, **known: Any) -> DataFrame:
        """What a worker makes of all stored rows."""
        parts = pieces(self.lake.dataset(self.contract.name))
        return self.sent(parts, partial(worker, contract=self.contract, **known), schema)

    def repeated_keys(self) -> Broadcast[pa.Table]:
        """Hashes of the keys of the load that occur again, in the load or in silver."""
        keys = self.of_records(workers.hash_keys, workers.HASH).groupBy("_hash").agg(F.count("*").alias("times"))
        stored = self.of_stored(workers.hash_stored, workers.HASH).distinct().withColumn("is_stored", F.lit(True))
        again = keys.join(stored, "_hash", "left").where("times > 1 or is_stored").select("_hash")
        return self.lake.spark.sparkContext.broadcast(again.toArrow().cast(workers.HASH))

    def write_files(self, known: workers.Comparison, again: Broadcast[pa.Table]) -> pa.Table:
        """Write the rows of all records; the files, which nothing names yet, and the records set aside (`OUTCOME`)."""
        outcome = workers.OUTCOME
        lone = self.of_records(workers.write_lone, outcome, known=known, again=again)
        if not (len(again.value) or known.redated):
            return lone.toArrow()
        moved = self.lake.count(self.contract.name) if known.redated else 0
        bucket = F.pmod("_hash", F.lit(1 + (len(again.value) + moved) // ROWS_OF_A_WORKER))
        typed = self.of_records(workers.take_repeated, workers.typed_schema(self.contract), again=again)
        schema = pa.schema([*arrow_schema(self.contract), *workers.HASH])
        stored = self.of_stored(workers.take_stored, schema, sources=known.redated, again=again)
        new, old = (rows.withColumn("_bucket", bucket).groupBy("_bucket") for rows in (typed, stored))
        compared = new.cogroup(old).applyInArrow(partial(workers.write_compared, known), from_arrow_schema(outcome))
        return lone.unionByName(compared).toArrow()
