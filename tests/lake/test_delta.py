"""The lake's promises: what a night sees, what a commit takes, what is read without a log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyspark.sql import functions as F

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.as_of import ask_known, end_of_night
from jobs.lake.delta import Lake

NIGHT = date(2024, 4, 30)
FIRST_LATE = datetime(2024, 4, 30, 15, tzinfo=UTC)  # midnight in Seoul
LAST_IN_TIME = datetime(2024, 4, 30, 14, 59, 59, tzinfo=UTC)


def index(month: int, value: float, known_at: datetime = LAST_IN_TIME, record: str = "a:1") -> dict[str, Any]:
    """A row of silver.pressure_index_month."""
    return {
        "series_name": "GSCPI",
        "period_start": date(2024, month, 1),
        "known_at": known_at,
        "index_value": Decimal(str(value)),
        "source": "gscpi",
        "quality_flags": [],
        "record_id": record,
    }


def quarantined(sha: str) -> dict[str, Any]:
    """A row of ops.quarantine."""
    return {
        "source": "gscpi",
        "table_name": "t",
        "source_file": "f",
        "source_row": 1,
        "file_sha256": sha,
        "record_id": sha,
    }


def test_a_night_ends_at_midnight_in_seoul() -> None:
    assert end_of_night(NIGHT) == FIRST_LATE


@pytest.mark.spark
def test_a_night_sees_of_each_key_the_newest_row_known_by_its_end(lake: Lake) -> None:
    early = datetime(2024, 4, 1, tzinfo=UTC)
    rows = [index(2, 0.1, early), index(2, 0.2), index(2, 0.3, FIRST_LATE), index(3, 0.9, FIRST_LATE)]
    lake.append_rows("silver.pressure_index_month", rows)
    seen = lake.as_of("silver.pressure_index_month", NIGHT).collect()
    assert [(row["period_start"], float(row["index_value"])) for row in seen] == [(date(2024, 2, 1), 0.2)]


@pytest.mark.spark
def test_a_night_reads_the_files_that_the_log_lists_and_spares_spark_the_log(lake: Lake) -> None:
    name = "silver.pressure_index_month"
    for month in (2, 3):
        lake.append_rows(name, [index(month, 0.1)])
    DeltaTable(lake.path(name)).optimize.compact()
    seen = lake.as_of(name, NIGHT)
    assert sorted(row["period_start"].month for row in seen.collect()) == [2, 3]
    assert "Location: InMemoryFileIndex" in seen._jdf.queryExecution().toString()


@pytest.mark.spark
def test_as_of_asks_for_a_table_that_keeps_vintages(lake: Lake) -> None:
    with pytest.raises(contracts.ContractError, match=r"ops\.load is not bitemporal"):
        lake.as_of("ops.load", NIGHT)


@pytest.mark.spark
def test_a_table_never_written_has_its_columns_and_no_rows(lake: Lake) -> None:
    contract = contracts.table("silver.trade_month")
    assert lake.read(contract.name).columns == contract.column_names
    assert lake.read(contract.name).count() == 0
    assert lake.rows(contract.name).schema == arrow_schema(contract)
    assert lake.version(contract.name) is None


def test_the_same_transaction_is_added_once(driver_lake: Lake) -> None:
    for _ in range(2):
        driver_lake.append_rows("silver.pressure_index_month", [index(2, 0.1)], transaction="once")
    driver_lake.append_rows("silver.pressure_index_month", [index(2, 0.1)])
    assert driver_lake.rows("silver.pressure_index_month").num_rows == 2
    assert driver_lake.holds("silver.pressure_index_month", "once", "never") == {"once"}


@pytest.mark.spark
def test_rows_that_do_not_fit_the_contract_are_refused_by_name(lake: Lake) -> None:
    frame = lake.spark.range(1).withColumn("surprise", F.lit(1))
    with pytest.raises(
        contracts.ContractError, match=r"ops\.rejected.*missing .*'source'.*not named there .*'surprise'"
    ):
        lake.append("ops.rejected", frame)


@pytest.mark.spark
def test_spark_appends_what_the_driver_would(lake: Lake) -> None:
    schema = arrow_schema(contracts.table("silver.pressure_index_month"))
    table = pa.Table.from_pylist([index(2, 0.1), index(3, -1.5)], schema)
    lake.append("silver.pressure_index_month", lake.spark.createDataFrame(table))
    assert lake.rows("silver.pressure_index_month").sort_by("period_start") == table
    assert lake.read("silver.pressure_index_month").orderBy("period_start").toArrow().cast(schema) == table


@pytest.mark.spark
def test_a_lake_at_a_moment_shows_no_row_recorded_later_to_any_reader(lake: Lake) -> None:
    name, moment = "silver.pressure_index_month", datetime(2024, 5, 1, 12, tzinfo=UTC)
    for month, recorded in ((2, None), (3, moment), (4, moment + timedelta(microseconds=1))):
        lake.append_rows(name, [{**index(month, 0.1), "recorded_at": recorded}])
    then = lake.at(moment)
    seen = [
        then.read(name).select("period_start").toArrow(),
        then.read_files(name).select("period_start").toArrow(),
        then.as_of(name, NIGHT).select("period_start").toArrow(),
        then.rows(name, ["period_start"]),
        ask_known(then.dataset, "select period_start from seen", NIGHT, {"seen": name}),
    ]
    months = [sorted(day.month for day in each["period_start"].to_pylist()) for each in seen]
    assert months == [[2, 3]] * 5
    assert lake.rows(name).num_rows == 3


@pytest.mark.spark
def test_reading_files_leaves_out_what_the_log_has_dropped(lake: Lake) -> None:
    for month in (2, 3):
        lake.append_rows("silver.pressure_index_month", [index(month, 0.1)])
    DeltaTable(lake.path("silver.pressure_index_month")).optimize.compact()
    assert len(list(Path(lake.path("silver.pressure_index_month")).glob("*.parquet"))) == 3
    assert lake.read_files("silver.pressure_index_month").count() == 2


def test_engines_that_read_arrow_see_a_table_that_was_never_written_as_empty(driver_lake: Lake) -> None:
    assert driver_lake.dataset("ops.load").count_rows() == 0
