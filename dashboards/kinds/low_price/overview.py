"""The night's alerts on lots in brief: how many lots were assessed, how many go to inspection, the most urgent."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import dcc, html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import words
from dashboards.parts import alert_list, notice
from dashboards.parts.level import badge
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

TOP = 5


def section(view: View, kind: str) -> list[html.Section]:
    """The panel of the overview; nothing on a night that assessed no declaration."""
    lang, night = view.lang, view.night
    line = words.lots_line(night, lang)
    if line is None:
        return []
    rows = reading.alerts(night, kind).to_pylist()
    every = dcc.Link(text("overview.all", lang, n=len(rows)), href=view.href(f"/alerts/{kind}"))
    head = html.Div([html.H2(text("lot.alerts", lang)), every], className="panel-head")
    shown = rows[:TOP]
    past = reading.lot_histories(night, [words.lot_key(row["subject_id"]) for row in shown])
    body = html.Ol([lot_line(row, past, view) for row in shown], className="alert-list")
    none = notice.empty(text("lot.no_alerts", lang))
    return [html.Section([head, html.P(line, className="note"), body if shown else none], className="panel")]


def lot_line(row: dict[str, Any], past: dict[tuple[str, int], pa.Table], view: View) -> html.Li:
    """One lot: rank, level, what it is, its sentence, its price below the band of its market, the duty at stake."""
    lang = view.lang
    values = {"item": words.goods(row["hs_code"], lang), "country": names.country(row["partner_country"], lang)}
    title = text("subject.item_origin", lang, **values)
    link = dcc.Link(
        title, title=words.subject(row, lang), href=view.href(f"/alert/{row['alert_id']}"), className="alert-subject"
    )
    result = past.get(words.lot_key(row["subject_id"]))
    is_drawn = result is not None and result.num_rows > 1  # the market's path is kept where a lot stands at level 2
    picture = [alert_list.spark(result, row["level"], title, lang)] if is_drawn else []
    beside = f"{i18n.won(row['stake_krw'], lang)} · {codes.label('selection', row['selection'], lang)}"
    return html.Li(
        [
            html.Span(str(row["rank"]), className="rank"),
            html.Div(
                [html.Div([badge(row["level"], lang), link]), html.P(row[f"sentence_{lang}"])], className="alert-words"
            ),
            html.Div([*picture, html.Span(beside, className="spark-period")], className="spark"),
        ]
    )
