"""What a night knows is one definition: DuckDB and Spark read the same rows by it, whatever was written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.spark import struct_type
from jobs.lake.as_of import ask_known, end_of_night, latest_rows

NIGHT = date(2024, 4, 30)
TABLE = contracts.table("silver.pressure_index_month")
HOURS = (-48, -1, 0, 1)  # of becoming known, from the end of the night
Place = tuple[str | None, int | None, int]  # series, month, hour


def rows_of(places: list[Place]) -> pa.Table:
    """Rows with these keys and times; the place in the list is value and record."""
    rows: list[dict[str, Any]] = [
        {
            "series_name": series,
            "period_start": month and date(2024, month, 1),
            "known_at": end_of_night(NIGHT) + timedelta(hours=hour),
            "index_value": Decimal(n),
            "source": "gscpi",
            "quality_flags": [],
            "record_id": f"r:{n:03d}",
        }
        for n, (series, month, hour) in enumerate(places)
    ]
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(TABLE)])
    return pa.Table.from_pylist(rows, schema)


def seen_by_duckdb(rows: pa.Table, night: date | None = NIGHT) -> list[dict[str, Any]]:
    return ask_known(lambda _: rows, "select * from seen order by record_id", night, {"seen": TABLE.name}).to_pylist()


def seen_by_hand(places: list[Place]) -> list[str]:
    """Record of the last row of each key known before the night's end, the larger record where two are as new."""
    newest: dict[tuple[str | None, int | None], tuple[int, int]] = {}
    for n, (series, month, hour) in enumerate(places):
        if hour < 0:
            newest[series, month] = max(newest.get((series, month), (hour, n)), (hour, n))
    return sorted(f"r:{n:03d}" for _, n in newest.values())


@given(
    st.lists(
        st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, 1, 2]), st.sampled_from(HOURS)), max_size=9
    )
)
@settings(max_examples=60, deadline=None)
@example([])
@example([("a", 1, 0), ("b", 1, 1)])
@example([("a", 1, -1), ("a", 1, -1), (None, 1, -1), (None, 1, -48), (None, None, -1)])
def test_a_night_sees_each_keys_last_row_known_by_its_end(places: list[Place]) -> None:
    assert [row["record_id"] for row in seen_by_duckdb(rows_of(places))] == seen_by_hand(places)


def test_without_a_night_all_that_was_ever_known_counts() -> None:
    rows = rows_of([("a", 1, -1), ("a", 1, 1)])
    assert [row["record_id"] for row in seen_by_duckdb(rows, None)] == ["r:001"]


def test_a_table_without_vintages_is_refused() -> None:
    with pytest.raises(contracts.ContractError, match=r"ops\.load is not bitemporal"):
        ask_known(lambda _: rows_of([]), "from seen", NIGHT, {"seen": "ops.load"})


@pytest.mark.spark
def test_spark_sees_what_duckdb_sees(spark: SparkSession) -> None:
    """Every way for up to three rows of a key to become known, keys with nulls among them, in one table."""

    @given(
        st.lists(
            st.tuples(st.sampled_from([None, "a", "b", "c"]), st.sampled_from([None, 1, 2]), st.sampled_from(HOURS)),
            max_size=40,
        )
    )
    @settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @example([])
    @example([("a", 1, 0), ("b", 1, 1)])
    @example([("a", 1, -1), ("a", 1, -1), (None, 1, -1), (None, 1, -48), (None, None, -1)])
    def same(places: list[Place]) -> None:
        rows = rows_of(places)
        schema = struct_type(TABLE)
        for field in schema.fields:
            field.nullable = True
        seen = latest_rows(TABLE, NIGHT, spark.createDataFrame(rows, schema)).toArrow().to_pylist()
        assert sorted(seen, key=lambda row: row["record_id"]) == seen_by_duckdb(rows)

    same()


def test_the_night_ends_at_an_instant_in_utc() -> None:
    assert end_of_night(NIGHT) == datetime(2024, 4, 30, 15, tzinfo=UTC)
