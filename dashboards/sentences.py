"""What screens and briefs both say of a night, said once so that they cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from dashboards import i18n
from dashboards.i18n import text
from jobs import reading
from jobs.contracts import codes

WEEK = 7


def level_name(level: int, lang: str) -> str:
    """Number and word of a level: `4 경계`."""
    return f"{level} {codes.label('level', level, lang)}"


def lead(night: date, changed: Sequence[dict[str, Any]], lang: str) -> str:
    """The night in two sentences: how many stand where, and what changed since the night before."""
    counts = reading.level_counts(night)
    above = sum(n for level, n in counts.items() if level >= reading.FIRST_ALERTING_LEVEL)
    highest = max((level for level, n in counts.items() if n), default=1)
    first = text("overview.lead_none", lang)
    if above:
        first = text("overview.lead", lang, n=above, total=sum(counts.values()), level=level_name(highest, lang))
    before = reading.previous_night(night)
    if before is None:
        return first
    kinds = Counter(row["change"] for row in changed)
    numbers = {kind: kinds.get(kind, 0) for kind in ("new", "raised", "lowered", "cleared")}
    return first + " " + text("overview.lead_changes", lang, previous=i18n.full_date(before, lang), **numbers)


def standing_alerts(night: date, kind: str = reading.WATCHED) -> list[dict[str, Any]]:
    """The night's alerts of a kind at level 2 or higher in order of their rank."""
    rows = reading.alerts(night, kind).to_pylist()
    return [row for row in rows if row["level"] >= reading.FIRST_ALERTING_LEVEL]


def difference(delta: int, lang: str) -> str:
    """A change of a count with its sign."""
    return f"{delta:+d}".replace("-", "\N{MINUS SIGN}") if delta else text("overview.same", lang)


def last_week(past: pa.Table) -> tuple[float | None, float | None]:
    """Mean ships a day and mean expectation over the newest seven days."""
    recent = past.slice(max(0, past.num_rows - WEEK))
    means = []
    for name in ("observed", "expected"):
        known = [v for v in recent[name].to_pylist() if v is not None]
        means.append(sum(known) / len(known) if known else None)
    return means[0], means[1]


def strait_line(past: pa.Table, lang: str) -> str:
    """The newest week of a chokepoint in words."""
    seen, expected = last_week(past)
    return text("brief.strait_line", lang, observed=i18n.number(seen), expected=i18n.number(expected))


def source_age(row: dict[str, Any], lang: str) -> str:
    """The age of a source beside its promise."""
    if row["age_days"] is None:
        return i18n.UNKNOWN
    if row["promised_days"] is None:
        return text("freshness.days", lang, n=row["age_days"])
    return text("freshness.age_of", lang, n=row["age_days"], promised=row["promised_days"])


def lots_line(night: date, lang: str) -> str | None:
    """How many lots were assessed, stand at level 2 or higher and are put forward; nothing where none was assessed."""
    counted = reading.lot_counts(night).to_pylist()
    if not counted:
        return None

    def number(*selections: str, least: int = 1) -> str:
        chosen = [
            row["n"] for row in counted if row["level"] >= least and (not selections or row["selection"] in selections)
        ]
        return i18n.number(sum(chosen))

    return text(
        "lot.lots_line",
        lang,
        assessed=number(),
        standing=number(least=reading.FIRST_ALERTING_LEVEL),
        ranked=number("rank"),
        explored=number("random", "uncertain"),
    )


def price_line(row: dict[str, Any], lang: str) -> str:
    """Declared price, reference and their ratio of a lot, in a few words.

    That there is no reference, where there is none.
    """
    key = "lot.price_line" if row["price_ratio"] is not None else "lot.price_alone"
    figures = {
        name: i18n.quantity(row[name], "usd_per_kg", lang) for name in ("price_usd_per_kg", "reference_usd_per_kg")
    }
    return text(key, lang, ratio=i18n.percent(row["price_ratio"]), **figures)
