"""Takes new bronze records into silver: typed, flagged, split, and every physical record accounted for.

Rows of all small tables are assessed together, in one Spark job: planning and compiling a job costs seconds, and ten
tables of some thousand rows would pay it ten times. A partitioned table that gets a million rows in a night is
assessed by itself on what the comparison needs (`jobs.ingest.silver.narrow`).

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
from typing import Any

import duckdb
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.narrow import narrow, with_verdicts
from jobs.ingest.silver.outcomes import STATES, count_outcomes, quarantined_rows, rejected_rows
from jobs.ingest.silver.ranges import flag_implausible
from jobs.ingest.silver.vintages import add_known_at, as_comparable, assess_rows, row_key
from jobs.lake.delta import Lake

log = logging.getLogger(__name__)
TABLES_AT_ONCE = 3
BULK_RECORDS = 50_000
OF_A_FILE = ["delivery_id", "file_sha256", "source_file", "arrived_on", "ingested_at"]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in bronze and the number of its physical records, counted without Spark."""

    source: str
    delivery_id: str
    file_sha256: str
    source_file: str
    arrived_on: date
    ingested_at: datetime
    records_in: int


def union(frames: list[DataFrame]) -> DataFrame:
    """All rows of frames; a column that one of them does not have is empty in its rows."""
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def bronze_files(lake: Lake) -> list[File]:
    """Every file that bronze holds, in the order of sources and names; the records are counted as they stream by."""
    question = f"select {', '.join(OF_A_FILE)}, count(*) as records_in from held group by all"
    files = []
    with duckdb.connect() as connection:
        for contract in contracts.tables("bronze"):
            connection.register("held", lake.dataset(contract.name))
            rows = connection.sql(question).to_arrow_table().to_pylist()
            files += [File(source=contract.name.split(".")[1], **row) for row in rows]
    return sorted(files, key=lambda file: (file.source, file.source_file, file.ingested_at))


def bronze_records(lake: Lake, source: str, files: list[File]) -> DataFrame:
    """Bronze rows of the given files, with `record_id` and the struct `_record` that says where each comes from."""
    own = [file for file in files if file.source == source]
    where_from = ["delivery_id", "source_row", "source_file", "arrived_on", "ingested_at"]
    ids, days = {file.delivery_id for file in own}, {file.arrived_on for file in own}
    return (
        lake.read_files(f"bronze.{source}", delivery_id=ids, arrived_on=days)
        .withColumn("record_id", F.concat_ws(":", "delivery_id", "source_row"))
        .withColumn("_record", F.struct(F.lit(source).alias("source"), *where_from))
    )


def as_delivered(records: DataFrame, source: str) -> DataFrame:
    """The records of a source in columns that all sources share, their own values as the map `payload`."""
    own = [part for column in contracts.landing(source).columns for part in (F.lit(column), F.col(column))]
    extra = F.coalesce("extra_columns", F.create_map().cast("map<string,string>"))
    return records.select(
        "_record",
        "record_id",
        "delivery_id",
        "source_file",
        "source_row",
        "file_sha256",
        "ingested_at",
        "reject_reason",
        "raw_record",
        F.map_concat(F.create_map(*own), extra).alias("payload"),
    )


def typed_rows(lake: Lake, source: str, records: DataFrame, first: date) -> DataFrame:
    """Rows of a silver table that a source's readable records state, each flagged and ready to be compared."""
    landing = contracts.landing(source)
    contract = contracts.table(landing.feeds)
    adapters = importlib.import_module(f"jobs.ingest.silver.tables.{contract.name.split('.')[1]}").ADAPTERS
    rows = adapters[source](records.where(F.col("reject_reason").isNull()))
    dated = add_known_at(
        flag_implausible(rows, contract), landing.publication, F.col("_record.arrived_on") == F.lit(first)
    )
    record_id = F.concat_ws(":", "_record.delivery_id", "_record.source_row")
    named = dated.withColumns(
        {"source": F.lit(source), "record_id": record_id, "ingested_at": F.col("_record.ingested_at")}
    )
    return as_comparable(lake.spark_columns(contract.name, named), contract)


def set_aside_rows(lake: Lake, contract: Table, rows: DataFrame, is_few: bool) -> DataFrame:
    """Rows of a partitioned table in the partitions that new rows touch.

    Only those with a key of theirs, where these are few.

    A million rows held would else be typed, sorted and compared for the sake of a day's three thousand.
    """
    (partition,) = contract.partition
    new = rows.where(F.col("_table") == contract.name)
    touched = (new.select(partition, "_key") if is_few else new.select(partition).distinct()).toArrow()
    old = lake.read(contract.name).where(F.col(partition).isin(*touched[partition].unique().drop_null().to_pylist()))
    if not is_few:
        return old
    keys = lake.spark.createDataFrame(touched.select(["_key"]))
    return old.withColumn("_key", row_key(contract)).join(F.broadcast(keys), on="_key", how="left_semi").drop("_key")


def stored_rows(lake: Lake, names: list[str], rows: DataFrame, is_few: bool) -> DataFrame | None:
    """What silver tables hold that new rows could repeat or contradict, ready to be compared; None where nothing."""
    stored = []
    for contract in [contracts.table(name) for name in names if lake.exists(name)]:
        is_separate = bool(contract.partition)
        old = set_aside_rows(lake, contract, rows, is_few) if is_separate else lake.read_files(contract.name)
        stored.append(as_comparable(old, contract))
    return union(stored) if stored else None


