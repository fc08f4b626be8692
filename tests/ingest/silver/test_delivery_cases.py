"""Deliveries that went wrong somewhere, as silver must know them: corrections, repeats and half uploads."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

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
