"""What is known of an alert's supplier: its share, how exposed the item is, and whether others fill the gap."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n
from dashboards.figures import origins
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.origins import peer_table
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


def supplier_facts(row: dict[str, Any], lang: str) -> list[tuple[str, object]]:
    """The origin's share, the item's vulnerability and its cover, each said to be unknown where it is."""
    known_class, cover, share = row["vulnerability"], row["cover_days"], row["origin_share"]
    return [
        (text("alert.share", lang), unknown(lang) if share is None else i18n.percent(share)),
        (
            text("alert.vulnerability", lang),
            unknown(lang) if known_class is None else codes.label("vulnerability", known_class, lang),
        ),
        (
            text("alert.cover", lang),
            unknown(lang) if cover is None else text("alert.cover_days", lang, n=i18n.number(cover)),
        ),
    ]


def unknown(lang: str) -> html.Span:
    """What is not known, said so."""
    return html.Span(text("state.unknown", lang), className="unknown")


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
