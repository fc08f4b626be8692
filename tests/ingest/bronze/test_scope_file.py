"""The scope file beside a delivery is read with it, and never taken for one."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jobs.contracts.scope_file import ScopeFile
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, take, write_trade

ASKED = ScopeFile(hs_codes=["800110"], flows=["I", "X"], first_month="2024-01", last_month="2024-04")
ROWS = [("2024.03", "ID", "800110", 900, 2000)]


def state(path: Path, text: str) -> Path:
    """Write the scope file of a delivery."""
    beside = path.with_name(path.name + ".scope.json")
    beside.write_text(text, encoding="utf-8")
    return beside


def journal(lake: Lake) -> list[dict[str, Any]]:
    """Rows of ops.delivery in the order of ingests."""
    return sorted(lake.rows("ops.delivery").to_pylist(), key=lambda row: row["ingested_at"])


def test_a_delivery_is_taken_with_its_scope_and_the_scope_is_no_delivery(driver_lake: Lake, landing: Path) -> None:
    state(write_trade(landing, ROWS), ASKED.model_dump_json(indent=2))
    landed = take(driver_lake, landing)
    assert landed.unknown == []
    (row,) = journal(driver_lake)
    assert ScopeFile.model_validate_json(row["stated_scope"]) == ASKED


def test_codes_without_trade_leave_deliveries_without_rows_that_are_told_from_each_other(
    driver_lake: Lake, landing: Path
) -> None:
    for code in ("800110", "800120"):
        asked = ASKED.model_copy(update={"hs_codes": [code], "known_on": date(2024, 6, 1)})
        state(write_trade(landing, [], name=code), asked.model_dump_json())
    landed = take(driver_lake, landing)
    assert len(landed.taken["kcs_trade_country"]) == 2
    assert landed.repeated == []
    assert len({row["delivery_id"] for row in journal(driver_lake)}) == 2


@pytest.mark.parametrize(("name", "day"), [("a", date(2024, 6, 1)), ("a_known_2024-05-20", date(2024, 5, 20))])
def test_the_scope_file_states_the_day_where_the_name_does_not(
    driver_lake: Lake, landing: Path, name: str, day: date
) -> None:
    asked = ASKED.model_copy(update={"known_on": date(2024, 6, 1)})
    state(write_trade(landing, ROWS, name=name), asked.model_dump_json())
    take(driver_lake, landing)
    assert journal(driver_lake)[0]["arrived_on"] == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scope_file"),
        ("<html>", "scope_file"),
        ("[]", "scope_file"),
        ('{"hs_codes": []}', "scope_file"),
        (ASKED.model_dump_json().replace("2024-04", "2024-13"), "scope_file"),
        (ASKED.model_dump_json().replace("2024-04", "2023-12"), "scope_file"),
        (ASKED.model_dump_json().replace("flows", "flow"), "scope_file"),
        (ASKED.model_copy(update={"known_on": date(2099, 1, 1)}).model_dump_json(), "scope_ahead"),
    ],
)
def test_a_broken_scope_file_sets_its_delivery_aside_until_it_is_mended(
    driver_lake: Lake, landing: Path, text: str, code: str
) -> None:
    path = write_trade(landing, ROWS)
    state(path, text)
    (row,) = take(driver_lake, landing).set_aside
    assert row["reason_code"] == code
    (row,) = take(driver_lake, landing, date(2024, 6, 21)).set_aside
    state(path, ASKED.model_dump_json(indent=1))
    landed = take(driver_lake, landing, date(2024, 6, 22))
    assert (landed.set_aside, len(landed.taken)) == ([], 1)


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_a_scope_file_that_is_no_file_sets_its_delivery_aside(driver_lake: Lake, landing: Path, kind: str) -> None:
    path = write_trade(landing, ROWS)
    beside = path.with_name(path.name + ".scope.json")
    {"folder": beside.mkdir, "link": lambda: beside.symlink_to("nowhere"), "pipe": lambda: os.mkfifo(beside)}[kind]()
    (row,) = take(driver_lake, landing).set_aside
    assert row["reason_code"] == "scope_file"


def test_a_scope_file_without_its_delivery_is_named(driver_lake: Lake, landing: Path) -> None:
    state(write_trade(landing, ROWS), ASKED.model_dump_json()).rename(
        landing / "kcs_trade_country" / "nitemtrade_hs6_country_b.csv.scope.json"
    )
    landed = take(driver_lake, landing, TODAY)
    assert landed.unknown == ["kcs_trade_country/nitemtrade_hs6_country_b.csv.scope.json"]