def assessed_rows(lake: Lake, tables: list[str], rows: DataFrame, files: list[File]) -> tuple[DataFrame, DataFrame]:
    """What the load makes of each row (persisted), and the rows with it; the same where they are few."""
    is_few = len(tables) > 1 or not is_bulk(files)
    stored = stored_rows(lake, tables, rows, is_few)
    own = [file.delivery_id for file in files]
    if is_few:
        assessed = assess_rows(rows, stored, own).persist()
        return assessed, assessed
    contract = contracts.table(tables[0])
    verdicts = assess_rows(narrow(rows, contract), narrow(stored, contract) if stored else None, own).persist()
    return verdicts, with_verdicts(rows, verdicts)


def set_aside(lake: Lake, name: str, frame: DataFrame, files: list[File], row_count: int) -> None:
    """Append records that an earlier try of the same load has not set aside already."""
    stored = lake.read_files(name, delivery_id={file.delivery_id for file in files}).select("source", "record_id")
    lake.append(name, frame.join(stored, on=["source", "record_id"], how="left_anti"), row_count=row_count)


def ledger(files: list[File], counted: list[Row]) -> list[dict[str, Any]]:
    """Rows of ops.load: how the records of each file ended.

    Raises:
        AssertionError: the records of a file do not add up to those it brought.
    """
    ended = {(row["source"], row["delivery_id"]): row.asDict() for row in counted}
    rows = []
    for file in files:
        of_file = ended.get((file.source, file.delivery_id), {})
        counts = {f"records_{state}": of_file.get(f"records_{state}", 0) for state in STATES}
        if sum(counts.values()) != file.records_in:
            raise AssertionError(f"{file.source_file}: {file.records_in} records do not balance with {counts}")
        known = {name: getattr(file, name) for name in ("source", *OF_A_FILE, "records_in")}
        rows.append({**known, **counts})
    return rows


def append_news(lake: Lake, tables: list[str], rows: DataFrame, row_count: int) -> None:
    """Append to each silver table what the load tells it."""

    def append(name: str) -> None:
        news = rows.where((F.col("_table") == name) & F.col("_is_news") & ~F.col("_is_written"))
        lake.append(name, news.select(*contracts.table(name).column_names), row_count=row_count)

    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        for future in [pool.submit(append, name) for name in tables]:
            future.result()


def load_files(lake: Lake, files: list[File], first: dict[str, date]) -> list[dict[str, Any]]:
    """Take the given files into silver; returns their rows of ops.load."""
    sources = sorted({file.source for file in files})
    tables = sorted({contracts.landing(source).feeds for source in sources})
    bronze = {source: bronze_records(lake, source, files) for source in sources}
    records = union([as_delivered(bronze[source], source) for source in sources])
    rows = union([typed_rows(lake, source, bronze[source], first[source]) for source in sources])
    assessed, assessed_whole = assessed_rows(lake, tables, rows, files)
    counted = count_outcomes(records, assessed).collect()
    ended = ledger(files, counted)
    if rejected := sum(row["records_rejected"] for row in ended):
        set_aside(lake, "ops.rejected", rejected_rows(records), files, rejected)
    if quarantined := sum(row["records_quarantined"] for row in ended):
        set_aside(lake, "ops.quarantine", quarantined_rows(records, assessed, quarantined), files, quarantined)
    append_news(lake, tables, assessed_whole, sum(row["rows_out"] for row in counted))
    lake.append_rows("ops.load", ended)
    assessed.unpersist()
    return ended


def is_bulk(files: list[File]) -> bool:
    """Whether the files are of one partitioned table and bring so much that its forty columns are better not
    shuffled.
    """
    fed = {contracts.landing(file.source).feeds for file in files}
    return (
        all(contracts.table(name).partition for name in fed) and sum(file.records_in for file in files) > BULK_RECORDS
    )


def separate_loads(files: list[File]) -> list[list[File]]:
    """The files by what is assessed together: those of each table that gets much, and all others."""
    of_table: dict[str, list[File]] = {}
    for file in files:
        of_table.setdefault(contracts.landing(file.source).feeds, []).append(file)
    bulk = [part for part in of_table.values() if is_bulk(part)]
    others = [file for part in of_table.values() if not is_bulk(part) for file in part]
    return [others, *bulk] if others else bulk


def load(lake: Lake) -> dict[str, dict[str, int]]:
    """Take everything bronze holds and silver does not; returns the record counts of each table loaded."""
    ledger_rows = lake.rows("ops.load", ["source", "delivery_id"]).to_pylist()
    taken = {(row["source"], row["delivery_id"]) for row in ledger_rows}
    first: dict[str, date] = {}
    pending: list[File] = []
    for file in bronze_files(lake):
        first[file.source] = min(first.get(file.source, file.arrived_on), file.arrived_on)
        if (file.source, file.delivery_id) not in taken:
            pending.append(file)
    lake.ensure("ops.load", "ops.rejected", "ops.quarantine")
    counts: dict[str, dict[str, int]] = {}
    for row in [row for files in separate_loads(pending) for row in load_files(lake, files, first)]:
        of_table = counts.setdefault(contracts.landing(row["source"]).feeds, dict.fromkeys(("in", *STATES), 0))
        for state in of_table:
            of_table[state] += row[f"records_{state}"]
    for name, ended in counts.items():
        log.info("silver: %s %s", name, ended)
    return counts
