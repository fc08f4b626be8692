"""How good the warnings are: the newest back-test of each kind that has one."""

from __future__ import annotations

from dash import html

from dashboards import kinds
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.view import View
from jobs.contracts import codes


def page(view: View) -> html.Main:
    """What the back-tests say, kind by kind; the command that makes one, where there is none."""
    lang = view.lang
    title = html.H1(text("score.title", lang))
    scored = [(each.name, parts) for each in kinds.every() if (parts := each.score(view)) is not None]
    if not scored:
        words = text("score.none", lang, command=f"python -m jobs backtest {kinds.every()[0].name}")
        return html.Main([title, notice.empty(words)], id="content", className="page")
    body: list[object] = []
    for place, (name, (head, sections)) in enumerate(scored):
        first = html.H2(codes.label("kind", name, lang)) if place else title
        body += [html.Div([first, *head], className="page-head"), *sections]
    return html.Main(body, id="content", className="page")
