"""What happened to an item, a strait or a port: its history with the interval, as a chart, a table and a file."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.figures import history as history_figure
from dashboards.i18n import text
from dashboards.kinds.supply_chain import words
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, table
from dashboards.view import View
from jobs import contracts


def what_happened(row: dict[str, Any], past: pa.Table, ahead: pa.Table, view: View) -> html.Section:
    """The history with its interval and the forecast, its figures as a table and as CSV."""
    lang, daily = view.lang, words.is_daily(row)
    title = html.H2(text("alert.history", lang))
    if not past.num_rows:
        return html.Section([title, notice.empty(text("alert.no_history", lang))], className="panel")
    newest = past.slice(past.num_rows - 1).to_pylist()[0]
    alt = text(
        "alert.history_alt",
        lang,
        subject=words.subject(row, lang),
        n=past.num_rows,
        last=i18n.quantity(newest["observed"], newest["unit"], lang),
        expected=i18n.quantity(newest["expected"], newest["unit"], lang),
    )
    note = text("alert.history_note_day" if daily else "alert.history_note_month", lang, night=view.night)
    download = html.A(
        text("alert.download", lang), href=view.href(f"/download/alert/{row['alert_id']}.csv", night=view.night)
    )
    return html.Section(
        [
            html.Div([title, download], className="panel-head"),
            html.P(note, className="note"),
            chart(history_figure.figure(past, ahead, lang=lang), alt=alt, name=f"alert_{row['alert_id']}", lang=lang),
            behind(text("alert.table", lang), history_table(past, daily, lang)),
            html.P([html.Strong(text("alert.know", lang)), " ", caveat(daily, lang)], className="note"),
        ],
        className="panel",
    )


def caveat(daily: bool, lang: str) -> str:
    """What the contract of the source table says a reader should know."""
    notes = [contracts.table("gold.transport_day" if daily else "silver.trade_month").notes]
    return " ".join(getattr(each, lang) for each in notes if each)


def history_table(past: pa.Table, daily: bool, lang: str) -> html.Div:
    """The chart's figures, the newest first."""
    columns = ("observed", "expected", "lower", "upper")
    head = [text("download.period", lang), *(names.column(c, lang) for c in (*columns, "p_value", "level"))]
    rows = [
        [
            i18n.period(row["period_start"], lang, daily),
            *(i18n.quantity(row[c], row["unit"], lang) for c in columns),
            i18n.p_value(row["p_value"]),
            i18n.UNKNOWN if row["level"] is None else str(row["level"]),
        ]
        for row in reversed(past.to_pylist())
    ]
    return table(head, rows, numeric=range(1, 7))
