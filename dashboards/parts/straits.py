"""The chokepoints side by side."""

from __future__ import annotations

import pyarrow as pa
from dash import html

from dashboards import i18n
from dashboards.figures import sparkline, svg
from dashboards.parts.level import badge
from dashboards.view import View
from jobs.contracts import codes

WEEK = 7


def last_week(past: pa.Table) -> tuple[float | None, float | None]:
    """Mean ships a day and mean expectation over the newest seven days."""
    recent = past.slice(max(0, past.num_rows - WEEK))
    means = []
    for name in ("observed", "expected"):
        known = [v for v in recent[name].to_pylist() if v is not None]
        means.append(sum(known) / len(known) if known else None)
    return means[0], means[1]


def strait_line(past: pa.Table, lang: str) -> str:
    """The newest week of a chokepoint in words."""
    seen, expected = last_week(past)
    return i18n.text(
        "brief.strait_line", lang, observed=i18n.number(seen, lang, 0), expected=i18n.number(expected, lang, 0)
    )


def strait_strip(past: dict[str, pa.Table], levels: dict[str, int], view: View) -> html.Div:
    """One card a chokepoint: name, level, last 120 days, the newest week against what is expected."""
    cards = []
    for subject_id, days in past.items():
        name = codes.label("strait", subject_id.split("=", 1)[-1], view.lang)
        level = levels.get(subject_id, 1)
        picture = sparkline.figure(days, lang=view.lang, level=level, width=300, height=56)
        alt = i18n.text("brief.history_alt", view.lang, subject=name)
        cards.append(
            html.Div([
                html.Div([html.Strong(name), badge(level, view.lang)], className="strait-head"),
                html.Img(src=svg.as_image(picture, alt=alt), alt=alt),
                html.P(strait_line(days, view.lang)),
            ], className="strait")
        )  # fmt: skip
    return html.Div(cards, className="straits")
