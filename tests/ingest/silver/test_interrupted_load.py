"""A load killed between any two commits and run again leaves what an undisturbed one leaves."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs.lake.delta import Lake
from tests.builders.contents import contents
from tests.builders.landing import ingest, write_straits, write_trade

pytestmark = pytest.mark.spark
TABLES = ("silver.trade_month", "silver.trade_scope", "silver.strait_day", "ops.load", "ops.quarantine", "ops.rejected")
FIRST, SECOND = date(2024, 6, 20), date(2024, 6, 21)


class Killed(Exception):
    """Stands for a kill -9."""


class MortalLake(Lake):
    """A lake whose process dies before its n-th commit."""

    def __init__(self, spark: SparkSession, root: str, dies_before: int) -> None:
        super().__init__(spark, root, "run-2")
        self.commits_left = dies_before

    def _breathe(self) -> None:
        self.commits_left -= 1
        if self.commits_left < 0:
            raise Killed

    def append(self, name: str, frame: Any, **options: Any) -> None:
        self._breathe()
        super().append(name, frame, **options)

    def append_rows(self, name: str, rows: Any, **options: Any) -> None:
        self._breathe()
        super().append_rows(name, rows, **options)


def deliver_first(folder: Path) -> None:
    write_trade(folder, [("2024.03", "ID", "800110", 20_000, 100), ("2024.03", "MY", "800110", 500, 3)], "1")


def deliver_second(folder: Path) -> None:
    """A revision, a bad country, a cut line, and another table."""
    path = write_trade(folder, [("2024.03", "ID", "800110", 25_000, 120), ("2024.04", "QZ", "800110", 1, 1)], "2")
    path.write_text(path.read_text("utf-8") + "2024.04,ID", encoding="utf-8")
    write_straits(folder, [("2024-06-01", 50)])


def second_load(spark: SparkSession, first_load: Path, root: Path, dies_before: int | None) -> dict[str, list[str]]:
    """Contents after the second delivery, whose load is killed, where it is, and done again."""
    shutil.copytree(first_load, root, dirs_exist_ok=True)
    folder, place = root / "landing", str(root / "lake")
    deliver_second(folder)
    if dies_before is not None:
        with pytest.raises(Killed):
            ingest(MortalLake(spark, place, dies_before), folder, SECOND)
    ingest(Lake(spark, place, "run-3"), folder, SECOND)
    return contents(Lake(spark, place, "run-4"), TABLES)


@pytest.fixture(scope="module")
def first_load(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Landing folder and lake after the first delivery, to be copied."""
    root = tmp_path_factory.mktemp("first_load")
    deliver_first(root / "landing")
    ingest(Lake(spark, str(root / "lake"), "run-1"), root / "landing", FIRST)
    return root


@pytest.fixture(scope="module")
def undisturbed(
    spark: SparkSession, first_load: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    return second_load(spark, first_load, tmp_path_factory.mktemp("undisturbed"), None)


COMMITS = (
    *("bronze", "bronze", "deliveries", "strait_day", "ledger of straits"),
    *("rejected", "quarantine", "trade_month", "ledger of trade", "scopes"),
)


def test_every_kind_of_commit_is_made_once(
    spark: SparkSession, undisturbed: dict[str, list[str]], tmp_path: Path
) -> None:
    """Or the kills below would not be at the boundaries their names say."""
    deliver_second(tmp_path)
    lake = MortalLake(spark, str(tmp_path / "lake"), 1000)
    ingest(lake, tmp_path, SECOND)
    assert 1000 - lake.commits_left == len(COMMITS)
    assert {name: len(rows) for name, rows in undisturbed.items()} == {
        "silver.trade_month": 6,
        "silver.trade_scope": 2,
        "silver.strait_day": 1,
        "ops.load": 3,
        "ops.quarantine": 1,
        "ops.rejected": 1,
    }


@pytest.mark.parametrize("dies_before", range(len(COMMITS)), ids=[f"{n}-{name}" for n, name in enumerate(COMMITS)])
def test_a_load_killed_before_a_commit_and_repeated_leaves_the_same(
    spark: SparkSession, first_load: Path, tmp_path: Path, undisturbed: dict[str, list[str]], dies_before: int
) -> None:
    assert second_load(spark, first_load, tmp_path, dies_before) == undisturbed
