"""The catalogue of public events: every event can be found in statistics, dated, read in both languages and looked
up.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from jobs import contracts
from jobs.contracts.codes import code_set

EVENTS: list[dict[str, Any]] = contracts.read_yaml(contracts.SCHEMAS / "codes" / "events.yml")
KEYS = {
    "id",
    "hs_code",
    "partner_country",
    "direction",
    "first_notice",
    "effective_from",
    "label_en",
    "label_ko",
    "source",
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["id"])
def test_an_event_names_an_item_an_origin_two_days_and_a_dated_source(event: dict[str, Any]) -> None:
    assert set(event) == KEYS
    assert re.fullmatch(r"\d{6}", event["hs_code"])
    assert event["partner_country"] in code_set("country")
    assert event["direction"] in code_set("direction")
    assert all(type(event[name]) is date for name in ("first_notice", "effective_from"))
    assert re.search(rf"\d{{1,2}} \w+ {event['first_notice'].year}", event["source"]), "a source has its full date"


def test_an_event_stands_once() -> None:
    about = [(event["hs_code"], event["partner_country"], event["effective_from"]) for event in EVENTS]
    assert len({event["id"] for event in EVENTS}) == len(set(about)) == len(EVENTS)
