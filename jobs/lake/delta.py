"""The Delta lake: read a table, read it as known on a night, append to it, replace a night of it.

Tables are folders `<lake>/<layer>/<name>`; a table comes into being by its first write, with the columns its
contract names and in that order. Spark moves whole tables; the few rows that the driver holds anyway (a delivered
file, the ledger, results of checks) are read and written as Arrow through delta-rs, which starts no Spark job.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.dataset as dataset
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.spark import struct_type
from jobs.lake.as_of import SPARK, latest_rows, newest_first, recorded_by
from jobs.lake.checksums import note_files
from jobs.lake.data_files import BY_DELTA_RS, added
from jobs.lake.logs import check_log, is_written
from jobs.lake.outdated import check_columns
from jobs.paths import plain_path, table_files, table_uri

Session: TypeAlias = SparkSession | Callable[[], SparkSession]  # or what starts one, asked when Spark is first needed


class Lake:
    """Tables of one lake, read and written by their contract's name.

    Attributes:
        root: folder or URI of the lake.
        run_id: written into the lineage column of every row of gold and ops.
        moment: rows of bitemporal tables recorded later are not seen, so that a night is read as its run read it; None
            for all.
    """

    def __init__(self, spark: Session | None, root: str, run_id: str, *, moment: datetime | None = None) -> None:
        self._spark, self.root, self.run_id, self.moment = spark, root, run_id, moment
        self._checked: set[str] = set()
        self._noted: dict[str, int] = {}  # by table the newest commit whose files are recorded

    @property
    def spark(self) -> SparkSession:
        """The session, started where it is first asked for; commands that only add a few rows have none."""
        if self._spark is None:
            raise RuntimeError("this lake was opened without Spark")
        if not isinstance(self._spark, SparkSession):
            self._spark = self._spark()
        return self._spark

    @property
    def has_spark(self) -> bool:
        """Whether the lake was opened with a session, or with what starts one."""
        return self._spark is not None

    def path(self, name: str) -> str:
        """Where the table lies, as every engine can spell it."""
        return f"{plain_path(self.root)}/{name.replace('.', '/')}"

    def folder(self, name: str) -> Path:
        """Where the table lies on this machine, under its own name."""
        return Path(self.root, *name.split("."))

    def exists(self, name: str) -> bool:
        """Whether the table has been written at least once.

        Raises:
            LakeDamaged: it has files and no log that would say which of them count.
        """
        if "://" not in self.root:
            return is_written(self.folder(name), name)
        return DeltaTable.is_deltatable(self.path(name))

    def check_logs(self) -> None:
        """Refuse a lake of which a table lost its log or a part of it, before anything is written.

        Raises:
            LakeDamaged: which table, and how it comes back.
        """
        for contract in contracts.tables() if "://" not in self.root else ():
            check_log(self.folder(contract.name), contract.name)

    def opened(self, name: str) -> DeltaTable | None:
        """The Delta table of a name; nothing where it was never written.

        Raises:
            LakeOutdated: its columns are not those of the contract.
        """
        if not self.exists(name):
            return None
        log = DeltaTable(table_uri(self.path(name)))
        if name not in self._checked:
            check_columns(contracts.table(name), [field.name for field in log.schema().fields], self.root)
            self._checked.add(name)
        return log

    def at(self, moment: datetime | None) -> Lake:
        """The lake as it stood at a moment, for reading."""
        return Lake(self._spark, self.root, self.run_id, moment=moment)

    def _moment_of(self, name: str) -> datetime | None:
        """The moment up to which rows of a table are seen, where they say when they were recorded."""
        return self.moment if contracts.table(name).is_bitemporal else None

    def read(self, name: str) -> DataFrame:
        """All rows of a table; no rows, with the contract's columns, where it was never written."""
        if self.opened(name) is None:
            contract = contracts.table(name)
            # From Arrow the empty table is a constant of the plan; from a list it would start Python workers.
            return self.spark.createDataFrame(arrow_schema(contract).empty_table(), struct_type(contract))
        return self.spark.read.format("delta").load(self.path(name)).where(recorded_by(self._moment_of(name), SPARK))

    def read_files(self, name: str) -> DataFrame:
        """Rows of an unpartitioned table, read from its files as the log lists them.

        Read as Parquet, a small table spares Spark the replay of its log, which costs seconds and does not shrink
        with the table. Deletion vectors and column mapping, which would forbid it, are off in this lake.
        """
        if (log := self.opened(name)) is None:
            return self.read(name)
        files = pa.table(log.get_add_actions(flatten=True)).column("path").to_pylist()
        if not files:
            return self.spark.createDataFrame(log.schema().to_arrow().empty_table(), struct_type(contracts.table(name)))
        place = f"{self.path(name)}/"
        rows = self.spark.read.schema(struct_type(contracts.table(name))).parquet(*[place + unquote(f) for f in files])
        return rows.where(recorded_by(self._moment_of(name), SPARK))

    def rows(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        night: date | None = None,
        where: Sequence[tuple[str, str, Any]] = (),
    ) -> pa.Table:
        """Rows of a small table, or of one night of it, on the driver; none where the table was never written.

        Args:
            name: the table.
            columns: all when not given.
            night: all nights when not given.
            where: further conditions (column, operator, value) that rows must meet.
        """
        wanted = list(columns or contracts.table(name).column_names)
        if (log := self.opened(name)) is None:
            return arrow_schema(contracts.table(name)).empty_table().select(wanted)
        if self._moment_of(name) is not None:
            return self.dataset(name).to_table(columns=wanted)
        conditions = [*([("night", "=", night)] if night else []), *where]
        files = table_files(self.path(name))
        return log.to_pyarrow_table(columns=wanted, filters=conditions or None, filesystem=files)

    def count(self, name: str) -> int:
        """How many rows a table has, from its log alone."""
        if (log := self.opened(name)) is None:
            return 0
        return sum(pa.table(log.get_add_actions(flatten=True)).column("num_records").to_pylist())

    def show(self, engine: duckdb.DuckDBPyConnection, relation: str, name: str) -> None:
        """Make a table a relation of a DuckDB connection, for reading.

        Of a lake on this machine DuckDB reads the files itself, several times faster than through Arrow.
        """
        log = self.opened(name)
        paths = [] if log is None else pa.table(log.get_add_actions(flatten=True)).column("path").to_pylist()
        if not paths or "://" in self.root:
            engine.register(relation, self.dataset(name))
            return
        files = ", ".join("'" + f"{self.path(name)}/{unquote(path)}".replace("'", "''") + "'" for path in paths)
        kinds = {column.name: column.type for column in contracts.table(name).columns}
        folders = ", ".join(f"'{column}': '{kinds[column]}'" for column in contracts.table(name).partition)
        how = f"hive_partitioning = true, hive_types = {{{folders}}}" if folders else "hive_partitioning = false"
        columns = ", ".join(f'"{column}"' for column in kinds)
        engine.execute(f"create or replace view {relation} as select {columns} from read_parquet([{files}], {how})")

    def dataset(self, name: str) -> dataset.Dataset:
        """A table for engines that read Arrow, such as DuckDB, file by file; one without rows where never written."""
        if (log := self.opened(name)) is None:
            return dataset.dataset(arrow_schema(contracts.table(name)).empty_table())
        rows = log.to_pyarrow_dataset(filesystem=table_files(self.path(name)))
        if (moment := self._moment_of(name)) is None:
            return rows
        recorded = dataset.field("recorded_at")
        return rows.filter(recorded.is_null() | (recorded <= moment))

    def as_of(self, name: str, night: date) -> DataFrame:
        """For each key of a bitemporal table its latest row known at the end of the night.

        Raises:
            ContractError: the table keeps no history of what was known.
        """
        contract = contracts.table(name)
        newest_first(contract)  # nothing is read of a table that keeps no history
        stored = self.read(name) if contract.partition else self.read_files(name)
        return latest_rows(contract, night, stored)

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
