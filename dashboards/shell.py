"""What stands around every page: name, navigation, language, night, banners, and which versions one sees."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import i18n
from dashboards.i18n import text
from dashboards.parts import notice, operations, sources
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

PAGES = {"overview": "/", "alerts": "/alerts", "score": "/score"}


def frame(view: View, page: object) -> html.Div:
    """The whole screen: header, banners, the page, footer."""
    return html.Div(
        [
            html.A(text("app.skip", view.lang), href="#content", className="skip"),
            header(view),
            html.Div(banners(view), className="banners"),
            page,
            footer(view),
        ],
        lang=view.lang,
    )


def header(view: View) -> html.Header:
    """Name, navigation, night and language."""
    links = [
        dcc.Link(
            text(f"nav.{name}", view.lang), href=view.href(path), className="here" if is_within(view.path, path) else ""
        )
        for name, path in PAGES.items()
    ]
    other = text("switch.language_code", view.lang)
    language = dcc.Link(
        text("switch.language", view.lang),
        href=view.href(lang=other),
        className="language",
        id="language-switch",
        title=text("switch.language_hint", view.lang),
    )
    name = dcc.Link(
        [html.Img(src="/assets/mark.svg", alt="", width=22, height=22), text("app.name", view.lang)],
        href=view.href("/"),
        className="product",
    )
    return html.Header(
        [
            html.Div(
                [
                    name,
                    html.Nav(links, **{"aria-label": text("nav.label", view.lang)}),
                    html.Div([night_picker(view), language], className="switches"),
                ],
                className="header-inner",
            ),
        ]
    )


def is_within(path: str, page: str) -> bool:
    """Whether an address is a page's own or lies below it."""
    return path == page or (page != "/" and path.startswith(f"{page}/"))


def night_picker(view: View) -> object:
    """The nights one can look back to, the newest on top."""
    known = reading.nights()
    options = [{"value": each.isoformat(), "label": each.isoformat()} for each in known]
    if options:
        options[0] = {**options[0], "label": text("switch.newest", view.lang, night=known[0])}
    label = text("switch.night", view.lang)
    chosen = view.night.isoformat() if view.night else None
    select = dmc.Select(
        id="night",
        data=options,
        value=chosen,
        allowDeselect=False,
        searchable=True,
        size="xs",
        w=170,
        disabled=not options,
        **{"aria-label": label},
        comboboxProps={"zIndex": 400},
    )
    return html.Label([html.Span(label), select], className="night", htmlFor="night")


def banners(view: View) -> list[Any]:
    """What a reader must know before the figures: a past night, a run that failed, late sources, bad deliveries."""
    if view.night is None:
        return []
    newest, lang, result = reading.nights()[0], view.lang, []
    if view.asked and view.asked != view.night:
        words = text("banner.no_such_night", lang, asked=view.asked, night=view.night)
        result.append(notice.banner("warn", words))
    if view.night != newest:
        link = dcc.Link(text("banner.to_newest", lang), href=view.href(night=newest))
        result.append(notice.banner("info", text("banner.past", lang, night=view.night, newest=newest), " ", link))
    elif failed := failed_run(view):
        result.append(notice.banner("warn", failed))
    return [*result, *sources.late_banners(view), *operations.delivery_banners(view)]


def failed_run(view: View) -> str | None:
    """A sentence on a newer run that did not end well."""
    ended_badly = [
        row
        for row in reading.last_runs().to_pylist()
        if row["status"] in ("failed", "stopped") and row["night"] >= view.night
    ]
    if not ended_badly:
        return None
    row = ended_badly[-1]
    return text(
        "banner.failed",
        view.lang,
        task=codes.label("task", row["task"], view.lang),
        status=codes.label("status", row["status"], view.lang),
        at=i18n.clock(row["started_at"]),
    )


def footer(view: View) -> html.Footer:
    """Which versions one sees, and what a warning is."""
    lines = [html.Span(text("footer.note", view.lang)), html.Span(text("footer.colours", view.lang))]
    runs = reading.last_runs(view.night).to_pylist() if view.night else []
    if runs:
        last = runs[-1]
        versions = {"night": view.night, "rules": last["rules_version"], "code": last["code_version"]}
        lines.insert(0, html.Span(text("footer.versions", view.lang, **versions)))
    return html.Footer(html.Div(lines, className="footer-inner"))
