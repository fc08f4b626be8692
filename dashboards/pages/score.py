"""How good the warnings are: planted cuts found at equal alarm rates, ours against naive rules, and known cases."""

from __future__ import annotations

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.figures import detection as curves
from dashboards.i18n import text
from dashboards.parts import detection, known_cases, notice
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, table
from dashboards.view import View
from jobs import reading

COLUMNS = ("group_id", "measure", "rule", "depth", "alarm_rate", "threshold", "value", "lower", "upper", "sample_n")
MEANINGS = ("means_alarm", "means_cut", "means_interval", "means_left_out", "means_pseudo", "means_scope")


def page(view: View) -> html.Main:
    """The newest back-test: what it says in words, then every figure it rests on."""
    lang, rows = view.lang, reading.backtest()
    points = detection.read_points(rows)
    if not points:
        words = text("score.none", lang, command="python -m jobs backtest supply_chain")
        return html.Main([html.H1(text("score.title", lang)), notice.empty(words)], id="content", className="page")
    night, cuts = rows["night"][0].as_py(), next(iter(points.values()))["sample_n"]
    stated = [detection.shortfalls(points, lang), detection.best_settings(rows, lang), detection.reach(rows, lang)]
    head = html.Div(
        [
            html.H1(text("score.title", lang)),
            html.P(detection.headline(points, lang), className="sentence"),
            html.P(" ".join(filter(None, stated)), className="lead"),
            html.P(text("score.lead", lang, night=i18n.full_date(night, lang), cuts=cuts), className="note"),
        ],
        className="page-head",
    )
    left_out = detection.read_points(rows, "leave_one_hs6_out")
    table_note = html.P(text("score.points_note", lang), className="note")
    return html.Main(
        [
            head,
            panel("curves", lang, html.Div(drawn(rows, points, lang), className="table-frame", tabIndex=0)),
            panel(
                "points",
                lang,
                table_note,
                detection.point_table(points, left_out, lang),
                behind(text("score.gated", lang), every_figure(rows, "group_id in ('all', 'leave_one_hs6_out')", lang)),
            ),
            html.Div(
                [
                    panel("events", lang, known_cases.event_table(rows, lang)),
                    panel("controls", lang, *known_cases.control_part(rows, lang)),
                ],
                className="halves",
            ),
            panel(
                "meaning",
                lang,
                html.Ul([html.Li(text(f"score.{each}", lang)) for each in MEANINGS], className="meanings"),
            ),
        ],
        id="content",
        className="page",
    )


def panel(name: str, lang: str, *body: object) -> html.Section:
    """A titled part of the page."""
    return html.Section([html.H2(text(f"score.{name}", lang)), *body], className="panel")


def drawn(rows: pa.Table, points: detection.Points, lang: str) -> html.Div:
    """The three charts, told in words to those who do not see them; wide enough to be read on any screen."""
    alt = detection.headline(points, lang)
    return html.Div(chart(curves.figure(rows, lang=lang), alt=alt, name="detection", lang=lang), className="wide")


def every_figure(rows: pa.Table, which: str, lang: str) -> html.Div:
    """Figures as they came out, one a row."""
    result = reading.ask(
        f"select * from rows where {which} order by group_id, measure, depth desc, alarm_rate, rule", rows=rows
    )
    body = [
        [
            text(f"score.group_{row['group_id']}", lang),
            names.measure(row["measure"], lang),
            names.rule(row["rule"], lang),
            i18n.percent(row["depth"], 0),
            str(row["alarm_rate"]),
            *(i18n.number(row[c], 3) for c in COLUMNS[5:9]),
            str(row["sample_n"]),
        ]
        for row in result.to_pylist()
    ]
    return table([names.column(c, lang) for c in COLUMNS], body, numeric=range(3, 10))
