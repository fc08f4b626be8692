"""What screens and briefs both say of a night, said once so that they cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboards import i18n
from dashboards.i18n import text
from jobs import reading
from jobs.contracts import codes


def level_name(level: int, lang: str) -> str:
    """Number and word of a level: `4 Alert`."""
    return f"{level} {codes.label('level', level, lang)}"


def lead(night: date, changed: Sequence[dict[str, Any]], watched: list[str], lang: str) -> str:
    """The night in two sentences: how many of the watched kinds stand where, and what changed since the last one."""
    counts = reading.level_counts(night, watched)
    above = sum(n for level, n in counts.items() if level >= reading.FIRST_ALERTING_LEVEL)
    highest = max((level for level, n in counts.items() if n), default=1)
    first = text("overview.lead_none", lang)
    if above:
        first = text("overview.lead", lang, n=above, total=sum(counts.values()), level=level_name(highest, lang))
    before = reading.previous_night(night)
    if before is None:
        return first
    counted = Counter(row["change"] for row in changed)
    numbers = {change: counted.get(change, 0) for change in ("new", "raised", "lowered", "cleared")}
    return first + " " + text("overview.lead_changes", lang, previous=i18n.full_date(before, lang), **numbers)


def standing_alerts(night: date, kind: str) -> list[dict[str, Any]]:
    """The night's alerts of a kind at level 2 or higher in order of their rank."""
    rows = reading.alerts(night, kind).to_pylist()
    return [row for row in rows if row["level"] >= reading.FIRST_ALERTING_LEVEL]


def difference(delta: int, lang: str) -> str:
    """A change of a count with its sign."""
    return f"{delta:+d}".replace("-", "\N{MINUS SIGN}") if delta else text("overview.same", lang)


def source_age(row: dict[str, Any], lang: str) -> str:
    """The age of a source beside its promise."""
    if row["age_days"] is None:
        return i18n.UNKNOWN
    if row["promised_days"] is None:
        return text("freshness.days", lang, n=row["age_days"])
    return text("freshness.age_of", lang, n=row["age_days"], promised=row["promised_days"])
