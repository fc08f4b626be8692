"""The chokepoints side by side."""

from __future__ import annotations

import pyarrow as pa
from dash import html

from dashboards import i18n, sentences
from dashboards.figures import sparkline, svg
from dashboards.parts.level import badge
from dashboards.view import View
from jobs.contracts import codes


def strait_strip(past: dict[str, pa.Table], levels: dict[str, int], view: View) -> html.Div:
    """One line a chokepoint: name, level, last 120 days, the newest week against what is expected."""
    lines = []
    for subject_id, days in past.items():
        name = codes.label("strait", subject_id.split("=", 1)[-1], view.lang)
        level = levels.get(subject_id, 1)
        picture = sparkline.figure(days, lang=view.lang, level=level, width=168, height=44)
        alt = i18n.text("brief.history_alt", view.lang, subject=name)
        lines.append(
            html.Div(
                [
                    html.Div(
                        [
                            html.Div([html.Strong(name), badge(level, view.lang)], className="strait-head"),
                            html.P(sentences.strait_line(days, view.lang)),
                        ]
                    ),
                    html.Img(src=svg.as_image(picture, alt=alt), alt=alt),
                ],
                className="strait",
            )
        )
    return html.Div(lines, className="straits")
