"""What is forecast for an alert's subject, and how good such forecasts have been."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.table import table
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


def forecast_section(row: dict[str, Any], ahead: pa.Table, view: View) -> html.Section:
    """The published forecast month by month, and the record of every model beside it."""
    lang = view.lang
    title = html.H2(text("alert.forecast", lang))
    if not ahead.num_rows:
        return html.Section([title, notice.empty(text("alert.no_forecast", lang))], className="panel")
    months = ahead.to_pylist()
    model = codes.label("model", months[0]["model"], lang)
    spoken = [
        html.Li(
            text(
                "alert.forecast_of",
                lang,
                month=i18n.month(each["target_start"], lang),
                **{
                    key: i18n.quantity(each[name], each["unit"], lang)
                    for key, name in (("value", "expected"), ("lower", "lower"), ("upper", "upper"))
                },
            )
        )
        for each in months
    ]
    scores = reading.forecast_scores(view.night, row["subject_id"]).to_pylist()
    record = [score_table(scores, months[0]["unit"], lang)] if scores else []
    note = html.P(text("alert.forecast_note", lang, model=model), className="note")
    return html.Section([title, note, html.Ul(spoken, className="lines"), *record], className="panel")


def score_table(scores: list[dict[str, Any]], unit: str, lang: str) -> html.Div:
    """One line a model: its interval score, how often the truth fell into the interval, over how many forecasts."""
    columns = ("model", "interval_score", "coverage", "scored_n")
    rows = []
    for row in scores:
        name = codes.label("model", row["model"], lang)
        rows.append(
            [
                html.Strong(name) if row["is_published"] else name,
                i18n.quantity(row["interval_score"], unit, lang),
                i18n.percent(row["coverage"]),
                str(row["scored_n"]),
            ]
        )
    return table([names.column(c, lang) for c in columns], rows, numeric=(1, 2, 3))
