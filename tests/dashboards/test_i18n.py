"""Words and numbers in both languages."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from dashboards import i18n
from jobs.alerting import words
from jobs.contracts.codes import code_set
from jobs.contracts.messages import messages

SOURCE = Path(i18n.__file__).parent


def slots(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    ko, en = i18n.phrases("ko"), i18n.phrases("en")
    assert ko.keys() == en.keys()
    assert {key for key in ko if slots(ko[key]) != slots(en[key])} == set()


def test_every_text_the_screens_ask_for_exists() -> None:
    asked = set()
    for path in [*SOURCE.rglob("*.py"), *(SOURCE.parent / "jobs" / "publish").rglob("*.*")]:
        if path.suffix in (".py", ".html", ".md"):
            asked |= set(re.findall(r"""\b(?:text|t)\(\s*f?"([a-z_]+\.[a-z_]+)\"""", path.read_text("utf-8")))
    assert len(asked) > 80
    assert asked - i18n.phrases("en").keys() == set()


@pytest.mark.parametrize("unit", [None, *sorted(code_set("unit"))])
@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_figure_that_is_unknown_is_a_dash(unit: str | None, value: float | None) -> None:
    assert i18n.quantity(value, unit, "ko") == i18n.UNKNOWN
    for worded in (i18n.number(value), i18n.percent(value), i18n.won(value, "en"), i18n.money(value, "ko")):
        assert worded == i18n.UNKNOWN


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_screens_word_figures_as_alerts_do(lang: str) -> None:
    assert i18n.quantity(21_300, "kg", lang) == words.mass(21_300, lang)
    assert i18n.percent(0.034) == words.percent(0.034)
    assert words.won(8.12e8, lang) in i18n.won(Decimal("812000000"), lang)


def test_small_probabilities_are_bounded_not_rounded_to_nothing() -> None:
    assert i18n.p_value(3e-9) == "< 0.0001"
    assert i18n.p_value(0.0042) == "0.0042"


def test_every_check_of_the_gate_has_words() -> None:
    phrases = i18n.phrases("ko").keys()
    expectations = {code.removeprefix("gate.") for code in messages("ko") if code.startswith("gate.expect_")}
    assert {f"check.{expectation}" for expectation in expectations} == {
        key for key in phrases if key.startswith("check.")
    }
