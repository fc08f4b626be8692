"""Words and numbers of the screens in Korean and English; every text stands in `locales/`, none in code.

Figures are worded by `jobs.alerting.words`, as in the alerts' own sentences; here one that is unknown becomes a dash.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from jobs.alerting import words
from jobs.settings import settings

LANGUAGES = ("ko", "en")
DEFAULT_LANGUAGE = "ko"
UNKNOWN = "–"
LOCALES = Path(__file__).parent / "locales"


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


def number(value: float | int | None, digits: int = 0) -> str:
    """A number with separators and a fixed count of decimals."""
    return UNKNOWN if is_unknown(value) else words.number(value, digits)


def money(usd: float | None, lang: str) -> str:
    """An amount of US dollars."""
    return UNKNOWN if is_unknown(usd) else words.dollars(usd, lang)


def won(krw: float | Decimal | None, lang: str) -> str:
    """An amount of Korean won."""
    return UNKNOWN if is_unknown(krw) else words.won_in_full(krw, lang)


def quantity(value: float | None, unit: str | None, lang: str) -> str:
    """A figure with its unit, one that has none alone."""
    if is_unknown(value):
        return UNKNOWN
    return words.measured(value, unit, lang) if unit else words.significant(value)


def percent(ratio: float | None, digits: int | None = None) -> str:
    """A fraction of one as a percentage."""
    return UNKNOWN if is_unknown(ratio) else words.percent(ratio, digits)


def p_value(p: float | None) -> str:
    """A probability as a reader wants it: three decimals, and smaller ones as a bound.

    >>> p_value(0.0483), p_value(0.0000003)
    ('0.048', '< 0.0001')
    """
    if is_unknown(p):
        return UNKNOWN
    if p < 0.0001:
        return "< 0.0001"
    return f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


def month(day: date | None, lang: str) -> str:
    """A month."""
    return UNKNOWN if day is None else words.month_name(day, lang)


def full_date(day: date | None, lang: str) -> str:
    """A date in full."""
    return UNKNOWN if day is None else words.day_name(day, lang)


def period(day: date | None, lang: str, is_daily: bool = False) -> str:
    """The name of a period by its first day: a month, or the day itself."""
    return full_date(day, lang) if is_daily else month(day, lang)


def clock(at: datetime | None) -> str:
    """A point in time, in the platform's own time zone."""
    if at is None:
        return UNKNOWN
    return f"{local(at):%Y-%m-%d %H:%M}"


def local(at: datetime) -> datetime:
    """A point in time by the clock of the platform's own time zone."""
    return at.astimezone(ZoneInfo(settings().timezone))
