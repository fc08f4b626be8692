"""The chokepoints side by side, on the screen and on the printed page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from dash import html
from markupsafe import Markup

from dashboards import i18n
from dashboards.figures import sparkline, svg
from dashboards.i18n import text
from dashboards.parts import notice, printed
from dashboards.parts.level import badge
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

WEEK = 7


def section(standing: list[dict[str, Any]], view: View) -> html.Section:
    """The chokepoints, each at the level of its alert."""
    past = reading.straits(view.night)
    title = html.H2(text("overview.straits", view.lang))
    if not past:
        return html.Section([title, notice.empty(text("state.no_rows", view.lang))], className="panel")
    note = html.P(text("overview.straits_note", view.lang), className="note")
    return html.Section([title, strait_strip(past, strait_levels(standing), view), note], className="panel")


def strait_levels(standing: list[dict[str, Any]]) -> dict[str, int]:
    """Levels of the chokepoints that have an alert, by their subject ids."""
    return {row["subject_id"]: row["level"] for row in standing if row["subject_kind"] == "strait"}


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
    return text("brief.strait_line", lang, observed=i18n.number(seen), expected=i18n.number(expected))


def printed_blocks(standing: list[dict[str, Any]], night: date, lang: str) -> list[printed.Block]:
    """The chokepoints on a printed page: the newest week and the last 120 days."""
    levels = strait_levels(standing)
    lines = []
    for subject_id, days in reading.straits(night).items():
        name = codes.label("strait", subject_id.split("=", 1)[-1], lang)
        level = levels.get(subject_id, 1)
        alt = text("brief.history_alt", lang, subject=name)
        drawn = Markup(svg.draw(sparkline.figure(days, lang=lang, level=level), alt=alt))
        label = Markup("{}{}").format(printed.mark(level), name)
        lines.append([("name", label), ("", strait_line(days, lang)), ("right spark", drawn)])
    return [printed.Block(title=text("brief.straits", lang), rows=lines)] if lines else []


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
                            html.P(strait_line(days, view.lang)),
                        ]
                    ),
                    html.Img(src=svg.as_image(picture, alt=alt), alt=alt),
                ],
                className="strait",
            )
        )
    return html.Div(lines, className="straits")
