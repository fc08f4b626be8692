"""The night on one screen: how many at which level, what changed, what is most urgent, how fresh, how sound."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, kinds, sentences
from dashboards.i18n import text
from dashboards.parts import alert_list, notice, operations, sources
from dashboards.parts.level import mark
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

CHANGES = 8


def page(view: View) -> html.Main:
    """The overview of the night shown."""
    stored = kinds.of_night(view.night)
    changed = reading.changes(view.night, kinds.watched())
    beside = [section for kind in stored for section in kind.panel_beside(view)]
    return html.Main(
        [
            html.Div(
                [
                    html.H1(text("overview.title", view.lang, night=i18n.full_date(view.night, view.lang))),
                    html.P(sentences.lead(view.night, changed, kinds.watched(), view.lang), className="lead"),
                ],
                className="page-head",
            ),
            level_tiles(view),
            html.Div(
                [
                    html.Div([section for kind in stored for section in kind.panel(view)], className="column"),
                    html.Div([change_section(changed, view), *beside], className="column"),
                    html.Div([source_section(view), run_section(view)], className="column side"),
                ],
                className="columns",
            ),
        ],
        id="content",
        className="page",
    )


def level_tiles(view: View) -> html.Ul:
    """Subjects at each level, the highest first, and the difference to the night before."""
    watched = kinds.watched()
    counts = reading.level_counts(view.night, watched)
    before = reading.previous_night(view.night)
    earlier = reading.level_counts(before, watched) if before else None
    tiles = []
    for level in range(5, 0, -1):
        parts = [
            html.Div([mark(level, 18), html.Span(codes.label("level", level, view.lang))], className="tile-name"),
            html.Div(f"{counts[level]:,}", className="tile-count"),
        ]
        if earlier is not None:
            parts.append(
                html.Div(sentences.difference(counts[level] - earlier[level], view.lang), className="tile-change")
            )
        tiles.append(html.Li(parts, className=f"tile level-{level}"))
    return html.Ul(tiles, className="tiles", **{"aria-label": text("overview.levels", view.lang)})


def change_section(changed: list[dict[str, Any]], view: View) -> html.Section:
    """What happened since the night before."""
    before = reading.previous_night(view.night)
    if before is None:
        title, body = text("overview.changes_plain", view.lang), notice.empty(text("state.first_night", view.lang))
    else:
        day = i18n.full_date(before, view.lang)
        title = text("overview.changes", view.lang, previous=day)
        none = notice.empty(text("state.no_changes", view.lang, night=day))
        body = alert_list.change_list(changed[:CHANGES], view, kinds.subject) if changed else none
    return html.Section([html.H2(title), body], className="panel")


def source_section(view: View) -> html.Section:
    """The age of every source."""
    rows = reading.freshness(view.night).to_pylist()
    body = sources.source_table(rows, view) if rows else notice.empty(text("state.no_rows", view.lang))
    return html.Section([html.H2(text("overview.freshness", view.lang)), body], className="panel")


def run_section(view: View) -> html.Section:
    """The night's run and its quality gate."""
    runs = reading.last_runs(view.night).to_pylist()
    lines = operations.run_lines(runs, view) if runs else [html.Li(text("run.never", view.lang))]
    lines += operations.quality_lines(reading.quality(view.night).to_pylist(), view)
    return html.Section(
        [html.H2(text("overview.run", view.lang)), html.Ul(lines, className="lines")], className="panel"
    )
