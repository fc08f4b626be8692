"""Figures, months and conditions in the words of both languages; the sentences stand in schemas/messages.

The one place that words money, mass, prices, percentages, months and days: alerts, briefs and screens all ask here.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date, format_skeleton

from jobs.contracts.codes import item_name, label
from jobs.contracts.messages import LANGUAGES, say


def alert_id(kind: str, subject_kind: str, subject_id: str, opened: date) -> str:
    """First 16 hex digits of the SHA-256 of what makes an episode the one it is."""
    return hashlib.sha256(f"{kind}|{subject_kind}|{subject_id}|{opened.isoformat()}".encode()).hexdigest()[:16]


KG_PER_TONNE = 1_000.0
MINUS = "\N{MINUS SIGN}"


# -- numbers


def number(value: float, digits: int = 0) -> str:
    """A number with separators and a fixed count of decimals."""
    return f"{value:,.{digits}f}".replace("-", MINUS)


def significant(value: float, digits: int = 3) -> str:
    """A number with separators and about three significant digits, so that small and large read alike."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if places else text).replace("-", MINUS)


def percent(ratio: float, digits: int | None = None) -> str:
    """A ratio as a percentage; with a decimal where it is small, unless the count of decimals is asked for.

    >>> percent(0.4), percent(0.0473), percent(0.0002), percent(0.05, 0)
    ('40%', '4.7%', '<0.1%', '5%')
    """
    if digits is not None:
        return f"{ratio:.{digits}%}".replace("-", MINUS)
    if 0 < ratio < 0.001:
        return "<0.1%"
    return f"{ratio:.1%}" if 0 < ratio < 0.1 else f"{ratio:.0%}"


@cache
def numerals(key: str, lang: str) -> list[tuple[float, str]]:
    """Sizes a language counts in and the words for them, the largest first; a message of pairs such as `1e9 bn`."""
    pairs = [pair.strip().split(" ", 1) for pair in say(key, lang).split(",")]
    return [(float(size), word) for size, word in pairs]


# -- money, mass and prices


def won(amount: Any, lang: str = "en") -> str:
    """A sum in won as people say it, its unit left to the sentence in Korean."""
    value = float(amount or 0)
    for place, (size, word) in enumerate(numerals("numerals.won", lang)):
        if value >= size:
            counted = say("format.counted", lang, {"amount": number(value / size, 0 if place else 1), "word": word})
            return say("format.won", lang, {"amount": counted})
    return say("format.won", lang, {"amount": number(value)})


def won_in_full(amount: Any, lang: str) -> str:
    """A sum in won with its unit, where no sentence says it."""
    return say("format.won_in_full", lang, {"amount": won(amount, lang)})


def compact(value: float, lang: str) -> str:
    """A large number in the words of the language: 1.23 bn."""
    for size, word in numerals("numerals.large", lang):
        if abs(value) >= size:
            return say("format.counted", lang, {"amount": significant(value / size), "word": word})
    return significant(value)


def dollars(usd: float, lang: str) -> str:
    """An amount of US dollars."""
    return say("format.dollars", lang, {"amount": compact(usd, lang)})


def mass(kg: float, lang: str = "en") -> str:
    """A mass as people write it; the reasons' parameters, which both languages share, take the English form."""
    if kg < KG_PER_TONNE:
        return say("format.kg", lang, {"amount": f"{kg:,.0f}"})
    tonnes = kg / KG_PER_TONNE
    return say("format.tonnes", lang, {"amount": f"{tonnes:,.1f}" if tonnes < 10 else f"{tonnes:,.0f}"})


def price(usd_per_kg: float, lang: str = "en") -> str:
    """A price per kilogram."""
    return say("format.usd_per_kg", lang, {"amount": f"{usd_per_kg:,.2f}"})


def quantity(value: float | None, unit: str) -> str:
    """A figure as a parameter of sentences in both languages; of ships and deviations the sentence says the unit."""
    if value is None:
        return "?"
    match unit:
        case "kg" | "usd_per_kg" | "ratio":
            return measured(value, unit, "en")
        case "ships":
            return f"{value:,.0f}"
        case _:
            return f"{value:,.2f}"


def measured(value: float, unit: str, lang: str) -> str:
    """A figure with its unit in the reader's language."""
    match unit:
        case "kg":
            return mass(value, lang)
        case "usd_per_kg":
            return price(value, lang)
        case "ratio":
            return percent(value)
        case "ships" | "sd":
            return say(f"format.{unit}", lang, {"amount": quantity(value, unit)})
        case _:
            return significant(value)


# -- time


def month_name(month: date, lang: str) -> str:
    """A month, such as March 2024."""
    return str(format_skeleton("yMMMM", month, locale=lang))


def day_name(day: date, lang: str) -> str:
    """A day, such as 23 March 2021."""
    return str(format_date(day, format="d MMMM y" if lang == "en" else "long", locale=lang))


# -- subjects and conditions


def subject_words(hs_code: str, origin: str, lang: str) -> dict[str, str]:
    """What an item-origin is called."""
    name = item_name(hs_code, lang)
    called = f"HS {hs_code}" if name == f"HS {hs_code}" else f"HS {hs_code} ({name})"
    return {"item": called, "origin": label("country", origin, lang)}


def both(key: str, params: Mapping[str, Mapping[str, Any]], column: str) -> dict[str, str]:
    """A sentence in both languages, as the columns `<column>_ko` and `<column>_en`."""
    return {f"{column}_{lang}": say(key, lang, params[lang]) for lang in LANGUAGES}


def conditions(missing: Sequence[str]) -> dict[str, str]:
    """What would raise a level: conditions that all have to come, each possibly with alternatives (`a|b`)."""
    words = {}
    for lang in LANGUAGES:
        if not missing:
            words[f"raises_{lang}"] = say("raise.none", lang)
            continue
        either = [
            say("raise.or", lang).join(say(f"raise.{code}", lang) for code in each.split("|")) for each in missing
        ]
        words[f"raises_{lang}"] = say("raise.sentence", lang, {"conditions": say("raise.and", lang).join(either)})
    return words
