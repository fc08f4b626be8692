"""What counts as a difference between an alert as stored and as made again, and what only names another program."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jobs.commands.replay import report
from jobs.night.replay import compare
from tests.builders.gold import alert_row, words_of

NIGHT = date(2024, 4, 30)
NOW = {"rules_version": "b" * 12, "code_version": "0.2.0+00000002"}
EARLIER = {"rules_version": "a" * 12, "code_version": "0.1.0+00000001"}


def alert(**columns: Any) -> dict[str, Any]:
    subject = {
        "kind": "supply_chain",
        "subject_kind": "item",
        "subject_id": "hs=800110",
        "opened_period": NIGHT,
        "period_start": NIGHT,
        "period_end": NIGHT,
    }
    return {**alert_row(NIGHT, subject, 3, 1, 1, words_of("주석", "tin", 0.5)), **NOW, **columns}


def test_equal_rows_by_one_program_are_equal() -> None:
    again = compare(alert(run_id="then"), alert(run_id="now"), NOW)
    assert again.is_equal
    assert again.is_same_program


@pytest.mark.parametrize("name", NOW)
def test_versions_and_hash_are_no_difference_under_another_program(name: str) -> None:
    stored = alert(**{name: EARLIER[name]}, content_hash="then")
    again = compare(stored, alert(content_hash="now"), NOW)
    assert again.is_equal
    assert not again.is_same_program
    assert EARLIER[name] in report(again)
    assert NOW[name] in report(again)


@pytest.mark.parametrize(("then", "is_failure"), [(NOW, True), (EARLIER, False)])
@pytest.mark.parametrize("made", [alert(level=4), None], ids=["other level", "not made"])
def test_a_difference_is_a_failure_of_the_same_program_only(
    made: dict[str, Any] | None, then: dict[str, str], is_failure: bool
) -> None:
    again = compare(alert(**then), made, NOW)
    assert not again.is_equal
    assert again.is_same_program == is_failure
    assert "level" in again.difference()
