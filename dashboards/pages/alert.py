"""One alert: what happened, how sure, why this level, what else is known, from which records, how to repeat it."""

from __future__ import annotations

import shlex
from typing import Any

from dash import dcc, html

from dashboards import kinds, names, sentences
from dashboards.i18n import text
from dashboards.parts import conditions, evidence, notice, sources
from dashboards.parts.level import badge
from dashboards.parts.table import facts
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


def page(view: View, alert_id: str) -> html.Main:
    """The alert as it stood on the night shown."""
    row = reading.find_alert(view.night, alert_id)
    if row is None:
        return absent(view, alert_id)
    asked = kinds.kind(row["kind"])
    return html.Main(
        [
            head(row, view),
            *asked.opening(row, view),
            conditions.condition_boxes(conditions.of_alert(row, view.lang), view.lang),
            *asked.sections(row, view),
            evidence.section(row, view),
            reproduction(row, view),
        ],
        id="content",
        className="page",
    )


def absent(view: View, alert_id: str) -> html.Main:
    """An id this night does not know, with the nights that do."""
    known = [html.Li(dcc.Link(str(night), href=view.href(night=night))) for night in reading.alert_nights(alert_id)]
    more = [html.P(text("state.alert_other_nights", view.lang)), html.Ul(known)] if known else []
    words = text("state.alert_absent", view.lang, night=view.night, alert=alert_id)
    back = dcc.Link(text("state.back", view.lang), href=view.href("/"))
    return notice.whole_page(text("state.alert_absent_title", view.lang), html.P(words), *more, back)


def head(row: dict[str, Any], view: View) -> html.Div:
    """Level, subject, sentence and the facts a reader asks for first."""
    lang = view.lang
    title = kinds.subject(row, lang, in_full=True)
    item_link = [dcc.Link(f"HS {row['hs_code']}", href=view.href(f"/hs/{row['hs_code']}"))] if row["hs_code"] else []
    levels = [badge(row["level"], lang), *levels_beside(row, lang)]
    return html.Div(
        [
            html.Div([html.Span(codes.label("kind", row["kind"], lang)), *item_link], className="crumbs"),
            html.Div(levels, className="levels"),
            html.H1(title),
            html.P(row[f"sentence_{lang}"], className="sentence"),
            *sources.resting_on_late(row, view),
            facts(kinds.kind(row["kind"]).facts(row, lang)),
        ],
        className="page-head",
    )


def levels_beside(row: dict[str, Any], lang: str) -> list[html.Span]:
    """Levels of other views of the subject, such as the period before, where they differ."""
    return [
        html.Span(text(key, lang, level=sentences.level_name(level, lang)), className="note")
        for key, level in kinds.kind(row["kind"]).levels_beside(row)
        if level != row["level"]
    ]


def reproduction(row: dict[str, Any], view: View) -> html.Section:
    """Versions, permanent address and the command that makes the alert again."""
    lang = view.lang
    command = f"python -m jobs replay {shlex.quote(row['alert_id'])} --night {view.night}"
    pairs = [
        (names.column(c, lang), html.Code(str(row[c])))
        for c in ("alert_id", "night", "rules_version", "code_version", "run_id", "content_hash")
    ]
    pairs += [
        (text("alert.permalink", lang), html.A(view.permalink(), href=view.permalink(), id="permalink")),
        (text("alert.replay", lang), html.Code(command, className="command")),
    ]
    return html.Section([html.H2(text("alert.reproduce", lang)), facts(pairs)], className="panel versions")
