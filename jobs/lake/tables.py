"""The tables of a Delta lake as they are read: all rows, those of a night, or as known on a night.

Tables are folders `<lake>/<layer>/<name>`. Spark reads whole tables; the few rows that the driver holds anyway (a
delivered file, the ledger, results of checks) are read as Arrow through delta-rs, which starts no Spark job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self, TypeAlias
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.dataset as dataset
from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.spark import struct_type
from jobs.lake.as_of import SPARK, latest_rows, newest_first, recorded_by
from jobs.lake.logs import check_log, is_written
from jobs.lake.outdated import check_columns
from jobs.paths import plain_path, table_files, table_uri

Session: TypeAlias = SparkSession | Callable[[], SparkSession]  # or what starts one, asked when Spark is first needed


class Tables:
    """Tables of one lake, read by their contract's name.

    Attributes:
        root: folder or URI of the lake.
        run_id: written into the lineage column of every row of gold and ops.
        moment: rows of bitemporal tables recorded later are not seen, so that a night is read as its run read it; None
            for all.
    """

    def __init__(self, spark: Session | None, root: str, run_id: str, *, moment: datetime | None = None) -> None:
        self._spark, self.root, self.run_id, self.moment = spark, root, run_id, moment
        self._checked: set[str] = set()

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

    def at(self, moment: datetime | None) -> Self:
        """The lake as it stood at a moment, for reading."""
        return type(self)(self._spark, self.root, self.run_id, moment=moment)

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
        files = self._files(log, name)
        if not files:
            return self.spark.createDataFrame(log.schema().to_arrow().empty_table(), struct_type(contracts.table(name)))
        rows = self.spark.read.schema(struct_type(contracts.table(name))).parquet(*files)
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

    def _files(self, log: DeltaTable, name: str) -> list[str]:
        """Where the data files of a table lie."""
        paths = pa.table(log.get_add_actions(flatten=True)).column("path").to_pylist()
        return [f"{self.path(name)}/{unquote(path)}" for path in paths]

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
        paths = [] if log is None else self._files(log, name)
        if not paths or "://" in self.root:
            engine.register(relation, self.dataset(name))
            return
        files = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
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
