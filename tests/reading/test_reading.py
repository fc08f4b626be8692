"""Gold read for people: nights, what changed, levels counted, histories, absent tables."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs import contracts, reading
from jobs.contracts.arrow import arrow_schema
from jobs.lake.logs import LakeDamaged
from jobs.settings import settings
from tests.builders.gold import NIGHTS, ORIGINS, alert_rows, build_lake, lot_alert_rows, write_rows
from tests.builders.lakes import built_lake, empty_lake, gold_lake

__all__ = ["built_lake", "empty_lake", "gold_lake"]
FIRST, LAST = NIGHTS
WATCHED = ("supply_chain",)
TIN = "hs=800110|origin=ID"


def test_a_table_never_written_reads_as_one_without_rows(empty_lake: Path) -> None:
    for table in contracts.tables("gold"):
        rows = reading.read(table.name, LAST)
        assert rows.num_rows == 0
        assert rows.schema == arrow_schema(table)


def test_a_table_that_lost_its_log_is_not_one_without_rows(
    gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = build_lake(tmp_path / "lake")
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    shutil.rmtree(lake / "gold" / "alert" / "_delta_log")
    for read in (lambda: reading.alerts(LAST), lambda: reading.find_alert(LAST, "0" * 16)):
        with pytest.raises(LakeDamaged, match=r"gold\.alert has data files and no log"):
            read()


def test_a_lake_without_a_night_shows_none(empty_lake: Path) -> None:
    assert reading.nights() == []
    assert reading.night_shown() is None


@pytest.mark.parametrize(
    ("asked", "shown"),
    [(None, LAST), (LAST, LAST), (LAST - timedelta(days=1), FIRST), (FIRST - timedelta(days=1), None)],
)
def test_the_night_shown_is_the_newest_up_to_the_one_asked_for(gold_lake: Path, asked: date, shown: date) -> None:
    assert reading.night_shown(asked) == shown


def test_a_night_without_alerts_is_still_a_night(
    gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = LAST + timedelta(days=30)
    lake = build_lake(tmp_path / "lake")
    run = {"run_id": "r", "night": quiet, "task": "alert", "status": "ok", "counts": [], "table_versions": []}
    write_rows(lake, "ops.run", [run])
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    assert reading.night_shown() == quiet
    assert {row["change"] for row in reading.changes(quiet, WATCHED)} == {"cleared"}


def test_changes_name_each_alert_once_with_both_levels(gold_lake: Path) -> None:
    result = {
        row["subject_id"]: (row["change"], row["level_before"], row["level"]) for row in reading.changes(LAST, WATCHED)
    }
    expected = {}
    for origin in ORIGINS:
        before, now = origin.levels
        if before != now:
            kind = "new" if before == 1 else "cleared" if now == 1 else "raised" if now > before else "lowered"
            expected[origin.subject_id] = (kind, before, now)
    assert result == expected


def test_levels_count_every_watched_subject_once(gold_lake: Path) -> None:
    counts = reading.level_counts(LAST, WATCHED)
    assert {n: counts[n] for n in (2, 3, 4, 5)} == {2: 2, 3: 2, 4: 1, 5: 1}
    transport = 5
    watched = sum(origin.share >= 0.1 for origin in ORIGINS)
    assert sum(counts.values()) == watched + transport


def test_a_past_night_knows_only_its_own_months(gold_lake: Path) -> None:
    assert reading.history(FIRST, TIN)["period_start"].to_pylist()[-1] == date(2024, 2, 1)
    assert reading.history(LAST, TIN)["period_start"].to_pylist()[-1] == date(2024, 3, 1)


def test_a_history_of_days_counts_ships(gold_lake: Path) -> None:
    days = reading.straits(LAST)["strait=suez"]
    assert set(days["unit"].to_pylist()) == {"ships"}
    assert days["period_start"].to_pylist() == sorted(days["period_start"].to_pylist())


@pytest.mark.parametrize(("kind", "rows"), [("supply_chain", alert_rows(LAST)), ("low_price", lot_alert_rows(LAST))])
def test_alerts_of_a_kind_come_in_order_of_rank_without_ties(
    gold_lake: Path, kind: str, rows: list[dict[str, Any]]
) -> None:
    assert reading.alerts(LAST, kind)["rank"].to_pylist() == list(range(1, len(rows) + 1))


def test_alerts_of_every_kind_begin_with_the_watched_subjects(gold_lake: Path) -> None:
    kinds = reading.alerts(LAST)["kind"].to_pylist()
    assert kinds == ["supply_chain"] * len(alert_rows(LAST)) + ["low_price"] * len(lot_alert_rows(LAST))


def test_only_the_published_forecast_is_shown(gold_lake: Path) -> None:
    assert set(reading.forecast(LAST, TIN)["model"].to_pylist()) == {"auto_ets"}


def test_a_table_written_again_is_read_again(gold_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = build_lake(tmp_path / "lake", (FIRST,))
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    settings.cache_clear()
    assert reading.night_shown() == FIRST
    write_rows(lake, "gold.alert", alert_rows(LAST))
    assert reading.night_shown() == LAST
