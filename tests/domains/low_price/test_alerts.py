"""Alerts on declared lots: the night's choice in words of both languages, with what each rests on."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.contracts.messages import LANGUAGES, say
from jobs.domains.low_price.alerts import sentence
from jobs.night.alert import make_alerts
from jobs.night.detect import write
from jobs.night.replay import replay
from tests.builders.keeping import broken
from tests.builders.lot_nights import CAPACITY, LotNight

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def alerts(lot_night: LotNight) -> list[dict[str, Any]]:
    """The alerts of the night, in the order of their places."""
    made = make_alerts(lot_night.tables, lot_night.night)
    write(lot_night.lake, {"gold.alert": made}, lot_night.night, "alert")
    return sorted(made.to_pylist(), key=lambda row: row["rank"])


def test_the_chosen_lots_are_the_alerts_in_places_one_to_n(alerts: list[dict[str, Any]]) -> None:
    assert [row["rank"] for row in alerts] == list(range(1, CAPACITY + 1))
    assert broken("gold.alert", alerts) == set()
    assert all(row["level"] >= 2 or row["selection"] != "rank" for row in alerts[:10])


def test_a_lot_of_every_night_is_one_episode(lot_night: LotNight, alerts: list[dict[str, Any]]) -> None:
    first = alerts[0]
    assert first["subject_id"].startswith("declaration=")
    assert first["opened_period"] == first["period_start"] <= lot_night.night
    assert len({row["alert_id"] for row in alerts}) == len(alerts)


def test_the_sentence_states_price_share_comparable_and_duty(lot_night: LotNight, alerts: list[dict[str, Any]]) -> None:
    lots = {
        f"declaration={row['declaration_id']}|line={row['line_no']}": row
        for row in lot_night.tables["gold.lot"].to_pylist()
    }
    alert = next(
        row for row in alerts if lots[row["subject_id"]]["lowest_declaration_id"] and row["selection"] == "rank"
    )
    lot = lots[alert["subject_id"]]
    for text in (alert["sentence_en"], alert["sentence_ko"]):
        assert f"{lot['price_usd_per_kg']:,.2f}" in text
        assert f"{lot['price_ratio']:.0%}" in text
        assert lot["lowest_declaration_id"] in text
    assert alert["stake_lower_krw"] <= alert["stake_krw"] <= alert["stake_upper_krw"]


SURVEYED = {
    "code": "LP-4",
    "reference_usd_per_kg": 3.42,
    "ratio": 0.2076,
    "z": -6.3,
    "n": 1,
    "is_low": True,
    "reason_codes": [],
}


@pytest.mark.parametrize(
    ("grounds", "says", "is_silent_of"),
    [
        ([SURVEYED], ("0.71", "3.42", "21%"), ("neither", "조사 가격도")),
        ([], ("0.71",), ("3.42", "21%")),
    ],
)
def test_without_past_lots_the_sentence_states_the_survey_price_where_there_is_one(
    lot_night: LotNight, grounds: list[dict[str, Any]], says: tuple[str, ...], is_silent_of: tuple[str, ...]
) -> None:
    lot = lot_night.tables["gold.lot"].to_pylist()[0]
    stated = sentence(
        {**lot, "price_usd_per_kg": 0.71, "reference_usd_per_kg": None, "price_ratio": None, "grounds": grounds}
    )
    for said in stated.values():
        assert all(text in said for text in says)
        assert not any(text in said for text in is_silent_of)


def test_every_signal_of_an_alert_is_stored_with_the_record_it_speaks_of(
    lot_night: LotNight, alerts: list[dict[str, Any]]
) -> None:
    signals = {row["signal_id"]: row for row in lot_night.tables["gold.signal"].to_pylist()}
    stated = [signals[each] for row in alerts for each in row["signal_ids"]]
    assert stated
    assert all(row["evidence"][0]["record_ids"] for row in stated)
    assert broken("gold.signal", signals.values()) == set()


def test_a_lot_drawn_to_learn_says_so(alerts: list[dict[str, Any]]) -> None:
    drawn = [row for row in alerts if row["selection"] in ("random", "uncertain")]
    assert len(drawn) == 4
    assert all("drawn_to_learn" in [reason["code"] for reason in row["reasons"]] for row in drawn)
    assert all(0 < row["propensity"] < 1 for row in drawn)


def test_an_alert_is_made_again_byte_for_byte(lot_night: LotNight, alerts: list[dict[str, Any]]) -> None:
    assert replay(lot_night.lake, alerts[0]["alert_id"], lot_night.night).is_equal


def test_what_inspections_taught_is_a_reason_with_its_figures_in_both_languages_and_is_made_again(
    telling_night: LotNight,
) -> None:
    made = make_alerts(telling_night.tables, telling_night.night)
    write(telling_night.lake, {"gold.alert": made}, telling_night.night, "alert")
    stated = {
        row["alert_id"]: (row, reason)
        for row in made.to_pylist()
        for reason in row["reasons"]
        if reason["code"] == "learned_importer_history"
    }
    row, reason = next(iter(stated.values()))
    result, inspected = dict(reason["params"])["observed"].split("/")
    assert int(result) == int(inspected) > 50
    assert all(
        f"{result}/{inspected}" in say(f"reason.{reason['code']}", lang, dict(reason["params"]))
        for lang in ("en", "ko")
    )
    signals = [each for each in telling_night.tables["gold.signal"].to_pylist() if each["detector_id"] == "LP-LEARNED"]
    assert any(each["signal_id"] in row["signal_ids"] and reason["code"] in each["reason_codes"] for each in signals)
    assert broken("gold.signal", signals) == set()
    assert replay(telling_night.lake, row["alert_id"], telling_night.night).is_equal


def test_a_stake_that_was_not_computed_is_not_said_to_be_nothing(lot_night: LotNight) -> None:
    lot = lot_night.tables["gold.lot"].to_pylist()[0] | {"stake_krw": None, "stake_at_lowest_krw": None}
    lot |= {"lowest_comparable_usd_per_kg": 1.5, "lowest_declaration_id": "D9", "lowest_line_no": 1}
    for lang, stated in zip(LANGUAGES, (sentence(lot)[f"sentence_{lang}"] for lang in LANGUAGES), strict=True):
        assert say("alert.at_stake_unknown", lang) in stated
        assert "D9/1" in stated
        assert "0원" not in stated
