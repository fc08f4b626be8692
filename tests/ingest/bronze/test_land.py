"""Landing to bronze: each file once, nothing of a broken one, nothing passed over silently."""

from __future__ import annotations

import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.contracts import ContractError
from jobs.contracts.messages import say
from jobs.ingest.bronze import land as land_module
from jobs.ingest.bronze import writing
from jobs.ingest.bronze.journal import reason_of
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, take, write_file, write_straits, write_trade
from tests.builders.malformed import write_extra_column, write_without_column


def reason(row: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    code, params = reason_of(row)
    return code, "en", params


TIN = ("2024.03", "ID", "800110", 20_000, 500_000)


def test_a_file_lands_once_however_often_and_under_whatever_name(driver_lake: Lake, landing: Path) -> None:
    path = write_trade(landing, [TIN])
    assert take(driver_lake, landing).taken == {"kcs_trade_country": ["kcs_trade_country/nitemtrade_hs6_country_a.csv"]}
    shutil.copy(path, path.with_name("nitemtrade_hs6_country_copy.csv"))
    again = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (again.taken, again.repeated) == ({}, ["kcs_trade_country/nitemtrade_hs6_country_copy.csv"])
    assert driver_lake.rows("bronze.kcs_trade_country").num_rows == 1


def test_a_copy_delivered_together_with_its_original_lands_once(driver_lake: Lake, landing: Path) -> None:
    write_trade(landing, [TIN], "a")
    write_trade(landing, [TIN], "b")
    take(driver_lake, landing)
    assert driver_lake.rows("bronze.kcs_trade_country").num_rows == 1


def test_a_missing_column_stops_its_own_source_alone(driver_lake: Lake, landing: Path) -> None:
    good = write_straits(landing, [("2024-06-01", 50)])
    bad = good.with_name("chokepoints_daily_bad.csv")
    write_without_column(good, bad, "n_total")
    good.unlink()
    write_trade(landing, [TIN])
    landed = take(driver_lake, landing)
    assert list(landed.taken) == ["kcs_trade_country"]
    (row,) = landed.set_aside
    assert (row["source"], row["source_file"]) == ("portwatch_straits", "portwatch/chokepoints_daily_bad.csv")
    assert re.search(r"chokepoints_daily_bad\.csv.*n_total.*IMF", say(*reason(row)))
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


@pytest.mark.parametrize("dies_at", ["bronze", "ops.delivery"])
@pytest.mark.parametrize("days", [[], [("2024-06-01", 50)]])
@pytest.mark.parametrize("nights", [0, 1, 5])
def test_a_delivery_without_a_day_keeps_the_day_of_the_ingest_that_was_killed(
    driver_lake: Lake,
    landing: Path,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: str,
    days: list[tuple[str, int]],
    nights: int,
) -> None:
    write_straits(landing, [("2024-05-01", 40)], "before")
    take(driver_lake, landing, TODAY - timedelta(days=1))
    path = write_straits(landing, days)
    append = driver_lake.append_rows

    def die(name: str, rows: Any, **options: Any) -> None:
        if name == "ops.delivery" or name.startswith(dies_at):
            raise InterruptedError
        append(name, rows, **options)

    with monkeypatch.context() as patch:
        patch.setattr(driver_lake, "append_rows", die)
        with pytest.raises(InterruptedError):
            take(driver_lake, landing)
    later = TODAY + timedelta(days=nights)
    take(driver_lake, landing, later)
    first = later if days and dies_at == "bronze" else TODAY  # else nothing of it was taken
    noted = [row for row in driver_lake.rows("ops.delivery").to_pylist() if row["source_file"].endswith(path.name)]
    assert [(row["delivery_state"], row["arrived_on"]) for row in noted] == [("taken", first)]
    rows = driver_lake.rows("bronze.portwatch_straits").to_pylist()
    assert [row["arrived_on"] for row in rows if row["source_file"].endswith(path.name)] == [first] * len(days)
    loaded = driver_lake.rows("ops.load").to_pylist()
    assert [row["arrived_on"] for row in loaded] == ([] if days else [TODAY])


def test_a_landing_folder_that_is_not_there_is_named(driver_lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="nowhere does not exist"):
        take(driver_lake, tmp_path / "nowhere")


def test_many_small_files_are_taken_in_few_commits(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "COMMIT_FILES", 3)
    for day in range(1, 8):
        write_straits(landing, [(f"2024-06-0{day}", day)], f"known_2024-06-0{day}")
    assert len(take(driver_lake, landing).taken["portwatch_straits"]) == 7
    assert driver_lake.version("bronze.portwatch_straits") == 3  # three commits after the one that makes the table
    assert driver_lake.rows("bronze.portwatch_straits").num_rows == 7
    assert take(driver_lake, landing).taken == {}


def test_a_file_set_aside_is_named_every_night_and_read_once(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(landing, "gscpi", [], header=["<!DOCTYPE html>"])
    first = take(driver_lake, landing)
    monkeypatch.setattr(land_module, "check_content", lambda *_: pytest.fail("the file was read again"))
    second = take(driver_lake, landing, TODAY + timedelta(days=1))
    said = [[(row["source_file"], row["reason_code"]) for row in each.set_aside] for each in (first, second)]
    assert said == [[("gscpi/gscpi_monthly_a.csv", "web_page")]] * 2
    path.unlink()
    assert take(driver_lake, landing, TODAY + timedelta(days=2)).set_aside == []
    assert take(driver_lake, landing, TODAY + timedelta(days=3)).set_aside == []


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_file_set_aside_is_forgotten_once_a_sound_delivery_follows(
    driver_lake: Lake, landing: Path, name: str
) -> None:
    """The corrected file comes under the same name, or under another."""
    write_file(landing, "gscpi", [], "a", header=["<html>"])
    write_straits(landing, [("2024-06-01", 50)])
    assert len(take(driver_lake, landing).set_aside) == 1
    write_file(landing, "gscpi", [("2024-05-01", "0.5")], name)
    landed = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (list(landed.taken), landed.set_aside) == (["gscpi"], [])


def test_a_file_that_may_not_be_read_is_read_once_it_may(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(landing, "gscpi", [("2024-05-01", "0.5")])
    opened = os.open

    def refuse(name: Any, *rest: Any, **named: Any) -> int:
        if Path(name) == path:
            raise PermissionError(13, "Permission denied")
        return opened(name, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        assert [row["reason_code"] for row in take(driver_lake, landing).set_aside] == ["unreadable"]
    later = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (list(later.taken), later.set_aside) == (["gscpi"], [])


def test_a_file_that_grows_between_two_looks_waits_for_the_next_night(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(landing, "gscpi", [("2024-04-01", "0.4")])

    def grow(seconds: float) -> None:
        path.write_text(path.read_text() + "2024-05-01,0.5\n")

    with monkeypatch.context() as patch:
        patch.setattr(land_module.time, "sleep", grow)
        landed = take(driver_lake, landing)
    assert (landed.taken, landed.waiting) == ({}, ["gscpi/gscpi_monthly_a.csv"])
    assert take(driver_lake, landing).taken == {"gscpi": ["gscpi/gscpi_monthly_a.csv"]}
    assert driver_lake.rows("bronze.gscpi").num_rows == 2


def test_a_done_file_spares_the_wait(driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(landing, "gscpi", [("2024-04-01", "0.4")])
    path.with_name(path.name + ".done").touch()
    monkeypatch.setattr(land_module.time, "sleep", lambda _: pytest.fail("it waited"))
    landed = take(driver_lake, landing)
    assert (list(landed.taken), landed.unknown) == (["gscpi"], [])


@pytest.mark.parametrize("places", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_a_file_that_changes_while_it_is_read_waits_and_the_others_of_its_commit_land(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch, places: tuple[int, ...]
) -> None:
    paths = [write_file(landing, "gscpi", [(f"2024-0{n}-01", "0.4")], f"{n}") for n in (1, 2, 3)]
    begun = writing.has_records

    def change(delivery: Any, delivered: Any) -> bool:
        answer = begun(delivery, delivered)
        if paths.index(delivery.path) in places:
            os.utime(delivery.path, ns=(1, os.stat(delivery.path).st_mtime_ns + 1_000_000))
        return answer

    monkeypatch.setattr(writing, "has_records", change)
    landed = take(driver_lake, landing)
    assert len(landed.waiting) == len(places)
    assert driver_lake.rows("bronze.gscpi").num_rows == 3 - len(places)


def test_a_broken_file_that_is_touched_stays_set_aside(driver_lake: Lake, landing: Path) -> None:
    path = write_file(landing, "gscpi", [], header=["<html>"])
    take(driver_lake, landing)
    os.utime(path, (1, 1))
    landed = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert ([row["reason_code"] for row in landed.set_aside], landed.repeated) == (["web_page"], [])


def test_a_file_that_is_gone_when_it_was_read_stops_nothing(
    driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(landing, "gscpi", [("2024-05-01", "0.5")])
    write_straits(landing, [("2024-06-01", 50)])
    begun = writing.record_batches

    def remove(delivery: Any, delivered: Any) -> Any:
        batches = begun(delivery, delivered)
        yield next(batches)
        path.unlink(missing_ok=True)
        yield from batches

    monkeypatch.setattr(writing, "record_batches", remove)
    landed = take(driver_lake, landing)
    assert (list(landed.taken), landed.waiting) == (["portwatch_straits"], ["gscpi/gscpi_monthly_a.csv"])
