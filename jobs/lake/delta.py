"""The Delta lake: its tables are read, added to, and replaced night by night.

A table comes into being by its first write, with the columns its contract names and in that order. Spark moves whole
tables; the few rows that the driver holds anyway are written as Arrow through delta-rs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.spark import struct_type
from jobs.lake.checksums import note_files
from jobs.lake.data_files import BY_DELTA_RS, added
from jobs.lake.tables import Session, Tables
from jobs.paths import table_uri


class Lake(Tables):
    """Tables of one lake, read and written by their contract's name (`Tables` says what it is opened with)."""

    def __init__(self, spark: Session | None, root: str, run_id: str, *, moment: datetime | None = None) -> None:
        super().__init__(spark, root, run_id, moment=moment)
        self._noted: dict[str, int] = {}  # by table the newest commit whose files are recorded

    def conform(self, name: str, frame: DataFrame) -> DataFrame:
        """The frame with exactly the contract's columns, in its order and types.

        Raises:
            ContractError: a column of the contract is missing, or one arrives that it does not name.
        """
        contract = contracts.table(name)
        names = set(frame.columns) | {"run_id"}
        missing, extra = set(contract.column_names) - names, set(frame.columns) - set(contract.column_names)
        if missing or extra:
            raise contracts.ContractError(
                f"{name}: rows do not fit schemas/{name.replace('.', '/')}.yml - "
                f"missing {sorted(missing) or 'none'}, not named there {sorted(extra) or 'none'}"
            )
        if "run_id" in contract.column_names and "run_id" not in frame.columns:
            frame = frame.withColumn("run_id", F.lit(self.run_id))
        schema = struct_type(contract)
        return frame.select(*[F.col(field.name).cast(field.dataType).alias(field.name) for field in schema.fields])

    def ensure(self, *names: str) -> None:
        """Create tables that are not there yet: writers side by side cannot both create one.

        Every writer begins with it, so that a table has a log before it has files: files without one have lost it.
        """
        for name in names:
            contract = contracts.table(name)
            if self.opened(name) is None:
                place = table_uri(self.path(name))
                DeltaTable.create(place, arrow_schema(contract), partition_by=contract.partition or None)

    def append(self, name: str, frame: DataFrame) -> None:
        """Add rows of Spark's in one commit."""
        self.ensure(name)
        self._partitioned(name, self.conform(name, frame).write.format("delta").mode("append")).save(self.path(name))
        self._note_files(name)

    def append_rows(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]] | pa.RecordBatchReader,
        *,
        transaction: str | Sequence[str] = (),
    ) -> None:
        """Add rows that the driver holds in one commit; the same `transaction` twice adds them once.

        Args:
            name: the table.
            rows: records with the contract's columns (`run_id` is the lake's where they have none), or a reader
                of Arrow batches in the contract's order, written as it is read.
            transaction: identity of the rows, kept in the commit; several where the rows are of several deliveries.
        """
        once = [transaction] if isinstance(transaction, str) else transaction
        if once and self.holds(name, *once):
            return
        if not isinstance(rows, pa.RecordBatchReader):
            schema = arrow_schema(contracts.table(name))
            rows = pa.Table.from_pylist([{"run_id": self.run_id, **row} for row in rows], schema)
        self._write(name, rows, once)

    def _write(self, name: str, rows: pa.Table | pa.RecordBatchReader, transactions: Sequence[str] = ()) -> None:
        """One commit of Arrow rows."""
        self.ensure(name)
        properties = CommitProperties(app_transactions=[Transaction(each, 1) for each in transactions])
        partition = contracts.table(name).partition or None
        write_deltalake(
            table_uri(self.path(name)),
            rows,
            mode="append",
            partition_by=partition,
            commit_properties=properties,
            writer_properties=BY_DELTA_RS,
        )
        self._note_files(name)

    def commit_files(self, name: str, written: Sequence[Mapping[str, Any]], *, transaction: Sequence[str]) -> None:
        """Add data files that workers wrote (see `data_files`) in one commit that carries the transactions."""
        if not transaction:
            return
        contract = contracts.table(name)
        log = DeltaTable(table_uri(self.path(name)))
        log.create_write_transaction(
            added(written, time.time_ns() // 1_000_000),
            "append",
            log.schema(),
            contract.partition or None,
            commit_properties=CommitProperties(app_transactions=[Transaction(each, 1) for each in transaction]),
        )
        self._note_files(name)

    def _note_files(self, name: str) -> None:
        """Record what the files of the newest commits hold; a store elsewhere keeps checksums of its own."""
        if "://" not in self.root:
            self._noted[name] = note_files(self.folder(name), self._noted.get(name))

    def holds(self, name: str, *transactions: str) -> set[str]:
        """Those of the transactions that the table's log has."""
        if (log := self.opened(name)) is None:
            return set()
        return {each for each in transactions if log.transaction_version(each) is not None}

    def replace_night(self, name: str, frame: DataFrame, night: date, *, where: str = "") -> None:
        """Replace the rows of one night (and of `where`) in one commit, sorted by key in one file."""
        self.ensure(name)
        ordered = self.conform(name, frame).coalesce(1).sortWithinPartitions(*contracts.table(name).key)
        condition = f"night = DATE'{night:%Y-%m-%d}'" + (f" AND {where}" if where else "")
        writer = ordered.write.format("delta").mode("overwrite").option("replaceWhere", condition)
        self._partitioned(name, writer).save(self.path(name))
        self._note_files(name)

    def replace_night_rows(self, name: str, rows: pa.Table, night: date) -> None:
        """Replace the rows of one night by rows that the driver holds, in one commit; no rows leave the night empty."""
        contract = contracts.table(name)
        schema = arrow_schema(contract)
        place = schema.get_field_index("run_id")
        run = pa.array([self.run_id] * len(rows), pa.string())
        self.ensure(name)
        write_deltalake(
            table_uri(self.path(name)),
            rows.set_column(place, schema.field(place), run),
            mode="overwrite",
            predicate=f"night = '{night.isoformat()}'",
            partition_by=contract.partition,
            writer_properties=BY_DELTA_RS,
        )
        self._note_files(name)

    def version(self, name: str) -> int | None:
        """The Delta version of a table now - a diagnostic for `ops.run`, never an input."""
        if not self.exists(name):
            return None
        return DeltaTable(table_uri(self.path(name))).version()

    @staticmethod
    def _partitioned(name: str, writer):  # type: ignore[no-untyped-def]
        partition = contracts.table(name).partition
        return writer.partitionBy(*partition) if partition else writer
