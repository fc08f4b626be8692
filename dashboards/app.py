"""The dashboard's server: `python -m dashboards.app`, or `gunicorn 'dashboards.app:server()'`."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, callback, clientside_callback, dcc, html, no_update
from flask import Flask, request

from dashboards import downloads, guard, i18n, shell
from dashboards.i18n import LANGUAGES, phrases, text
from dashboards.pages import make_page
from dashboards.parts import notice
from dashboards.view import read_language, read_view
from jobs import contracts, reading
from jobs.contracts import codes
from jobs.settings import settings

HOST = "127.0.0.1"
log = logging.getLogger(__name__)

INDEX = """<!DOCTYPE html>
<html lang="{lang}">
  <head>{metas}<title>{title}</title>{favicon}{css}</head>
  <body>{app_entry}{config}{scripts}{renderer}</body>
</html>"""

FOLLOW_LANGUAGE = """
function (screen, title, lang) {
  if (lang) { document.documentElement.lang = lang; }
  if (title) { document.title = title; }
  return window.dash_clientside.no_update;
}
"""


class LocalDash(Dash):
    """A Dash whose first answer is already in the language its address asks for."""

    def interpolate_index(self, **parts: str) -> str:
        lang = read_language(request.query_string.decode("ascii", "replace"))
        return INDEX.format(**{**parts, "title": text("app.name", lang), "lang": lang})


def create_app() -> Dash:
    """The application; it reads the lake named by the settings at every request."""
    app = LocalDash(
        __name__,
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title="",
        title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = layout
    register_callbacks()
    guard.register(app)
    downloads.register(app.server)
    warm_up()
    return app


def warm_up() -> None:
    """Load what the first reader would otherwise wait for: words, names of items and countries, contracts."""
    contracts.tables()
    for lang in LANGUAGES:
        codes.label("country", "KR", lang)
        phrases(lang)
    codes.nomenclature()


def layout() -> dmc.MantineProvider:
    """The empty frame that the address fills."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="lang"),
            dcc.Store(id="title"),
            html.Div(id="titled"),
            dcc.Loading(html.Div(id="screen", className="screen"), delay_show=400, color="#12446e", type="dot"),
        ],
        forceColorScheme="light",
        theme={"fontFamily": "inherit", "primaryColor": "blue"},
    )


def register_callbacks() -> None:
    """The address fills the screen; choosing a night changes the address."""

    @callback(
        Output("screen", "children"),
        Output("title", "data"),
        Output("lang", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
    )
    def show(pathname: str | None, search: str | None) -> tuple[object, str, str]:
        return make_screen(pathname, search)

    @callback(
        Output("url", "search"),
        Input("night", "value"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def choose_night(value: str | None, pathname: str | None, search: str | None) -> object:
        view = read_view(pathname, search)
        if not value or view.night is None or value == view.night.isoformat():
            return no_update
        return "?" + view.href(night=date.fromisoformat(value)).split("?", 1)[1]

    clientside_callback(
        FOLLOW_LANGUAGE,
        Output("titled", "children"),
        Input("screen", "children"),
        Input("title", "data"),
        Input("lang", "data"),
    )


def make_screen(pathname: str | None, search: str | None) -> tuple[object, str, str]:
    """What an address shows, its title and its language: a page, or why there is none."""
    lang = read_language(search)
    try:
        view = read_view(pathname, search)
        page = make_page(view)
        title = text("app.title", lang, page=heading(page))
        return shell.frame(view, page), title, lang
    except Exception as error:
        at = i18n.clock(datetime.now(UTC))
        log.exception("page %s%s could not be made (%s)", pathname, search, at)
        damage = reading.said_of_damage(error, lang)
        page = notice.failed(lang, at) if damage is None else notice.damaged(lang, damage)
        return page, text("app.name", lang), lang


def heading(page: html.Main) -> str:
    """The words of a page's first heading."""
    for part in page._traverse():
        if isinstance(part, html.H1):
            return str(part.children)
    return ""


def server() -> Flask:
    """The WSGI application, for gunicorn."""
    result: Flask = create_app().server
    return result


def main() -> None:
    """Serve on this machine only."""
    logging.basicConfig(level=logging.INFO)
    create_app().run(host=HOST, port=settings().port, debug=False)


if __name__ == "__main__":
    main()
