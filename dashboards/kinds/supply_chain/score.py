"""How good the warnings are: planted cuts detected at equal alarm rates, ours against naive rules, and known cases."""

from __future__ import annotations

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.supply_chain import detection, known_cases
from dashboards.kinds.supply_chain import detection_figure as curves
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, table
from jobs import reading

COLUMNS = ("group_id", "measure", "rule", "depth", "alarm_rate", "threshold", "value", "lower", "upper", "sample_n")
MEANINGS = ("means_alarm", "means_cut", "means_interval", "means_left_out", "means_pseudo", "means_scope")


def parts(rows: pa.Table, lang: str) -> tuple[list[object], list[object]] | None:
    """A back-test in words, then every figure it rests on; nothing where it has none."""
    points = detection.read_points(rows)
    if not points:
        return None
    night, cuts = rows["night"][0].as_py(), next(iter(points.values()))["sample_n"]
    stated = [detection.shortfalls(points, lang), detection.best_settings(rows, lang), detection.reach(rows, lang)]
    head = [
        html.P(detection.headline(points, lang), className="sentence"),
        html.P(" ".join(filter(None, stated)), className="lead"),
        html.P(text("score.lead", lang, night=i18n.full_date(night, lang), cuts=cuts), className="note"),
    ]
    meanings = html.Ul([html.Li(text(f"score.{each}", lang)) for each in MEANINGS], className="meanings")
    cases = [
        panel("events", lang, known_cases.event_table(rows, lang)),
        panel("controls", lang, *known_cases.control_part(rows, lang)),
    ]
    return head, [
        panel("curves", lang, html.Div(drawn(rows, points, lang), className="table-frame", tabIndex=0)),
        point_panel(rows, points, lang),
        html.Div(cases, className="halves"),
        panel("meaning", lang, meanings),
    ]


def point_panel(rows: pa.Table, points: detection.Points, lang: str) -> html.Section:
    """The three rates compared as a table, and every figure behind a fold."""
    left_out = detection.read_points(rows, "leave_one_hs6_out")
    return panel(
        "points",
        lang,
        html.P(text("score.points_note", lang), className="note"),
        detection.point_table(points, left_out, lang),
        behind(text("score.gated", lang), every_figure(rows, "group_id in ('all', 'leave_one_hs6_out')", lang)),
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
