"""Figures and conditions in words: every code that can be said is said in both languages."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from jobs.alerting import words
from jobs.contracts import register
from jobs.contracts.codes import code_set
from jobs.contracts.messages import LANGUAGES, messages, say
from jobs.domains.supply_chain.alerts.shortage import CONDITIONS, caps
from jobs.domains.supply_chain.levels import missing_for_next

STORED = ("rejected", "matters", "confirmed", "small_share")
CAPS = {*caps({"small_share"}, is_up=False, level=3), *caps(set(), is_up=True, level=2), "transport_only"}


def ways_up() -> set[tuple[str, ...]]:
    """Every list of missing conditions that a shortage can have, at every level."""
    sets = [set(stored) for size in range(len(STORED) + 1) for stored in combinations(STORED, size)]
    return {missing_for_next(stored, level) for stored in sets for level in range(1, 6)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_and_cap_has_a_sentence(lang: str) -> None:
    codes = {*register.detectors(), *CONDITIONS, *CAPS}
    assert {f"reason.{code}" for code in codes} <= messages(lang).keys()


@pytest.mark.parametrize("missing", sorted({*ways_up(), ("shortage",), ("statistics",)}))
def test_every_way_up_can_be_said_in_both_languages(missing: tuple[str, ...]) -> None:
    said = words.conditions(missing)
    assert set(said) == {"raises_ko", "raises_en"}
    assert said["raises_ko"] != said["raises_en"]
    assert "{" not in said["raises_ko"] + said["raises_en"]


def test_alternatives_are_joined_by_or_and_conditions_by_and() -> None:
    said = words.conditions(("vulnerable|strong_share", "deep"))["raises_en"]
    vulnerable, strong, deep = (say(f"raise.{code}", "en") for code in ("vulnerable", "strong_share", "deep"))
    assert said == f"The level rises if {vulnerable} or {strong}, and {deep}."


@pytest.mark.parametrize("unit", sorted(code_set("unit")))
def test_a_figure_of_every_unit_has_words(unit: str) -> None:
    assert words.quantity(1234.5, unit) not in ("", "?")
    assert words.quantity(None, unit) == "?"


@pytest.mark.parametrize(
    ("kg", "en", "ko"),
    [
        (0, "0 kg", "0 kg"),
        (999, "999 kg", "999 kg"),
        (1_500, "1.5 t", "1.5톤"),
        (21_300, "21 t", "21톤"),
        (1.2e6, "1,200 t", "1,200톤"),
    ],
)
def test_masses_are_written_as_people_write_them(kg: float, en: str, ko: str) -> None:
    assert (words.mass(kg, "en"), words.mass(kg, "ko")) == (en, ko)


@pytest.mark.parametrize(("ratio", "text"), [(0.0, "0%"), (0.034, "3.4%"), (0.12, "12%"), (6.83, "683%")])
def test_small_ratios_keep_a_decimal(ratio: float, text: str) -> None:
    assert words.percent(ratio) == text


@pytest.mark.parametrize(
    ("value", "ko", "en"),
    [(1_868_000_000, "18.7억", "1.87 bn"), (43_200, "4.32만", "43.2 k"), (2.5e12, "2.5조", "2.5 tn"), (12, "12", "12")],
)
def test_large_numbers_are_counted_as_the_language_counts(value: float, ko: str, en: str) -> None:
    assert (words.compact(value, "ko"), words.compact(value, "en")) == (ko, en)


@pytest.mark.parametrize(
    ("amount", "ko", "en"),
    [
        (None, "0", "KRW 0"),
        (9_999, "9,999", "KRW 9,999"),
        (43_210, "4만", "KRW 43,210"),
        (1_234_567, "123만", "KRW 1.2 million"),
        (812_000_000, "8.1억", "KRW 812.0 million"),
    ],
)
def test_sums_in_won_are_written_as_people_say_them(amount: float | None, ko: str, en: str) -> None:
    assert (words.won(amount, "ko"), words.won(amount, "en")) == (ko, en)
    assert (words.won_in_full(amount, "ko"), words.won_in_full(amount, "en")) == (f"{ko}원", en)


@pytest.mark.parametrize(
    ("value", "unit", "parameter", "ko", "en"),
    [
        (21_300, "kg", "21 t", "21톤", "21 t"),
        (0.71, "usd_per_kg", "0.71 USD/kg", "0.71달러/kg", "0.71 USD/kg"),
        (0.034, "ratio", "3.4%", "3.4%", "3.4%"),
        (1234, "ships", "1,234", "1,234척", "1,234 ships"),
        (2.31, "sd", "2.31", "표준편차 2.31", "2.31 s.d."),
    ],
)
def test_a_figure_is_worded_with_its_unit(value: float, unit: str, parameter: str, ko: str, en: str) -> None:
    assert words.quantity(value, unit) == parameter
    assert (words.measured(value, unit, "ko"), words.measured(value, unit, "en")) == (ko, en)


def test_months_and_days_are_named_in_both_languages() -> None:
    day = date(2021, 3, 23)
    assert (words.month_name(day, "en"), words.month_name(day, "ko")) == ("March 2021", "2021년 3월")
    assert (words.day_name(day, "en"), words.day_name(day, "ko")) == ("23 March 2021", "2021년 3월 23일")


def test_an_alert_is_named_by_its_episode() -> None:
    opened = date(2024, 2, 1)
    one = words.alert_id("supply_chain", "item_origin", "hs=800110|origin=ID", opened)
    assert one == "ddc4da046be493a0"
    assert one != words.alert_id("supply_chain", "item_origin", "hs=800110|origin=ID", date(2024, 3, 1))
