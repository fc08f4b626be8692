"""How fresh every source is against what its contract promises."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names, sentences
from dashboards.parts import notice
from dashboards.parts.table import table
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

REASONS_SHOWN = 3


def state(row: dict[str, Any], lang: str) -> html.Span:
    """In time, late, or never delivered here, which is no fault: a mark and a word."""
    return html.Span(codes.label("status", row["status"], lang), className=f"state {row['status']}")


def why(row: dict[str, Any], lang: str) -> str:
    """Why a delivery of the source could not be taken, what to do, and since when; nothing where none was set aside."""
    said = row[f"reason_{lang}"]
    if not said:
        return ""
    since = i18n.text("freshness.since", lang, day=i18n.full_date(i18n.local(row["set_aside_at"]).date(), lang))
    return f"{said} {since}"


def reason(row: dict[str, Any], lang: str) -> list[html.P]:
    """The same as a paragraph."""
    said = why(row, lang)
    return [html.P(said, className="note")] if said else []


def late_banners(view: View) -> list[html.Div]:
    """Above every page: which sources are late, and of those of which a delivery was set aside why, and what to do."""
    late = late_sources(view)
    if not late:
        return []
    listed = ", ".join(names.source(row["source"], view.lang) for row in late)
    stopped = [
        html.Li([html.Strong(names.source(row["source"], view.lang)), f": {said}"])
        for row in late
        if (said := why(row, view.lang))
    ]
    more = stopped[REASONS_SHOWN:]
    body: list[object] = [i18n.text("banner.stale", view.lang, sources=listed)]
    body += [html.Ul(stopped[:REASONS_SHOWN])] if stopped else []
    if more:
        body.append(html.Details([html.Summary(i18n.text("banner.more", view.lang, n=len(more))), html.Ul(more)]))
    return [notice.banner("warn", *body)]


def late_sources(view: View) -> list[dict[str, Any]]:
    """Rows of gold.freshness of the sources that are late on the night shown."""
    return [row for row in reading.freshness(view.night).to_pylist() if row["status"] == "late"]


def resting_on_late(row: dict[str, Any], view: View) -> list[html.P]:
    """What an alert says of the late sources that it rests on; nothing where it rests on none."""
    sources = reading.sources_of(view.night, row)
    late = [names.source(each["source"], view.lang) for each in late_sources(view) if each["source"] in sources]
    words = i18n.text("alert.rests_on_late", view.lang, sources=", ".join(late))
    return [html.P(words, className="note late-note")] if late else []


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
