"""How fresh every source is against what its contract promises."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.parts.table import table
from dashboards.view import View
from jobs.contracts import codes


def age(row: dict[str, Any], lang: str) -> str:
    """The age of a source beside its promise."""
    if row["age_days"] is None:
        return i18n.UNKNOWN
    if row["promised_days"] is None:
        return i18n.text("freshness.days", lang, n=row["age_days"])
    return i18n.text("freshness.age_of", lang, n=row["age_days"], promised=row["promised_days"])


def state(row: dict[str, Any], lang: str) -> html.Span:
    """In time, late or missing: a mark and a word."""
    return html.Span(codes.label("status", row["status"], lang), className=f"state {row['status']}")


def newest(row: dict[str, Any], lang: str) -> str:
    """The newest period a source holds."""
    return i18n.text("state.absent", lang) if row["last_period"] is None else f"{row['last_period']:%Y-%m-%d}"


def source_table(rows: list[dict[str, Any]], view: View) -> html.Div:
    """One line a source."""
    head = [i18n.text(f"freshness.{name}", view.lang) for name in ("source", "last", "age", "status")]
    body = [
        [names.source(row["source"], view.lang), newest(row, view.lang), age(row, view.lang), state(row, view.lang)]
        for row in rows
    ]
    return table(head, body, numeric=(2,), caption=i18n.text("overview.freshness", view.lang))
