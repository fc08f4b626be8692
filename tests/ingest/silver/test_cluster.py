"""Both roads of a load, the driver's and Spark's, leave the same: silver, quarantine, rejected records and ledger."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyspark.core.broadcast import Broadcast
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.ingest.silver import load as load_module
from jobs.ingest.silver.cluster import ClusterLoad
from jobs.ingest.silver.table_load import TableLoad
from jobs.ingest.silver.workers import Comparison
from jobs.lake.delta import Lake
from tests.builders.contents import contents
from tests.builders.declarations import line, write_lines
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
DAYS = [date(2024, 5, 13), date(2024, 5, 14), date(2024, 5, 10)]  # the last is older, and comes late
HOSTILE = [
    "",
    "x",
    "-1",
    "1,5",
    "1e9",
    "9" * 26,
    "0001-01-01",
    "2024-02-30",
    "\u200b가",
    "e\u0301",
    "KR",
    "\ufffd",
    "'",
    "0",
]
TABLES = ("silver.import_declaration", "ops.quarantine", "ops.rejected", "ops.load")


def deliver(folder: Path, day: date, seed: int) -> None:
    """Lines of which most are mutated, some repeat or contradict each other, and one is cut."""
    rng = random.Random(seed)
    days = [day - timedelta(days=rng.randrange(8)) for _ in range(80)]
    lines = [
        line(declaration_id=f"d{rng.randrange(60)}", line_no="1", declared_at=f"{each}T09:00:00+09:00") for each in days
    ]
    names = [*lines[0]]
    for each in lines[20:]:
        for _ in range(rng.choice([1, 1, 2])):
            each[rng.choice(names)] = rng.choice(HOSTILE)
    path = write_lines(folder, "import_declaration", lines, f"known_{day}")
    path.write_text(path.read_text("utf-8") + "cut,1\n", encoding="utf-8")


def deliver_unsound(folder: Path, day: date) -> None:
    """A line that is set aside, so that its delivery is the beginning of nothing."""
    bad = line(declaration_id="bad", line_no="1", declared_at=f"{day}T09:00:00+09:00", customs_value_krw="-1")
    write_lines(folder, "import_declaration", [bad], f"known_{day}")


def loaded(spark: SparkSession, root: Path, road: type[TableLoad]) -> dict[str, list[str]]:
    """What a road leaves of three deliveries, the last of them late, and of an early one that is all unsound."""
    lake = Lake(spark, str(root / "lake"), "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_module, "road_of", lambda *about: road)
        deliver_unsound(root / "landing", date(2024, 5, 1))
        for n, day in enumerate(DAYS):
            deliver(root / "landing", day, n)
            ingest(lake, root / "landing", date(2024, 6, 20))
    return contents(lake, TABLES)


def test_both_roads_leave_the_same(spark: SparkSession, tmp_path: Path) -> None:
    driver = loaded(spark, tmp_path / "driver", TableLoad)
    cluster = loaded(spark, tmp_path / "cluster", ClusterLoad)
    assert {name: len(rows) for name, rows in cluster.items()} == {name: len(rows) for name, rows in driver.items()}
    assert cluster == driver
    assert len(driver["silver.import_declaration"]) > 20
    assert len(driver["ops.quarantine"]) > 60
    assert any("known_at_assumed" in row for row in driver["silver.import_declaration"])


@pytest.mark.parametrize(
    ("master", "limit", "table", "road"),
    [
        ("local[2]", 5_000_000, "silver.import_declaration", "TableLoad"),
        ("local[2]", 0, "silver.import_declaration", "ClusterLoad"),
        ("local[2]", 0, "silver.trade_month", "TableLoad"),
        ("spark://host:7077", 5_000_000, "silver.import_declaration", "ClusterLoad"),
    ],
)
def test_what_is_too_much_for_one_machine_goes_through_spark(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, master: str, limit: int, table: str, road: str
) -> None:
    class Chosen:
        spark_master, load_records = master, limit

    monkeypatch.setattr(load_module, "settings", Chosen)
    files: list[Any] = [type("File", (), {"records_in": 10})]
    assert load_module.road_of(lake, contracts.table(table), files).__name__ == road
    assert load_module.road_of(Lake(None, lake.root, "run"), contracts.table(table), files) is TableLoad


@pytest.mark.parametrize("times", [0, 2])
def test_records_that_no_worker_or_two_deal_with_stop_the_load(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    def dealt(load: ClusterLoad, known: Comparison, again: Broadcast[pa.Table]) -> pa.Table:
        outcome = write_files(load, known, again)
        return pa.concat_tables([outcome.slice(0, 0), *[outcome] * times])

    write_files = ClusterLoad.write_files
    monkeypatch.setattr(ClusterLoad, "write_files", dealt)
    monkeypatch.setattr(load_module, "road_of", lambda *about: ClusterLoad)
    lake = Lake(spark, str(tmp_path / "lake"), "run")
    deliver(tmp_path / "landing", DAYS[0], 0)
    with pytest.raises(AssertionError, match="workers dealt with"):
        ingest(lake, tmp_path / "landing", date(2024, 6, 20))
    assert lake.count("silver.import_declaration") == lake.count("ops.load") == 0
