"""Takes new bronze records into silver: typed, flagged, split, and every physical record accounted for.

Order of commits: rejected, quarantine, silver, and the ledger `ops.load` last. A load that is killed between two
of them is done again as a whole; what its first try left in a table is recognised and not written twice.
"""

from __future__ import annotations

import importlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.model import Table
from jobs.lake import Lake
from jobs.silver.vintages import add_known_at, compare_with_known, flag_duplicates

log = logging.getLogger(__name__)
TABLES_AT_ONCE = 3
FILE = ["source", "source_file", "file_sha256", "arrived_on", "ingested_at"]


@dataclass(frozen=True)
class File:
    """A file in bronze whose records are not in silver yet."""

    source: str
    sha256: str


def union(frames: list[DataFrame]) -> DataFrame:
    """All rows of frames that have the same columns."""
    return reduce(DataFrame.unionByName, frames)


def first_arrivals(lake: Lake) -> tuple[dict[str, date], list[File]]:
    """The first arrival of each source in bronze, and the files that silver has not taken."""
    held = [contract.name for contract in contracts.tables("bronze") if lake.exists(contract.name)]
    if not held:
        return {}, []
    files = union(
        [
            lake.read(name).groupBy("file_sha256", "arrived_on").agg(F.lit(name.split(".")[1]).alias("source"))
            for name in held
        ]
    ).collect()
    taken = {row.file_sha256 for row in lake.read("ops.load").select("file_sha256").collect()}
    first: dict[str, date] = {}
    for row in files:
        first[row.source] = min(first.get(row.source, row.arrived_on), row.arrived_on)
    return first, [File(row.source, row.file_sha256) for row in files if row.file_sha256 not in taken]


def bronze_records(lake: Lake, source: str, files: list[File]) -> DataFrame:
    """Bronze rows of the given files, what identifies and repeats each in the struct `_record`."""
    name = f"bronze.{source}"
    payload = [part for column in contracts.landing(source).columns for part in (F.lit(column), F.col(column))]
    extra = F.coalesce("extra_columns", F.create_map().cast("map<string,string>"))
    wanted = [file.sha256 for file in files if file.source == source]
    return (
        lake.read(name)
        .where(F.col("file_sha256").isin(wanted))
        .withColumn("record_id", F.concat_ws(":", F.substring("file_sha256", 1, 12), "source_row"))
        .withColumn(
            "_record",
            F.struct(
                F.lit(source).alias("source"), "source_file", "source_row", "file_sha256", "arrived_on", "ingested_at",
                "record_id", "reject_reason", "raw_record", F.map_concat(F.create_map(*payload), extra).alias("payload"),
            ),
        )
    )  # fmt: skip


def typed_rows(lake: Lake, contract: Table, source: str, records: DataFrame, first: date) -> DataFrame:
    """Rows of the silver table that a source's readable records state, each flagged."""
    adapters = importlib.import_module(f"jobs.silver.{contract.name.split('.')[1]}").ADAPTERS
    rows = adapters[source](records.where(F.col("reject_reason").isNull())).withColumn("source", F.lit(source))
    is_first = F.col("_record.arrived_on") == F.lit(first)
    dated = add_known_at(rows, contracts.landing(source).publication, is_first)
    named = dated.withColumn("record_id", F.col("_record.record_id"))
    return flag_duplicates(lake.spark_columns(contract.name, named), contract)


def judge_records(records: DataFrame, rows: DataFrame, contract: Table) -> DataFrame:
    """How each physical record ends: `_record`, `state` and the codes of its quarantine."""
    severe = [code for code, severity in contract.rules.items() if severity != "keep"]
    conflict = F.when(F.col("_is_conflict"), F.array(F.lit("conflicting_vintage"))).otherwise(
        F.array().cast("array<string>")
    )
    codes = F.array_intersect(F.concat("quality_flags", conflict), F.array(*[F.lit(code) for code in severe]))
    per_record = rows.groupBy("record_id").agg(
        F.array_sort(F.array_distinct(F.flatten(F.collect_list(codes)))).alias("reason_codes"),
        F.max("_is_news").alias("_is_news"),
    )
    state = (
        F.when(F.col("_record.reject_reason").isNotNull(), "rejected")
        .when(F.size("reason_codes") > 0, "quarantined")
        .when(F.col("_is_news"), "out")
        .otherwise("unchanged")
    )
    joined = records.select("_record", "record_id").join(per_record, on="record_id", how="left")
    return joined.withColumn("reason_codes", F.coalesce("reason_codes", F.array().cast("array<string>"))).select(
        "record_id", "_record", "reason_codes", state.alias("state")
    )


