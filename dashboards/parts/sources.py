"""How fresh every source is against what its contract promises."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names, sentences
from dashboards.parts.table import table
from dashboards.view import View
from jobs.contracts import codes


def state(row: dict[str, Any], lang: str) -> html.Span:
    """In time, late, or never delivered here, which is no fault: a mark and a word."""
    return html.Span(codes.label("status", row["status"], lang), className=f"state {row['status']}")


def reason(row: dict[str, Any], lang: str) -> list[html.P]:
    """Why a delivery of the source could not be taken and what to do; nothing where none was set aside."""
    said = row[f"reason_{lang}"]
    if not said:
        return []
    since = i18n.text("freshness.since", lang, day=i18n.full_date(row["set_aside_at"].date(), lang))
    return [html.P(f"{said} {since}", className="note")]


def newest(row: dict[str, Any], lang: str) -> str:
    """The newest period a source holds."""
    day = i18n.text("state.absent", lang) if row["last_period"] is None else i18n.full_date(row["last_period"], lang)
    return f"{i18n.text('freshness.last', lang)}: {day}"


def source_table(rows: list[dict[str, Any]], view: View) -> html.Div:
    """One line a source."""
    head = [i18n.text(f"freshness.{name}", view.lang) for name in ("source", "age", "status")]
    body = [
        [
            names.source(row["source"], view.lang),
            html.Span(sentences.source_age(row, view.lang), title=newest(row, view.lang)),
            html.Div([state(row, view.lang), *reason(row, view.lang)]),
        ]
        for row in rows
    ]
    return table(head, body, numeric=(1,), caption=i18n.text("overview.freshness", view.lang))
