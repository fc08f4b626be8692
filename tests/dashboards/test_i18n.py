"""Words and numbers in both languages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from dashboards import i18n
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


@pytest.mark.parametrize(
    ("value", "ko", "en"),
    [
        (1_868_000_000, "18.7억", "1.87 bn"),
        (43_200, "4.32만", "43.2 k"),
        (2.5e12, "2.5조", "2.5 tn"),
        (12, "12", "12"),
        (None, "–", "–"),
    ],
)
def test_large_numbers_are_counted_as_the_language_counts(value: float | None, ko: str, en: str) -> None:
    assert (i18n.compact(value, "ko"), i18n.compact(value, "en")) == (ko, en)


def test_masses_from_a_tonne_up_are_told_in_tonnes() -> None:
    assert i18n.quantity(329_400, "kg", "en") == "329 t"
    assert i18n.quantity(999, "kg", "ko") == "999 kg"
    assert i18n.quantity(float("nan"), "kg", "ko") == i18n.UNKNOWN


def test_months_are_written_as_the_language_writes_them() -> None:
    assert (i18n.month(date(2024, 3, 1), "ko"), i18n.month(date(2024, 3, 1), "en")) == ("2024년 3월", "March 2024")


def test_small_probabilities_are_bounded_not_rounded_to_nothing() -> None:
    assert i18n.p_value(3e-9) == "< 0.0001"
    assert i18n.p_value(0.0042) == "0.0042"


def test_every_check_of_the_gate_has_words() -> None:
    phrases = i18n.phrases("ko").keys()
    expectations = {code.removeprefix("gate.") for code in messages("ko") if code.startswith("gate.expect_")}
    assert {f"check.{expectation}" for expectation in expectations} == {
        key for key in phrases if key.startswith("check.")
    }
