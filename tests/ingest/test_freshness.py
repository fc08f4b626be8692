"""How new a source is, assessed from its newest period and the delay its contract promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jobs import contracts
from jobs.ingest.freshness import assess_freshness, assess_sources, freshness, newest_periods, run
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, ingest, write_file

KNOWN = datetime(2024, 4, 14, 15, tzinfo=UTC)


def strait(day: date, known_at: datetime) -> dict[str, object]:
    return {
        "strait_code": "suez",
        "period_start": day,
        "known_at": known_at,
        "transits_total": 50,
        "transits_tanker": 0,
        "transits_cargo": 50,
        "source": "portwatch_straits",
        "quality_flags": [],
    }


@pytest.mark.parametrize(
    ("source", "period", "last_day"),
    [
        ("kcs_trade_country", date(2024, 2, 1), date(2024, 2, 29)),
        ("portwatch_straits", date(2024, 2, 1), date(2024, 2, 1)),
    ],
)
def test_age_counts_from_the_end_of_the_newest_period(source: str, period: date, last_day: date) -> None:
    landing = contracts.landing(source)
    promised = landing.freshness_days
    in_time = assess_freshness(landing, last_day + timedelta(days=promised), (period, KNOWN))
    late = assess_freshness(landing, last_day + timedelta(days=promised + 1), (period, KNOWN))
    assert (in_time["age_days"], in_time["status"]) == (promised, "ok")
    assert (late["age_days"], late["status"]) == (promised + 1, "late")


def test_every_source_has_a_row_and_one_that_never_delivered_is_missing() -> None:
    rows = assess_sources({"gscpi": (date(2024, 3, 1), KNOWN)}, date(2024, 4, 30)).to_pylist()
    assert [row["source"] for row in rows] == sorted(each.source for each in contracts.landings())
    assert {row["status"] for row in rows if row["source"] != "gscpi"} == {"missing"}
    assert {row["last_period"] for row in rows if row["source"] != "gscpi"} == {None}


def test_a_night_knows_what_had_arrived_by_its_end_in_seoul(driver_lake: Lake) -> None:
    before, after = datetime(2024, 4, 30, 14, 59, tzinfo=UTC), datetime(2024, 4, 30, 15, tzinfo=UTC)
    rows = [strait(date(2024, 4, 20), before), strait(date(2024, 4, 21), after)]
    driver_lake.append_rows("silver.strait_day", rows)
    assert newest_periods(driver_lake, date(2024, 4, 30)) == {"portwatch_straits": (date(2024, 4, 20), before)}
    assert newest_periods(driver_lake, date(2024, 5, 1)) == {"portwatch_straits": (date(2024, 4, 21), after)}


def test_a_night_run_again_replaces_itself_and_no_other(driver_lake: Lake) -> None:
    for night in (date(2024, 4, 29), date(2024, 4, 30), date(2024, 4, 30)):
        run(driver_lake, night)
    assert driver_lake.rows("gold.freshness").num_rows == 2 * len(contracts.landings())


@pytest.mark.parametrize("newest", [None, (date(2024, 4, 29), KNOWN)])
def test_a_source_whose_delivery_is_set_aside_is_late_and_says_why(newest: tuple[date, datetime] | None) -> None:
    stopped = {
        "source": "gscpi",
        "source_file": "gscpi/gscpi_monthly.csv",
        "reason_code": "web_page",
        "reason_params": [],
        "set_aside_at": KNOWN,
    }
    row = assess_freshness(contracts.landing("gscpi"), date(2024, 4, 30), newest, stopped)
    assert (row["status"], row["set_aside_at"]) == ("late", KNOWN)
    assert "web page" in row["reason_en"]
    assert "웹 페이지" in row["reason_ko"]


EMPTY = {"no_bytes": b"", "blank": b"\n\n", "header_only": b"date,value\n", "unreadable": b"date,value\n\xff\n"}


@pytest.mark.parametrize("kind", EMPTY)
def test_a_file_that_brings_nothing_makes_no_source_look_fresh(driver_lake: Lake, landing: Path, kind: str) -> None:
    night = TODAY + timedelta(days=40)
    write_file(landing, "gscpi", [("2024-04-01", 1), ("2024-05-01", 2)])
    ingest(driver_lake, landing)
    (landing / "gscpi" / "gscpi_monthly_page.csv").write_bytes(b"<!DOCTYPE html><html>")
    ingest(driver_lake, landing, TODAY + timedelta(days=1))
    (before,) = (row for row in freshness(driver_lake, night).to_pylist() if row["source"] == "gscpi")
    (landing / "gscpi" / f"gscpi_monthly_{kind}.csv").write_bytes(EMPTY[kind])
    ingest(driver_lake, landing, TODAY + timedelta(days=2))
    (after,) = (row for row in freshness(driver_lake, night).to_pylist() if row["source"] == "gscpi")
    assert before["reason_en"]
    assert after == before
    write_file(landing, "gscpi", [("2024-05-01", 2), ("2024-06-01", 3)], "good")
    ingest(driver_lake, landing, TODAY + timedelta(days=3))
    (good,) = (row for row in freshness(driver_lake, night).to_pylist() if row["source"] == "gscpi")
    assert (good["status"], good["reason_en"], good["last_period"]) == ("ok", None, date(2024, 6, 1))
