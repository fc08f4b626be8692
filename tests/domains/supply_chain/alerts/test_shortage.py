"""From findings to alerts on items: one row an episode, told in both languages, held by its evidence."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from jobs import contracts
from jobs.alerting.domain import NightTables
from jobs.domains.supply_chain.night import Facts, assess_facts
from jobs.lake.canonical import canonical_json
from jobs.night.alert import make_alerts
from tests.builders.keeping import broken
from tests.builders.trade import MONTHS, NIGHT, coffee, item, items, month_at, steady, stopping, tin

CONTRACT = contracts.table("gold.alert")
Alert = dict[str, Any]


def night_of(*rows: dict[str, object], night: date = NIGHT) -> tuple[NightTables, list[Alert]]:
    """Findings and alerts of a night on these items alone."""
    result = assess_facts(Facts(items(*rows), {}), night)
    return result, make_alerts(result.tables, night).to_pylist()


def alert_on(*rows: dict[str, object], night: date = NIGHT) -> Alert:
    """The only alert of a night."""
    (alert,) = night_of(*rows, night=night)[1]
    return alert


@pytest.fixture(scope="module")
def stopped() -> tuple[NightTables, list[Alert]]:
    """A night on which Indonesian tin has stopped for two months."""
    return night_of(tin(stopping(60_000, 1)), coffee())


def test_the_sentence_names_item_origin_and_month_in_both_languages(stopped: tuple[NightTables, list[Alert]]) -> None:
    (alert,) = stopped[1]
    assert alert["level"] >= 3
    for part in ("800110", "Tin", "Indonesia", "March 2024"):
        assert part in alert["sentence_en"]
    for part in ("800110", "인도네시아", "2024년 3월"):
        assert part in alert["sentence_ko"]


def test_alerts_keep_their_contract(stopped: tuple[NightTables, list[Alert]]) -> None:
    assert broken("gold.alert", stopped[1]) <= {"run_id is empty", "code_version is empty"}


def test_reasons_share_the_evidence(stopped: tuple[NightTables, list[Alert]]) -> None:
    (alert,) = stopped[1]
    shares = [reason["contribution"] for reason in alert["reasons"]]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)


def test_signals_named_by_an_alert_are_stored(stopped: tuple[NightTables, list[Alert]]) -> None:
    result, (alert,) = stopped
    assert alert["signal_ids"]
    assert set(alert["signal_ids"]) <= set(result.tables["gold.signal"]["signal_id"].to_pylist())


def test_the_hash_is_that_of_the_row_as_stored(stopped: tuple[NightTables, list[Alert]]) -> None:
    (alert,) = stopped[1]
    assert alert["content_hash"] == hashlib.sha256(canonical_json(alert, CONTRACT).encode()).hexdigest()


def test_an_episode_keeps_its_name_when_the_next_night_is_added() -> None:
    first = alert_on(tin(stopping(60_000, 1)), coffee())
    longer = [*stopping(60_000, 1), None]
    others = {origin: steady(kg, seed, MONTHS + 1) for origin, kg, seed in (("MY", 25_000, 2), ("PE", 15_000, 3))}
    quiet = item("090111", {"VN": steady(50_000, 4, MONTHS + 1), "BR": steady(40_000, 5, MONTHS + 1)})
    second = alert_on(item("800110", {"ID": longer, **others}), quiet, night=date(2024, 5, 31))
    assert (second["opened_period"], second["alert_id"]) == (first["opened_period"], first["alert_id"])
    assert second["previous_level"] == first["level"]


def test_a_level_outlasts_its_cause_by_two_quiet_months_and_counts_them() -> None:
    back = [*stopping(60_000, 1, 3)[:-1], 60_000.0]
    alert = alert_on(tin(back), coffee())
    assert (alert["raw_level"], alert["level"] >= 3) == (1, True)
    assert "2 still to come" in alert["clears_en"]
    assert alert["p_value"] < 0.05  # of the month that set the level, not of the quiet one


def test_three_quiet_months_clear() -> None:
    back = [*stopping(60_000, 1, 6)[:-4], *steady(60_000, 9, 4)]
    assert night_of(tin(back), coffee())[1] == []


def test_a_surge_is_a_reason_to_look_and_no_more() -> None:
    alert = alert_on(tin([*steady(60_000, 1, MONTHS - 1), 400_000.0]), coffee())
    assert (alert["level"], alert["direction"], alert["caps"]) == (2, "up", ["surge_only"])
    assert "rose" in alert["sentence_en"]


def test_a_source_older_than_its_promise_raises_nothing(stopped: tuple[NightTables, list[Alert]]) -> None:
    # Facts of a stale source are left out where they are gathered; what is left raises nothing.
    assert night_of(coffee())[1] == []
    assert stopped[1] != []


def test_the_stake_is_what_is_missing_at_the_price_of_the_year(stopped: tuple[NightTables, list[Alert]]) -> None:
    result, (alert,) = stopped
    newest = next(
        row
        for row in result.tables["gold.subject_month"].to_pylist()
        if row["subject_id"] == alert["subject_id"] and row["period_start"] == month_at(MONTHS - 1)
    )
    assert alert["score"] == pytest.approx(newest["expected"] * 3.0)


def test_equal_alerts_are_ranked_by_their_names_and_none_shares_its_id() -> None:
    twin = {**tin(stopping(60_000, 1)), "hs_code": "800120"}
    alerts = night_of(twin, tin(stopping(60_000, 1)), coffee())[1]
    assert {row["rank"]: row["hs_code"] for row in alerts} == {1: "800110", 2: "800120"}
    assert len({row["alert_id"] for row in alerts}) == 2
