"""Alerts in order of urgency, each with its sentence and its recent past."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pyarrow as pa
from dash import dcc, html

from dashboards import i18n
from dashboards.figures import sparkline, svg
from dashboards.parts.level import badge
from dashboards.view import View
from jobs import reading

Row = dict[str, Any]


class Naming(Protocol):
    """How a kind of alert names its subjects and their periods."""

    def subject(self, row: Row, lang: str) -> str: ...

    def is_daily(self, row: Row) -> bool: ...


def alert_list(rows: list[Row], past: dict[str, pa.Table], view: View, kind: Naming) -> html.Ol:
    """One line an alert of one kind: rank, level, subject, sentence, sparkline."""
    return html.Ol([alert_line(row, past.get(row["subject_id"]), view, kind) for row in rows], className="alert-list")


def alert_line(row: Row, past: pa.Table | None, view: View, kind: Naming) -> html.Li:
    """One alert with a link to its page."""
    title = kind.subject(row, view.lang)
    link = dcc.Link(title, href=view.href(f"/alert/{row['alert_id']}"), className="alert-subject")
    period = i18n.period(row["period_start"], view.lang, kind.is_daily(row))
    words = [html.Div([badge(row["level"], view.lang), link]), html.P(row[f"sentence_{view.lang}"])]
    return html.Li(
        [
            html.Span(str(row["rank"]), className="rank"),
            html.Div(words, className="alert-words"),
            html.Div(
                [
                    spark(past if past is not None else reading.empty_history(), row["level"], title, view.lang),
                    html.Span(period, className="spark-period"),
                ],
                className="spark",
            ),
        ]
    )


def spark(past: pa.Table, level: int, title: str, lang: str) -> html.Img:
    """The subject's recent past as a small picture."""
    alt = i18n.text("brief.history_alt", lang, subject=title)
    return html.Img(src=svg.as_image(sparkline.figure(past, lang=lang, level=level), alt=alt), alt=alt)


def change_list(rows: list[Row], view: View, subject: Callable[[Row, str], str]) -> html.Ul:
    """What happened to each alert since the night before."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(i18n.text(f"change.{row['change']}", view.lang), className=f"change {row['change']}"),
                    html.Div(
                        [
                            dcc.Link(subject(row, view.lang), href=change_address(row, view)),
                            html.Span(
                                [badge(row["level_before"], view.lang), html.Span("→"), badge(row["level"], view.lang)],
                                className="step",
                            ),
                        ]
                    ),
                ]
            )
            for row in rows
        ],
        className="changes",
    )


def change_address(row: Row, view: View) -> str:
    """The alert's page; a cleared one is shown on the last night that knew it."""
    return view.href(f"/alert/{row['alert_id']}", night=None if row["night"] == view.night else row["night"])


def alert_links(rows: list[Row], view: View, subject: Callable[[Row, str], str]) -> html.Ul:
    """Alerts as a list of links with their levels."""
    return html.Ul(
        [
            html.Li(
                [
                    badge(row["level"], view.lang),
                    " ",
                    dcc.Link(subject(row, view.lang), href=view.href(f"/alert/{row['alert_id']}")),
                ]
            )
            for row in rows
        ],
        className="lines",
    )
