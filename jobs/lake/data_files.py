"""Data files of a Delta table that many processes read and write, and one commits.

Workers read and write Parquet themselves, so that no row goes through the JVM; the driver says which pieces of a table
they read, and adds the files they wrote to the log in one commit. Files of a worker that failed or was killed are named
by no log, and no reader sees them.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import ColumnProperties, WriterProperties
from deltalake.fs import DeltaStorageHandler
from deltalake.transaction import AddAction, RemoveAction
from pyarrow import dataset, fs

from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Table
from jobs.paths import table_files

ROWS_OF_A_GROUP = 131_072  # the least that a Spark task can take of a file
# How both writers write: dictionaries of texts cost a third of a load, and LZ4 alone makes smaller files.
BY_ARROW: dict[str, Any] = {"compression": "lz4", "use_dictionary": False}
BY_DELTA_RS = WriterProperties(
    max_row_group_size=ROWS_OF_A_GROUP,
    compression="LZ4_RAW",
    default_column_properties=ColumnProperties(dictionary_enabled=False, statistics_enabled="CHUNK"),
)
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"  # what Hive calls the folder of rows without a value
# A file that was written: where below the table, its partition's values by column (JSON), bytes, rows.
WRITTEN = pa.schema([("path", pa.string()), ("partition", pa.string()), ("size", pa.int64()), ("rows", pa.int64())])


def file_system(place: str) -> fs.FileSystem:
    """The files below a table's folder; of a store elsewhere as delta-rs reaches it."""
    return table_files(place) or fs.PyFileSystem(DeltaStorageHandler(place))


def pieces(rows: dataset.Dataset, where: dataset.Expression | None = None) -> list[bytes]:
    """Row groups of a table that may hold rows of a kind, for `read_piece` in another process."""
    fragments = [each for file in rows.get_fragments(where) for each in file.split_by_row_group(where)]
    return [pickle.dumps((each, rows.schema)) for each in fragments]


def read_piece(piece: bytes, columns: Sequence[str] | None = None, where: dataset.Expression | None = None) -> pa.Table:
    """Rows of a row group, the columns of their partition among them."""
    fragment, schema = pickle.loads(piece)  # made by `pieces` in the driver of the same job
    return fragment.to_table(schema=schema, columns=columns, filter=where)


class DataFiles:
    """Data files that one process writes, one for each partition it meets.

    Args:
        contract: the table's.
        place: its folder or URI.
    """

    def __init__(self, contract: Table, place: str) -> None:
        self.partition, self.files = contract.partition, file_system(place)
        self.schema = pa.schema([field for field in arrow_schema(contract) if field.name not in self.partition])
        self.writers: dict[str, tuple[str, pq.ParquetWriter]] = {}
        self.counts: dict[str, int] = {}

    def write(self, rows: pa.Table) -> None:
        """Add rows, whose columns are the contract's."""
        own = rows.select(self.schema.names)
        for values in rows.group_by(self.partition).aggregate([]).to_pylist() if self.partition else [{}]:
            of_partition = [
                pc.is_null(rows[name]) if value is None else pc.equal(rows[name], value)
                for name, value in values.items()
            ]
            mine = own.filter(reduce(pc.and_, of_partition)) if of_partition else own
            partition = json.dumps({name: None if value is None else str(value) for name, value in values.items()})
            self.writer(partition).write_table(mine)
            self.counts[partition] = self.counts.get(partition, 0) + len(mine)

    def writer(self, partition: str) -> pq.ParquetWriter:
        """The file of a partition, begun with its first rows."""
        if partition not in self.writers:
            folders = [f"{name}={quote(NO_VALUE if v is None else v)}" for name, v in json.loads(partition).items()]
            self.files.create_dir("/".join(folders), recursive=True)
            path = "/".join([*folders, f"part-{uuid4()}.parquet"])
            self.writers[partition] = path, pq.ParquetWriter(path, self.schema, filesystem=self.files, **BY_ARROW)
        return self.writers[partition][1]

    def close(self) -> pa.Table:
        """End all files; what was written (`WRITTEN`)."""
        rows = []
        for partition, (path, writer) in self.writers.items():
            writer.close()
            size = self.files.get_file_info(path).size
            rows.append({"path": path, "partition": partition, "size": size, "rows": self.counts[partition]})
        return pa.Table.from_pylist(rows, WRITTEN)


def added(written: Iterable[Mapping[str, Any]], now: int) -> list[AddAction | RemoveAction]:
    """Files that were written as the log names them; `now` is in milliseconds since 1970."""
    return [
        AddAction(
            path=quote(file["path"], safe="/=%"),
            size=file["size"],
            partition_values=json.loads(file["partition"]),
            modification_time=now,
            data_change=True,
            stats=json.dumps({"numRecords": file["rows"]}),
        )
        for file in written
    ]
