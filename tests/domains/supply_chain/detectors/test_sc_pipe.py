"""Ships: a closed strait is found, the days still being revised are not assessed, a silent feed raises nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from jobs.alerting.domain import NightTables
from jobs.domains.supply_chain.detectors import sc_pipe as transport
from jobs.domains.supply_chain.detectors.sc_pipe import as_date, is_fresh, watch
from jobs.domains.supply_chain.night import FEEDS, Facts, assess_facts
from tests.builders.keeping import broken
from tests.builders.ships import LAST, feed, ships
from tests.builders.trade import items

PROVISIONAL = 14
CLOSED = range(20, 27)  # a week that ended twenty days before the newest
NIGHT = LAST + timedelta(days=3)


def night_of(*places: list[dict[str, object]], night: date = NIGHT) -> NightTables:
    """Findings of a night on these straits alone."""
    return assess_facts(Facts(items(), {FEEDS[0]: feed(*places)}), night)


@pytest.fixture(scope="module")
def detections() -> NightTables:
    return night_of(ships("suez", closed=CLOSED), ships("hormuz", seed=2))


def test_a_closed_strait_is_an_alarm_and_the_open_one_is_not(detections: NightTables) -> None:
    alarms = {row["subject_id"] for row in detections.tables["gold.transport_day"].to_pylist() if row["is_alarm"]}
    assert alarms == {"strait=suez"}


@pytest.mark.parametrize("table", ["gold.signal", "gold.transport_day"])
def test_rows_keep_their_contract(detections: NightTables, table: str) -> None:
    assert broken(table, detections.tables[table].to_pylist()) <= {"run_id is empty"}


def test_the_last_two_weeks_are_shown_and_not_judged() -> None:
    late = night_of(ships("suez", closed=range(5))).tables
    newest = [
        row
        for row in late["gold.transport_day"].to_pylist()
        if row["period_start"] > LAST - timedelta(days=PROVISIONAL)
    ]
    assert len(newest) == PROVISIONAL
    assert not any(row["is_testable"] or row["is_alarm"] for row in newest)


def test_an_alarm_names_the_records_of_its_three_days(detections: NightTables) -> None:
    alarm = next(row for row in detections.tables["gold.signal"].to_pylist() if "alarm" in row["reason_codes"])
    observed = next(each for each in alarm["evidence"] if each["code"] == "observed")
    days = [alarm["period_start"] - timedelta(days=back) for back in (2, 1, 0)]
    assert observed["record_ids"] == [f"suez-{day}" for day in days]
    assert observed["table"] == "silver.strait_day"


def test_days_without_a_figure_are_left_out_not_shown_as_empty() -> None:
    rows = [row for row in ships("suez") if row["day"] != LAST - timedelta(days=30)]
    shown = night_of(rows).tables["gold.transport_day"].to_pylist()
    assert LAST - timedelta(days=30) not in {row["period_start"] for row in shown}


def test_a_feed_that_fell_silent_raises_nothing(detections: NightTables) -> None:
    silent = night_of(ships("suez", closed=CLOSED), night=LAST + timedelta(days=120))
    assert len(silent.tables["gold.signal"]) == 0
    assert len(detections.tables["gold.signal"]) > 0


@pytest.mark.parametrize(("age", "fresh"), [(14, True), (15, False)])
def test_a_feed_is_fresh_up_to_its_promise(age: int, fresh: bool) -> None:
    seen = watch(feed(ships("suez")), "strait", provisional=PROVISIONAL)
    assert seen is not None
    assert is_fresh(seen, LAST + timedelta(days=age), 14) is fresh


def test_a_feed_without_rows_is_not_watched() -> None:
    assert watch(feed(), "strait", provisional=PROVISIONAL) is None


def test_tests_are_the_judged_days_of_the_window() -> None:
    seen = watch(feed(ships("suez")), "strait", provisional=PROVISIONAL)
    assert seen is not None
    assert transport.tests_performed(seen, 42) == 28


def test_a_day_is_a_date() -> None:
    assert as_date(np.datetime64("2024-02-29")) == date(2024, 2, 29)
