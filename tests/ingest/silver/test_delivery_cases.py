"""Deliveries that went wrong somewhere, as silver must know them: corrections, repeats and half uploads."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from jobs.ingest.bronze.journal import Journal
from jobs.lake.delta import Lake
from jobs.settings import settings
from tests.builders.landing import ingest

CASES = settings().real_data.parent / "cases"
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not in {CASES}"),
]


def deliver(lake: Lake, landing: Path, case: str, *days: date) -> None:
    """The deliveries of a case, each on its day."""
    folders = sorted(each for each in (CASES / case).iterdir() if each.name.startswith("landing"))
    for folder, day in zip(folders, days, strict=True):
        shutil.copytree(folder, landing, dirs_exist_ok=True)
        ingest(lake, landing, day)


def mass(lake: Lake, night: date, month: date, country: str) -> float | None:
    rows = lake.as_of("silver.trade_month", night).toArrow().to_pylist()
    wanted = [r for r in rows if (r["period_start"], r["partner_country"], r["flow"]) == (month, country, "I")]
    return float(wanted[0]["net_mass_kg"]) if wanted else None


def test_a_correction_of_the_same_day_counts(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a05_same_day_correction", date(2026, 1, 15), date(2026, 1, 15))
    assert mass(lake, date(2026, 1, 15), date(2025, 11, 1), "CN") == 10_022


def test_a_correction_stated_for_the_same_day_counts(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a27_same_day_known", *[date(2026, 1, 20)] * 3)
    rows = lake.as_of("silver.trade_month", date(2026, 1, 15)).toArrow().to_pylist()
    masses = {float(row["net_mass_kg"]) for row in rows if row["flow"] == "I"}
    assert 60_220 in masses


def test_a_content_under_two_days_is_known_from_the_earlier(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a17_same_bytes", date(2026, 3, 1))
    assert lake.as_of("silver.trade_month", date(2026, 1, 15)).count()
    nights = [lake.as_of("silver.trade_month", date(2026, month, 15)).count() for month in (1, 2)]
    assert nights[0] == nights[1]


def test_a_revision_taken_back_is_known_as_it_came(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "b12_same_bytes_redelivered", date(2026, 3, 20))
    seen = []
    for night in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 20)):
        rows = lake.as_of("silver.pressure_index_month", night).toArrow().to_pylist()
        seen.append({float(row["index_value"]) for row in rows})
    assert [9.9 in values for values in seen] == [False, True, False]


def test_what_a_second_delivery_adds_to_a_half_upload_is_loaded_history_too(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a07_partial_upload", date(2026, 1, 15), date(2026, 1, 16))
    night = date(2025, 6, 20)
    for month, is_known in ((date(2025, 5, 1), True), (date(2025, 6, 1), False)):
        assert [mass(lake, night, month, country) is not None for country in ("CN", "JP")] == [is_known] * 2


def test_a_value_without_a_mass_is_kept(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a10_mass_missing", date(2026, 1, 15))
    rows = lake.rows("silver.partner_trade_month").to_pylist()
    assert len(rows) == 24
    assert sum(row["net_mass_kg"] is None for row in rows) == 12
    assert all(("mass_missing" in row["quality_flags"]) == (row["net_mass_kg"] is None) for row in rows)
    assert lake.rows("ops.quarantine").num_rows == 0


def test_a_month_in_other_units_is_set_aside_whole_and_named(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a19_unit_switch", date(2026, 1, 15), date(2026, 2, 15))
    (stopped,) = Journal.read(lake).standing()
    assert (stopped["reason_code"], stopped["arrived_on"]) == ("level_shift", date(2026, 2, 15))
    newest = max(row["period_start"] for row in lake.rows("silver.trade_month").to_pylist())
    assert newest < date(2026, 1, 1)


@pytest.mark.parametrize(
    ("case", "aside", "code"), [("a01_hs_leading_zero", 48, "bad_hs_code"), ("a03_excel_month_zero", 4, "bad_period")]
)
def test_a_lost_zero_sets_its_records_aside(lake: Lake, landing: Path, case: str, aside: int, code: str) -> None:
    deliver(lake, landing, case, date(2026, 1, 15))
    rows = lake.rows("ops.quarantine").to_pylist()
    assert sum(code in row["reason_codes"] for row in rows) == aside
    assert not {"10121"} & {row["hs_code"] for row in lake.rows("silver.trade_month").to_pylist()}


def test_no_writing_of_a_number_is_lost_or_bent(lake: Lake, landing: Path) -> None:
    deliver(lake, landing, "a21_number_writings", date(2026, 1, 15))
    (load,) = lake.rows("ops.load").to_pylist()
    assert load["records_in"] == load["records_out"] + load["records_quarantined"]
    assert load["records_quarantined"] == lake.rows("ops.quarantine").num_rows >= 5
