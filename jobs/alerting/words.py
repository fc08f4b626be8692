"""Figures, months and conditions in the words of both languages; the sentences stand in schemas/messages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_skeleton

from jobs.contracts.codes import item_name, label
from jobs.contracts.messages import LANGUAGES, say


def alert_id(kind: str, subject_kind: str, subject_id: str, opened: date) -> str:
    """First 16 hex digits of the SHA-256 of what makes an episode the one it is."""
    return hashlib.sha256(f"{kind}|{subject_kind}|{subject_id}|{opened.isoformat()}".encode()).hexdigest()[:16]


TONNES = {"en": " t", "ko": "톤"}


def mass(kg: float, lang: str = "en") -> str:
    """A mass as people write it; the reasons' parameters, which both languages share, take the English form."""
    if kg < 1_000:
        return f"{kg:,.0f} kg"
    tonnes = kg / 1_000
    return (f"{tonnes:,.1f}" if tonnes < 10 else f"{tonnes:,.0f}") + TONNES[lang]


def won(amount: Any, lang: str = "en") -> str:
    """A sum in won as people say it, its unit left to the sentence in Korean."""
    value = float(amount or 0)
    if lang == "ko":
        return f"{value / 1e8:,.1f}억" if value >= 1e8 else f"{value / 1e4:,.0f}만" if value >= 1e4 else f"{value:,.0f}"
    return f"KRW {value / 1e6:,.1f} million" if value >= 1e6 else f"KRW {value:,.0f}"


def quantity(value: float | None, unit: str) -> str:
    """A figure with its unit."""
    if value is None:
        return "?"
    match unit:
        case "kg":
            return mass(value)
        case "usd_per_kg":
            return f"{value:,.2f} USD/kg"
        case "ratio":
            return percent(value)
        case "ships":
            return f"{value:,.0f}"
        case _:
            return f"{value:,.2f}"


def percent(ratio: float) -> str:
    """A ratio as a percentage, with a decimal where it is small.

    >>> percent(0.4), percent(0.0473), percent(0.0002)
    ('40%', '4.7%', '<0.1%')
    """
    if 0 < ratio < 0.001:
        return "<0.1%"
    return f"{ratio:.1%}" if 0 < ratio < 0.1 else f"{ratio:.0%}"


def month_name(month: date, lang: str) -> str:
    """A month, such as March 2024 or 2024년 3월."""
    return format_skeleton("yMMMM", month, locale=lang)


def day_name(day: date, lang: str) -> str:
    """A day, such as 23 March 2021 or 2021년 3월 23일."""
    return format_date(day, format="d MMMM y" if lang == "en" else "long", locale=lang)


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