def ledger(judged: DataFrame) -> DataFrame:
    """Rows of ops.load: how many records of each file ended in each way."""
    counts = [
        F.count_if(F.col("state") == s).alias(f"records_{s}") for s in ("out", "unchanged", "quarantined", "rejected")
    ]
    return judged.groupBy(*[F.col(f"_record.{name}").alias(name) for name in FILE]).agg(
        F.count(F.lit(1)).alias("records_in"), *counts
    )


def set_aside(lake: Lake, name: str, frame: DataFrame) -> None:
    """Append records that an earlier try of the same load has not set aside already."""
    lake.append(name, frame.join(lake.read(name).select("record_id"), on="record_id", how="left_anti"))


def load_table(lake: Lake, contract: Table, files: list[File], first: dict[str, date]) -> dict[str, int]:
    """Take the pending files that feed one silver table; returns how many records ended in which way."""
    sources = sorted({file.source for file in files})
    records = {source: bronze_records(lake, source, files) for source in sources}
    rows = union([typed_rows(lake, contract, s, records[s], first[s]) for s in sources])
    severe = [code for code, severity in contract.rules.items() if severity != "keep"]
    is_sound = ~F.arrays_overlap("quality_flags", F.array(*[F.lit(code) for code in severe]))
    own = [file.sha256[:12] for file in files]
    held = lake.read(contract.name).withColumn("_is_own", F.substring_index("record_id", ":", 1).isin(own))
    known = held.where(~F.coalesce("_is_own", F.lit(False))).drop("_is_own")
    rows = rows.persist()
    # A record is sound as a whole or not at all: one bad direction of trade sets its other one aside too.
    bad = rows.where(~is_sound).select("record_id").distinct()
    sound = compare_with_known(rows.join(bad, on="record_id", how="left_anti").select(*rows.columns), known, contract)
    unsound = rows.join(bad, on="record_id", how="left_semi").select(*rows.columns)
    unsound = unsound.withColumn("_is_conflict", F.lit(False)).withColumn("_is_news", F.lit(False))
    compared = sound.unionByName(unsound).persist()
    judged = judge_records(
        union([r.select("_record", "record_id") for r in records.values()]), compared, contract
    ).persist()
    counted = ledger(judged).persist()
    totals = counted.agg(
        *[F.sum(f"records_{s}").alias(s) for s in ("in", "out", "unchanged", "quarantined", "rejected")]
    ).head()
    counts = {key: int(number or 0) for key, number in totals.asDict().items()} if totals else {}
    if counts["in"] != counts["out"] + counts["unchanged"] + counts["quarantined"] + counts["rejected"]:
        raise AssertionError(f"{contract.name}: records do not balance: {counts}")
    if counts["rejected"]:
        set_aside(lake, "ops.rejected", rejected_rows(judged))
    if counts["quarantined"]:
        set_aside(lake, "ops.quarantine", quarantined_rows(judged, contract.name))
    news = compared.where("_is_news").join(
        judged.where("state = 'out'").select("record_id"), on="record_id", how="left_semi"
    )
    left_over = held.where("_is_own").select(*contract.key, "known_at")
    lake.append(
        contract.name,
        news.select(*contract.column_names).join(left_over, on=[*contract.key, "known_at"], how="left_anti"),
    )
    lake.append("ops.load", counted)
    for frame in (rows, compared, judged, counted):
        frame.unpersist()
    log.info("silver: %s %s", contract.name, counts)
    return counts


def rejected_rows(judged: DataFrame) -> DataFrame:
    """Rows of ops.rejected."""
    kept = ["source", "source_file", "source_row", "file_sha256", "raw_record", "ingested_at"]
    columns = [F.col(f"_record.{name}").alias(name) for name in kept]
    return judged.where("state = 'rejected'").select(
        "record_id", *columns, F.col("_record.reject_reason").alias("reason_code")
    )


def quarantined_rows(judged: DataFrame, table_name: str) -> DataFrame:
    """Rows of ops.quarantine."""
    kept = ["source", "source_file", "source_row", "file_sha256", "ingested_at", "payload"]
    columns = [F.col(f"_record.{name}").alias(name) for name in kept]
    return judged.where("state = 'quarantined'").select(
        "record_id", *columns, "reason_codes", F.lit(table_name).alias("table_name")
    )


def load(lake: Lake) -> dict[str, dict[str, int]]:
    """Take everything bronze holds and silver does not; returns the record counts of each table loaded."""
    first, pending = first_arrivals(lake)
    by_table: dict[str, list[File]] = {}
    for file in pending:
        by_table.setdefault(contracts.landing(file.source).feeds, []).append(file)
    lake.ensure("ops.load", "ops.rejected", "ops.quarantine")  # several tables' loads write to these
    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        futures = {n: pool.submit(load_table, lake, contracts.table(n), f, first) for n, f in sorted(by_table.items())}
        return {name: future.result() for name, future in futures.items()}
