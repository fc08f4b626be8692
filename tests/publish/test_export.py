"""The export: public tables only, complete, described by the contracts, checked by an independent tool."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from frictionless import Package

from jobs import contracts, reading
from jobs.contracts import ContractError
from jobs.publish.export import public_tables, publish_export
from tests.builders.gold import NIGHTS

NIGHT = NIGHTS[-1]


@pytest.fixture
def folder(gold_lake: Path) -> Path:
    return publish_export(NIGHT)


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])
    assert report.stats["tasks"] == 2 * len(public_tables())


@pytest.mark.parametrize(
    ("old", "new"),
    [("kcs_trade_country", ""), ("2024-04-30", "30.04.2024"), ("\r\n", ",1\r\n")],
    ids=["empty", "date", "cells"],
)
def test_frictionless_would_notice_a_spoilt_file(folder: Path, old: str, new: str) -> None:
    path = folder / "subject_month.csv"
    head, body = path.read_text("utf-8").split("\n", 1)
    path.write_text(head + "\n" + body.replace(old, new, 1), "utf-8", newline="")
    assert not Package(str(folder / "datapackage.json")).validate().valid


def test_nothing_internal_leaves_the_house(folder: Path) -> None:
    internal = {table.name.split(".")[1] for table in contracts.tables() if table.disclosure == "internal"}
    assert internal & {path.stem for path in folder.iterdir()} == set()
    columns = pq.read_schema(folder / "subject_month.parquet").names
    assert "run_id" not in columns


def test_csv_and_parquet_hold_every_row_of_the_night(folder: Path) -> None:
    for table in public_tables():
        name = table.name.split(".")[1]
        rows = reading.read(table.name, NIGHT).num_rows
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            assert sum(1 for _ in csv.DictReader(lines)) == rows
        assert pq.read_metadata(folder / f"{name}.parquet").num_rows == rows


def test_columns_carry_both_languages_and_units(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    resource = next(each for each in package["resources"] if each["name"] == "subject_month")
    mass = next(each for each in resource["schema"]["fields"] if each["name"] == "net_mass_kg")
    assert (mass["title"], mass["titleKo"], mass["unit"], mass["type"]) == ("Net mass", "순중량", "kg", "number")
    assert resource["schema"]["primaryKey"] == ["night", "subject_id", "period_start"]


def test_sources_of_the_night_are_named_with_their_terms(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    named = " ".join(each["title"] for each in package["sources"])
    assert "World Bank" in named
    assert "US Census" not in named  # that source never came
    assert {each["path"] for each in package["licenses"]} == {each["path"] for each in package["sources"]}


def test_the_readme_describes_every_table_in_both_languages(folder: Path) -> None:
    words = (folder / "README.md").read_text("utf-8")
    for table in public_tables():
        assert table.title.ko in words
        assert table.title.en in words


def test_the_same_night_gives_the_same_bytes(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = publish_export(NIGHT)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["export"]


def test_a_night_that_was_never_run_is_refused(gold_lake: Path) -> None:
    with pytest.raises(ContractError, match="run it before"):
        publish_export(date(1999, 1, 1) + timedelta(days=1))
