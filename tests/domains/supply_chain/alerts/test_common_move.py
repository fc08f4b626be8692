"""A strike that lowers most imports at once is one alert, and no single flow is blamed for it."""

from __future__ import annotations

from typing import Any

from jobs.domains.supply_chain.night import Facts, assess_facts
from jobs.night.alert import make_alerts
from tests.builders.keeping import broken
from tests.builders.trade import NIGHT, item, items, steady, stopping

MANY = 24


def alerts_after(last_month: float, *more: dict[str, object]) -> list[dict[str, Any]]:
    """Alerts of a night on many quiet items whose last month came to a part of the usual."""
    quiet = [item(f"72{n:04d}", {"JP": scaled(steady(60_000, n), last_month)}) for n in range(MANY)]
    result = assess_facts(Facts(items(*quiet, *more), {}), NIGHT)
    return make_alerts(result.tables, NIGHT).to_pylist()


def scaled(months: list[float], last: float) -> list[float]:
    return [*months[:-1], months[-1] * last]


def test_a_strike_is_one_alert_at_level_two() -> None:
    (alert,) = alerts_after(0.5)
    assert (alert["subject_kind"], alert["subject_id"], alert["level"]) == ("night", "source=kcs_trade_country", 2)
    assert "Most imports fell alike" in alert["sentence_en"]
    assert "대부분의 수입이 함께 줄었다" in alert["sentence_ko"]
    assert broken("gold.alert", [alert]) <= {"run_id is empty", "code_version is empty"}


def test_a_supplier_that_stops_during_a_strike_is_still_seen() -> None:
    gone = item("800110", {"ID": stopping(60_000, 99), "MY": scaled(steady(25_000, 98), 0.5)})
    subjects = {alert["subject_id"]: alert["level"] for alert in alerts_after(0.5, gone)}
    assert subjects["hs=800110|origin=ID"] >= 3
    assert subjects["source=kcs_trade_country"] == 2


def test_an_ordinary_month_has_none() -> None:
    assert [a for a in alerts_after(1.0) if a["subject_kind"] == "night"] == []
