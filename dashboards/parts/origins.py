"""The origins of an item side by side."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.parts.level import badge
from dashboards.parts.table import table
from dashboards.view import View

PEERS_SHOWN = 12


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
