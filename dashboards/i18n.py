"""Words and numbers of the screens in Korean and English; every text stands in `locales/`, none in code."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date

from jobs.settings import settings

LANGUAGES = ("ko", "en")
DEFAULT_LANGUAGE = "ko"
UNKNOWN = "–"
LOCALES = Path(__file__).parent / "locales"
KG_PER_TONNE = 1000.0
# Korean counts in powers of ten thousand, English in powers of a thousand.
COMPACT = {
    "ko": [(1e12, "조"), (1e8, "억"), (1e4, "만")],
    "en": [(1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k")],
}


@cache
def phrases(lang: str) -> dict[str, str]:
    """Every text of one language by its dotted key, such as `overview.title`."""

    def flatten(prefix: str, body: dict[str, Any]) -> dict[str, str]:
        result: dict[str, str] = {}
        for key, value in body.items():
            result |= flatten(f"{prefix}{key}.", value) if isinstance(value, dict) else {f"{prefix}{key}": str(value)}
        return result

    return flatten("", yaml.safe_load((LOCALES / f"{lang}.yml").read_text(encoding="utf-8")))


def text(key: str, lang: str, **values: object) -> str:
    """The text of a key with its values filled in.

    Raises:
        KeyError: the locale file has no such key; a missing text is a defect, never shown as a blank.
    """
    return phrases(lang)[key].format(**values)


def is_unknown(value: object) -> bool:
    """Whether a figure is absent, as null or as not-a-number."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value: float | int | None, lang: str, digits: int = 0) -> str:
    """A number with separators and a fixed count of decimals; a dash where it is unknown."""
    return UNKNOWN if is_unknown(value) else f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def significant(value: float, digits: int = 3) -> str:
    """A number with separators and about three significant digits, so that small and large read alike."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text_of = f"{value:,.{places}f}"
    return (text_of.rstrip("0").rstrip(".") if places else text_of).replace("-", "\N{MINUS SIGN}")


def compact(value: float | None, lang: str) -> str:
    """A large number in the words of the language: 12.3억, 1.23 bn."""
    if is_unknown(value):
        return UNKNOWN
    for size, word in COMPACT[lang]:
        if abs(value) >= size:
            return significant(value / size) + word
    return significant(value)


def money(usd: float | None, lang: str) -> str:
    """An amount of US dollars."""
    return UNKNOWN if is_unknown(usd) else text("format.usd", lang, amount=compact(usd, lang))


def won(krw: float | Decimal | None, lang: str) -> str:
    """An amount of Korean won."""
    return UNKNOWN if is_unknown(krw) else text("format.krw", lang, amount=compact(float(krw), lang))


def quantity(value: float | None, unit: str, lang: str) -> str:
    """A figure with its unit; masses of a tonne and more in tonnes."""
    if is_unknown(value):
        return UNKNOWN
    if unit == "kg" and abs(value) >= KG_PER_TONNE:
        return text("format.tonnes", lang, amount=significant(value / KG_PER_TONNE))
    if unit == "usd_per_kg":  # prices stand in columns, so they keep their zeros
        return text("unit.usd_per_kg", lang, amount=number(value, lang, 2 if abs(value) >= 1 else 3))
    if f"unit.{unit}" in phrases(lang):
        return text(f"unit.{unit}", lang, amount=significant(value))
    return f"{significant(value)} {unit}"


def percent(ratio: float | None, lang: str, digits: int = 0) -> str:
    """A fraction of one as a percentage."""
    return UNKNOWN if is_unknown(ratio) else f"{ratio * 100:.{digits}f} %"


def p_value(p: float | None) -> str:
    """A probability as a reader wants it: three decimals, and smaller ones as a bound."""
    if is_unknown(p):
        return UNKNOWN
    if p < 0.0001:
        return "< 0.0001"
    return f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


def month(day: date | None, lang: str) -> str:
    """A month: 2024년 3월, March 2024."""
    return UNKNOWN if day is None else format_date(day, text("format.month", lang), locale=lang)


def full_date(day: date | None, lang: str) -> str:
    """A date in full: 2024년 4월 30일, 30 April 2024."""
    return UNKNOWN if day is None else format_date(day, text("format.date", lang), locale=lang)


def period(day: date | None, lang: str, is_daily: bool = False) -> str:
    """The name of a period by its first day: a month, or the day itself."""
    return full_date(day, lang) if is_daily else month(day, lang)


def clock(at: datetime | None, lang: str) -> str:
    """A point in time, in the platform's own time zone."""
    if at is None:
        return UNKNOWN
    return f"{at.astimezone(ZoneInfo(settings().timezone)):%Y-%m-%d %H:%M}"
