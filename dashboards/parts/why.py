"""Why an alert stands at its level: its reasons, and whether another origin fills the gap."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import dcc, html

from dashboards import i18n, names
from dashboards.figures import origins
from dashboards.figures import reasons as reasons_figure
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.level import badge
from dashboards.parts.table import behind, table
from dashboards.view import View
from jobs import reading

PEERS_SHOWN = 12


def say_reasons(row: dict[str, Any], lang: str) -> list[tuple[str, float]]:
    """The reasons of an alert as sentences with their shares, the heaviest first."""
    said = [
        (names.reason(each["code"], lang, dict(each["params"] or [])), each["contribution"]) for each in row["reasons"]
    ]
    return sorted(said, key=lambda pair: -pair[1])


def reasons(row: dict[str, Any], view: View) -> html.Section:
    """What weighed in the level, as bars and as a table, then what else had to hold for it."""
    lang = view.lang
    said = say_reasons(row, lang)
    title = html.H2(text("alert.reasons", lang))
    weighed = [pair for pair in said if pair[1] > 0]
    stored = [words for words, share in said if share <= 0]
    parts = [notice.empty(text("alert.no_reasons", lang))] if not said else []
    if weighed:
        columns = {"label": [words for words, _ in weighed], "contribution": [share for _, share in weighed]}
        table_of = [[words, i18n.percent(share)] for words, share in weighed]
        alt = "; ".join(f"{words} {share}" for words, share in table_of)
        picture = chart(reasons_figure.figure(pa.table(columns), lang=lang), alt=alt, name="reasons", lang=lang)
        head = [text("alert.reasons", lang), text("alert.contribution", lang)]
        note = text("lot.reasons_note" if row["kind"] == reading.LOW_PRICE else "alert.reasons_note", lang)
        parts += [
            html.P(note, className="note"),
            picture,
            behind(text("alert.table", lang), table(head, table_of, numeric=(1,))),
        ]
    if stored:
        parts += [html.H3(text("alert.held", lang)), html.Ul([html.Li(words) for words in stored], className="lines")]
    return html.Section([title, *parts], className="panel")


def peer_section(row: dict[str, Any], view: View) -> list[html.Section]:
    """The item's other origins in the period assessed; nothing for a subject that is no item."""
    if row["hs_code"] is None or row["partner_country"] is None:
        return []
    lang = view.lang
    months = reading.item_months(view.night, row["hs_code"])
    result = reading.peers(view.night, row["hs_code"], row["period_start"]).to_pylist()
    title = html.H2(text("alert.peers", lang))
    if len(result) < 2:
        return [html.Section([title, notice.empty(text("alert.no_peers", lang))], className="panel")]
    picture = origins.figure(months, lang=lang, first=row["partner_country"])
    columns = html.Div(
        [
            chart(picture, alt=text("alert.peers_note", lang), name="origins", lang=lang),
            peer_table(result, row["partner_country"], view),
        ],
        className="halves",
    )
    return [html.Section([title, html.P(text("alert.peers_note", lang), className="note"), columns], className="panel")]


def peer_table(result: list[dict[str, Any]], own: str, view: View) -> html.Div:
    """The origins of one month: share, mass, mass against the expected, level."""
    lang = view.lang
    head = [
        names.column("partner_country", lang),
        names.column("origin_share", lang),
        names.column("net_mass_kg", lang),
        text("alert.peer_ratio", lang),
        names.column("level", lang),
    ]
    rows = []
    for peer in result[:PEERS_SHOWN]:
        mass = None if peer["net_mass_kg"] is None else float(peer["net_mass_kg"])
        ratio = mass / peer["expected"] if mass is not None and peer["expected"] else None
        name = names.country(peer["partner_country"], lang)
        rows.append(
            [
                html.Strong(name) if peer["partner_country"] == own else name,
                i18n.percent(peer["origin_share"]),
                i18n.quantity(mass, "kg", lang),
                i18n.percent(ratio),
                badge(peer["level"], lang) if peer["level"] else i18n.UNKNOWN,
            ]
        )
    return table(head, rows, numeric=(1, 2, 3), caption=text("alert.peers", lang))


def alert_links(rows: list[dict[str, Any]], view: View) -> html.Ul:
    """Alerts as a list of links with their levels."""
    return html.Ul(
        [
            html.Li(
                [
                    badge(row["level"], view.lang),
                    " ",
                    dcc.Link(names.subject(row, view.lang), href=view.href(f"/alert/{row['alert_id']}")),
                ]
            )
            for row in rows
        ],
        className="lines",
    )
