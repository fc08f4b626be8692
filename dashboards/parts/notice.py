"""What a page says when there is nothing to show, or something the reader must know first."""

from __future__ import annotations

from dash import dcc, html

from dashboards.i18n import text
from dashboards.view import View


def empty(words: str) -> html.P:
    """A place without rows: said, not left blank."""
    return html.P(words, className="empty")


def whole_page(title: str, *body: object) -> html.Main:
    """A page that is one message."""
    return html.Main([html.H1(title), *body], id="content", className="page message")


def no_night(view: View) -> html.Main:
    """The platform before its first night."""
    words = text("state.no_night", view.lang, command="make run")
    return whole_page(text("state.no_night_title", view.lang), html.P(words))


def missing(view: View) -> html.Main:
    """An address that names nothing."""
    return whole_page(
        text("state.not_found_title", view.lang),
        html.P(text("state.not_found", view.lang, path=view.path)),
        dcc.Link(text("state.back", view.lang), href=view.href("/")),
    )


def failed(lang: str, at: str) -> html.Main:
    """A page that could not be made; the log has the rest under the same time."""
    return whole_page(
        text("state.error_title", lang),
        html.P(text("state.error", lang, at=at)),
        dcc.Link(text("state.back", lang), href=f"/?lang={lang}"),
    )


def damaged(lang: str, damage: str) -> html.Main:
    """A page whose table is damaged: not one without rows."""
    return whole_page(
        text("state.damaged_title", lang),
        html.P(text("state.damaged", lang)),
        html.P(damage),
        dcc.Link(text("state.back", lang), href=f"/?lang={lang}"),
    )


def banner(kind: str, *body: object) -> html.Div:
    """A line above the page: `info` or `warn`."""
    return html.Div(
        [html.Span(className="banner-mark"), html.Span(list(body))], className=f"banner {kind}", role="status"
    )
