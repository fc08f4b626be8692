"""Alerts on straits: opened once, kept for two weeks after the last alarm, and telling which goods come that way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from jobs.contracts.codes import routes
from jobs.domains.supply_chain.alerts.transport import opening
from jobs.domains.supply_chain.night import FEEDS, Facts, assess_facts
from jobs.night.alert import make_alerts
from tests.builders.keeping import broken
from tests.builders.ships import LAST, feed, ships
from tests.builders.trade import item, items, steady

NIGHT = LAST + timedelta(days=3)
CLOSED = range(20, 27)


def alerts_of(*places: list[dict[str, object]], goods: pa.Table | None = None) -> list[dict[str, Any]]:
    """Alerts of a night on these straits, and on no goods but those named."""
    result = assess_facts(Facts(items() if goods is None else goods, {FEEDS[0]: feed(*places)}), NIGHT)
    return make_alerts(result.tables, NIGHT).to_pylist()


def test_a_closed_strait_is_one_alert_with_its_name_in_both_languages() -> None:
    (alert,) = alerts_of(ships("suez", closed=CLOSED), ships("hormuz", seed=2))
    assert (alert["subject_id"], alert["level"], alert["caps"]) == ("strait=suez", 2, ["transport_only"])
    assert "Suez Canal" in alert["sentence_en"]
    assert "수에즈 운하" in alert["sentence_ko"]
    assert broken("gold.alert", [alert]) <= {"run_id is empty", "code_version is empty"}


def test_open_straits_raise_nothing() -> None:
    assert alerts_of(ships("suez"), ships("hormuz", seed=2)) == []


def test_an_alert_clears_two_weeks_after_the_last_alarm() -> None:
    assert alerts_of(ships("suez", closed=range(40, 47))) == []


def test_it_says_how_many_days_are_still_to_come() -> None:
    (alert,) = alerts_of(ships("suez", closed=CLOSED))
    quiet = int(alert["clears_en"].split("for ")[1].split()[0])
    assert 0 < quiet < 14


def test_goods_that_come_by_the_strait_are_named() -> None:
    through = max((origin for origin in routes() if len(origin) == 2), key=lambda o: routes()[o].get("suez", 0.0))
    goods = items(item("800110", {through: steady(60_000, 1), "JP": steady(50_000, 2)}))
    (alert,) = alerts_of(ships("suez", closed=CLOSED), goods=goods)
    assert "HS 800110" in alert["sentence_en"]
    assert "HS 800110" in alert["sentence_ko"]


@pytest.mark.parametrize(("gap", "first"), [(13, date(2024, 1, 1)), (14, date(2024, 1, 1) + timedelta(days=14))])
def test_alarms_less_than_two_weeks_apart_are_one_episode(gap: int, first: date) -> None:
    assert opening([date(2024, 1, 1), date(2024, 1, 1) + timedelta(days=gap)]) == first
