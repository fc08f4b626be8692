"""What was known when: first loads, revisions, withdrawals, contradictions."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, ingest, write_file, write_straits, write_trade

pytestmark = pytest.mark.spark
FEBRUARY, MARCH = ("2024.02", "ID", "800110", 140_000, 700), ("2024.03", "ID", "800110", 20_000, 100)


def known(lake: Lake, night: date) -> dict[date, float]:
    """Mass imported by month as known on the night, in kg."""
    rows = lake.as_of("silver.trade_month", night).where("flow = 'I'").toArrow().to_pylist()
    return {row["period_start"]: float(row["net_mass_kg"]) for row in rows}


def imports(lake: Lake) -> list[dict[str, Any]]:
    """Rows of imports as silver stores them; the source states exports beside them."""
    return [row for row in lake.rows("silver.trade_month").to_pylist() if row["flow"] == "I"]


def seoul(day: date) -> datetime:
    """Midnight in Seoul, nine hours before that in UTC."""
    return datetime.combine(day, time(), ZoneInfo("Asia/Seoul"))


def test_a_first_load_is_known_from_the_publication_rule_and_says_so(lake: Lake, landing: Path) -> None:
    write_trade(landing, [FEBRUARY, MARCH])
    ingest(lake, landing, date(2024, 6, 20))
    rows = {row["period_start"]: row for row in imports(lake)}
    assert rows[date(2024, 3, 1)]["known_at"] == seoul(date(2024, 4, 15))
    assert rows[date(2024, 3, 1)]["quality_flags"] == ["known_at_assumed"]
    assert known(lake, date(2024, 4, 14)) == {date(2024, 2, 1): 140_000}
    assert known(lake, date(2024, 4, 15)) == {date(2024, 2, 1): 140_000, date(2024, 3, 1): 20_000}


def test_a_first_load_ahead_of_the_rule_is_known_when_it_arrived(lake: Lake, landing: Path) -> None:
    write_trade(landing, [MARCH])
    ingest(lake, landing, date(2024, 4, 10))
    (row,) = imports(lake)
    assert (row["known_at"], row["quality_flags"]) == (seoul(date(2024, 4, 10)), [])


def test_revisions_withdrawals_restatements_and_late_keys(lake: Lake, landing: Path) -> None:
    """Four deliveries, each with its own date; two of them are loaded together."""
    write_trade(landing, [FEBRUARY, MARCH], "known_2024-04-15")
    ingest(lake, landing)
    late = ("2024.01", "MY", "800110", 5_000, 30)
    write_trade(landing, [FEBRUARY, (*MARCH[:3], 25_000, 120), late], "known_2024-05-15")
    write_trade(landing, [(*MARCH[:3], 0, 0)], "known_2024-06-15")
    counts = ingest(lake, landing)["silver.trade_month"]
    assert counts == {"in": 4, "out": 4, "unchanged": 0, "quarantined": 0, "rejected": 0}
    february, march, january = date(2024, 2, 1), date(2024, 3, 1), date(2024, 1, 1)
    assert known(lake, date(2024, 5, 14)) == {february: 140_000, march: 20_000, january: 5_000}  # loaded history
    assert known(lake, date(2024, 5, 15)) == {february: 140_000, march: 25_000, january: 5_000}
    assert known(lake, date(2024, 6, 15)) == {february: 140_000, march: 0, january: 5_000}


def test_of_two_figures_of_one_day_the_one_delivered_later_counts(lake: Lake, landing: Path) -> None:
    write_trade(landing, [MARCH], "known_2024-05-15")
    ingest(lake, landing)
    write_trade(landing, [(*MARCH[:3], 99_000, 100)], "again_known_2024-05-15")
    ingest(lake, landing, TODAY + timedelta(days=1))
    assert known(lake, date(2024, 6, 20)) == {date(2024, 3, 1): 99_000}
    assert lake.rows("ops.quarantine").num_rows == 0


@pytest.mark.parametrize("newer", ["a", "b"])
def test_of_two_figures_of_one_day_and_ingest_the_file_written_later_counts(
    lake: Lake, landing: Path, newer: str
) -> None:
    for name in ("a", "b"):
        path = write_trade(landing, [(*MARCH[:3], 99_000 if name == newer else 1_000, 100)], f"{name}_known_2024-05-15")
        os.utime(path, (0, 2.0 if name == newer else 1.0))
    ingest(lake, landing)
    assert known(lake, date(2024, 6, 20)) == {date(2024, 3, 1): 99_000}


@pytest.mark.parametrize("is_stated", [True, False])
def test_a_revision_taken_back_by_the_bytes_of_the_first_counts(lake: Lake, landing: Path, is_stated: bool) -> None:
    for month, mass in ((3, 1_000), (4, 9_900), (5, 1_000)):
        day = date(2024, month, 10)
        write_trade(landing, [("2024.01", "ID", "800110", mass, 5)], f"known_{day}" if is_stated else "a")
        ingest(lake, landing, day)
    seen = [known(lake, date(2024, month, 10))[date(2024, 1, 1)] for month in (3, 4, 5)]
    assert seen == [1_000, 9_900, 1_000]


def test_sources_and_tables_do_not_disturb_each_other(lake: Lake, landing: Path) -> None:
    write_straits(landing, [("2024-06-01", 50), ("2024-06-02", 0)])
    write_file(
        landing, "pinksheet", [("2024-04", "1.5", "..."), ("2024-05", "...", "")], header=["period", "Tin", "Zinc **"]
    )
    counts = ingest(lake, landing)
    assert {name: (each["in"], each["out"]) for name, each in counts.items()} == {
        "silver.strait_day": (2, 2),
        "silver.commodity_price_month": (2, 1),
    }
    (price,) = lake.rows("silver.commodity_price_month").to_pylist()
    assert (price["series_name"], float(price["price"])) == ("Tin", 1.5)
    assert ingest(lake, landing) == {}
