"""Landing to bronze: each file once, nothing of a broken one, nothing passed over silently."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jobs.contracts import ContractError
from jobs.ingest.bronze import land as land_module
from jobs.ingest.bronze.land import stated_arrival
from jobs.lake.delta import Lake
from tests.builders.landing import take, write_file, write_straits, write_trade
from tests.builders.malformed import write_extra_column, write_without_column

TIN = ("2024.03", "ID", "800110", 20_000, 500_000)


def test_a_file_lands_once_however_often_and_under_whatever_name(driver_lake: Lake, landing: Path) -> None:
    path = write_trade(landing, [TIN])
    assert take(driver_lake, landing).taken == {"kcs_trade_country": ["kcs_trade_country/nitemtrade_hs6_country_a.csv"]}
    shutil.copy(path, path.with_name("nitemtrade_hs6_country_copy.csv"))
    assert take(driver_lake, landing).taken == {}
    assert driver_lake.rows("bronze.kcs_trade_country").num_rows == 1


def test_a_copy_delivered_together_with_its_original_lands_once(driver_lake: Lake, landing: Path) -> None:
    write_trade(landing, [TIN], "a")
    write_trade(landing, [TIN], "b")
    take(driver_lake, landing)
    assert driver_lake.rows("bronze.kcs_trade_country").num_rows == 1


def test_a_missing_column_stops_before_anything_is_taken(driver_lake: Lake, landing: Path) -> None:
    good = write_straits(landing, [("2024-06-01", 50)])
    bad = good.with_name("chokepoints_daily_bad.csv")
    write_without_column(good, bad, "n_total")
    write_trade(landing, [TIN])
    with pytest.raises(ContractError, match=r"chokepoints_daily_bad\.csv.*n_total.*nothing of it was taken.*없는 열"):
        take(driver_lake, landing)
    assert not driver_lake.exists("bronze.kcs_trade_country")
    assert not driver_lake.exists("bronze.portwatch_straits")


def test_an_extra_column_is_kept_and_reported(driver_lake: Lake, landing: Path) -> None:
    good = write_straits(landing, [("2024-06-01", 50)])
    write_extra_column(good, good, "memo")
    landed = take(driver_lake, landing)
    assert landed.extra == {"portwatch/chokepoints_daily_a.csv": ["memo"]}
    assert driver_lake.rows("bronze.portwatch_straits")["extra_columns"].to_pylist() == [[("memo", "new")]]


def test_a_wide_table_may_bring_any_series(driver_lake: Lake, landing: Path) -> None:
    write_file(landing, "pinksheet", [("2024-05", "1", "2")], header=["period", "Tin", "Zinc **"])
    assert take(driver_lake, landing).extra == {}


def test_what_no_contract_names_is_reported_and_left(driver_lake: Lake, landing: Path) -> None:
    (landing / "surprise").mkdir()
    (landing / "notes.txt").write_text("x", encoding="utf-8")
    write_straits(landing, [("2024-06-01", 50)])
    (landing / "portwatch" / "other.csv").write_text("x", encoding="utf-8")
    assert take(driver_lake, landing).unknown == ["notes.txt", "portwatch/other.csv", "surprise"]


def test_a_delivery_without_records_lands_once_and_is_counted_as_none(driver_lake: Lake, landing: Path) -> None:
    write_straits(landing, [])
    name = "portwatch/chokepoints_daily_a.csv"
    landed = take(driver_lake, landing)
    assert (landed.taken, landed.without_records) == ({"portwatch_straits": [name]}, [name])
    again = take(driver_lake, landing)
    assert (again.taken, again.without_records) == ({}, [])
    (row,) = driver_lake.rows("ops.load").to_pylist()
    assert (row["source"], row["source_file"]) == ("portwatch_straits", name)
    assert {row[column] for column in row if column.startswith("records_")} == {0}


def test_a_delivery_without_records_killed_before_it_was_taken_is_counted_once(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_straits(landing, [])
    append = driver_lake.append_rows

    def die_at_bronze(name: str, rows: Any, **options: Any) -> None:
        if name.startswith("bronze"):
            raise InterruptedError
        append(name, rows, **options)

    with monkeypatch.context() as patch:
        patch.setattr(driver_lake, "append_rows", die_at_bronze)
        with pytest.raises(InterruptedError):
            take(driver_lake, landing)
    assert take(driver_lake, landing).without_records == ["portwatch/chokepoints_daily_a.csv"]
    assert driver_lake.rows("ops.load").num_rows == 1


def test_a_landing_folder_that_is_not_there_is_named(driver_lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="nowhere does not exist"):
        take(driver_lake, tmp_path / "nowhere")


def test_a_delivery_says_in_its_name_when_it_became_known() -> None:
    assert stated_arrival("nitemtrade_hs6_country_known_2024-05-15.csv") == date(2024, 5, 15)
    assert stated_arrival("nitemtrade_hs6_country_2024-05-15.csv") is None


def test_many_small_files_are_taken_in_few_commits(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(land_module, "COMMIT_FILES", 3)
    for day in range(1, 8):
        write_straits(landing, [(f"2024-06-0{day}", day)], f"known_2024-06-0{day}")
    assert len(take(driver_lake, landing).taken["portwatch_straits"]) == 7
    assert driver_lake.version("bronze.portwatch_straits") == 2
    assert driver_lake.rows("bronze.portwatch_straits").num_rows == 7
    assert take(driver_lake, landing).taken == {}
