"""How good the warnings are: planted cuts found at equal alarm rates, ours against naive rules."""

from __future__ import annotations

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.figures import curve
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, table
from dashboards.view import View
from jobs import reading

COLUMNS = ("measure", "group_id", "rule", "depth", "alarm_rate", "value", "lower", "upper", "sample_n")


def page(view: View) -> html.Main:
    """The newest back-test, every figure of it."""
    lang, rows = view.lang, reading.backtest()
    title = html.H1(text("score.title", lang))
    if not rows.num_rows:
        words = text("score.none", lang, command="python -m jobs backtest supply_chain")
        return html.Main([title, notice.empty(words)], id="content", className="page")
    curves = [html.Section([html.H2(name), chart(curve.figure(part, lang=lang), alt=name, name="score", lang=lang)], className="panel")
              for name, part in split_curves(rows, lang)]  # fmt: skip
    head = html.Div([title, html.P(text("score.lead", lang), className="lead")], className="page-head")
    every = behind(text("score.table", lang), figure_table(rows, lang))
    note = html.P(text("score.pseudo", lang), className="note")
    return html.Main([head, html.Div(curves, className="thirds"), html.Section([every, note], className="panel")],
                     id="content", className="page")  # fmt: skip


def split_curves(rows: pa.Table, lang: str) -> list[tuple[str, pa.Table]]:
    """One curve for each measure, group and depth that was measured at several alarm rates."""
    kinds = reading.ask(
        """select measure, group_id, depth from rows group by all having count(distinct alarm_rate) > 1
           order by measure, group_id, depth desc""", rows=rows,
    ).to_pylist()  # fmt: skip
    found = []
    for kind in kinds:
        part = reading.ask(
            "select * from rows where measure = ? and group_id = ? and depth = ?", list(kind.values()), rows=rows
        )
        name = text("score.curve", lang, measure=names.reason(kind["measure"], lang), group=kind["group_id"],
                    depth=i18n.percent(kind["depth"], lang))  # fmt: skip
        found.append((name, part))
    return found


def figure_table(rows: pa.Table, lang: str) -> html.Div:
    """Every figure as it came out."""
    body = [
        [
            row["measure"],
            row["group_id"],
            row["rule"],
            *(i18n.number(row[c], lang, 3) for c in COLUMNS[3:8]),
            str(row["sample_n"]),
        ]
        for row in rows.to_pylist()
    ]
    return table([names.column(c, lang) for c in COLUMNS], body, numeric=range(3, 9))
