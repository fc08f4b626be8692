"""Takes new bronze records into silver: typed, flagged, split, and every physical record accounted for.

Order of commits: rejected, quarantine, silver, and the ledger `ops.load` last. A load that is killed between two
of them is done again as a whole; what its first try left in a table is recognised and not written twice.
"""

from __future__ import annotations

import importlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.model import Table
from jobs.lake import Lake
from jobs.silver.outcomes import STATES, count_outcomes, quarantined_rows, rejected_rows
from jobs.silver.vintages import add_known_at, judge_rows

log = logging.getLogger(__name__)
TABLES_AT_ONCE = 3
OF_A_FILE = ["file_sha256", "source_file", "arrived_on", "ingested_at"]


@dataclass(frozen=True)
class File:
    """A file in bronze and the number of its physical records, counted without Spark."""

    source: str
    file_sha256: str
    source_file: str
    arrived_on: date
    ingested_at: datetime
    records_in: int

    @property
    def record_prefix(self) -> str:
        """What the `record_id` of each of its records begins with."""
        return self.file_sha256[:12]


def union(frames: list[DataFrame]) -> DataFrame:
    """All rows of frames that have the same columns."""
    return reduce(DataFrame.unionByName, frames)


def bronze_files(lake: Lake) -> list[File]:
    """Every file that bronze holds, in the order of sources and names."""
    files = []
    for contract in contracts.tables("bronze"):
        counted = lake.rows(contract.name, OF_A_FILE).group_by(OF_A_FILE).aggregate([([], "count_all")])
        source = contract.name.split(".")[1]
        files += [File(source, **{n: row[n] for n in OF_A_FILE}, records_in=row["count_all"]) for row in counted.to_pylist()]
    return sorted(files, key=lambda file: (file.source, file.source_file))


def bronze_records(lake: Lake, source: str, files: list[File]) -> DataFrame:
    """Bronze rows of the given files, with `record_id` and the struct `_record` that says where each comes from."""
    wanted = [file.file_sha256 for file in files if file.source == source]
    where_from = ["source_file", "source_row", "file_sha256", "arrived_on"]
    return (
        lake.read(f"bronze.{source}")
        .where(F.col("file_sha256").isin(wanted))
        .withColumn("record_id", F.concat_ws(":", F.substring("file_sha256", 1, 12), "source_row"))
        .withColumn("_record", F.struct(F.lit(source).alias("source"), *where_from))
    )


def as_delivered(records: DataFrame, source: str) -> DataFrame:
    """The records of a source in columns that all sources share, their own values as the map `payload`."""
    own = [part for column in contracts.landing(source).columns for part in (F.lit(column), F.col(column))]
    extra = F.coalesce("extra_columns", F.create_map().cast("map<string,string>"))
    return records.select(
        "_record", "record_id", "source_file", "source_row", "file_sha256", "ingested_at", "reject_reason", "raw_record",
        F.map_concat(F.create_map(*own), extra).alias("payload"),
    )  # fmt: skip


def typed_rows(lake: Lake, contract: Table, source: str, records: DataFrame, first: date) -> DataFrame:
    """Rows of the silver table that a source's readable records state, each flagged."""
    adapters = importlib.import_module(f"jobs.silver.{contract.name.split('.')[1]}").ADAPTERS
    rows = adapters[source](records.where(F.col("reject_reason").isNull())).withColumn("source", F.lit(source))
    dated = add_known_at(rows, contracts.landing(source).publication, F.col("_record.arrived_on") == F.lit(first))
    record_id = F.concat_ws(":", F.substring("_record.file_sha256", 1, 12), "_record.source_row")
    return lake.spark_columns(contract.name, dated.withColumn("record_id", record_id))


def set_aside(lake: Lake, name: str, frame: DataFrame) -> None:
    """Append records that an earlier try of the same load has not set aside already."""
    lake.append(name, frame.join(lake.read(name).select("record_id"), on="record_id", how="left_anti"))


def ledger(files: list[File], counted: DataFrame) -> list[dict[str, object]]:
    """Rows of ops.load: how the records of each file ended.

    Raises:
        AssertionError: the records of a file do not add up to those it brought.
    """
    ended = {row["file_sha256"]: row.asDict() for row in counted.collect()}
    rows = []
    for file in files:
        counts = {f"records_{state}": ended.get(file.file_sha256, {}).get(f"records_{state}", 0) for state in STATES}
        if sum(counts.values()) != file.records_in:
            raise AssertionError(f"{file.source_file}: {file.records_in} records do not balance with {counts}")
        rows.append({**{name: getattr(file, name) for name in OF_A_FILE}, "source": file.source,
                     "records_in": file.records_in, **counts})  # fmt: skip
    return rows


def load_table(lake: Lake, contract: Table, files: list[File], first: dict[str, date]) -> dict[str, int]:
    """Take the pending files that feed one silver table; returns how many records ended in which way."""
    sources = sorted({file.source for file in files})
    bronze = {source: bronze_records(lake, source, files) for source in sources}
    records = union([as_delivered(bronze[source], source) for source in sources])
    rows = union([typed_rows(lake, contract, source, bronze[source], first[source]) for source in sources])
    own = [file.record_prefix for file in files]
    judged = judge_rows(rows, lake.read(contract.name), contract, own).persist()
    ended = ledger(files, count_outcomes(records, judged))
    counts = {state: sum(row[f"records_{state}"] for row in ended) for state in ("in", *STATES)}
    if counts["rejected"]:
        set_aside(lake, "ops.rejected", rejected_rows(records))
    if counts["quarantined"]:
        set_aside(lake, "ops.quarantine", quarantined_rows(records, judged, contract))
    lake.append(contract.name, judged.where("_is_news AND NOT _is_written").select(*contract.column_names))
    lake.append_rows("ops.load", ended)
    judged.unpersist()
    log.info("silver: %s %s", contract.name, counts)
    return counts


def load(lake: Lake) -> dict[str, dict[str, int]]:
    """Take everything bronze holds and silver does not; returns the record counts of each table loaded."""
    taken = set(lake.rows("ops.load", ["file_sha256"])["file_sha256"].to_pylist())
    first: dict[str, date] = {}
    by_table: dict[str, list[File]] = {}
    for file in bronze_files(lake):
        first[file.source] = min(first.get(file.source, file.arrived_on), file.arrived_on)
        if file.file_sha256 not in taken:
            by_table.setdefault(contracts.landing(file.source).feeds, []).append(file)
    lake.ensure("ops.load", "ops.rejected", "ops.quarantine", *by_table)  # several tables' loads write to these
    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        futures = {n: pool.submit(load_table, lake, contracts.table(n), f, first) for n, f in sorted(by_table.items())}
        return {name: future.result() for name, future in futures.items()}
