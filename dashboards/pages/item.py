"""One item by its HS code: where it comes from, how exposed that leaves it, which alerts stand on it."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from dash import html

from dashboards import i18n, kinds, names
from dashboards.figures import origins
from dashboards.i18n import text
from dashboards.parts import alert_list, notice
from dashboards.parts import origins as origins_part
from dashboards.parts.chart import chart
from dashboards.parts.table import facts
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


def page(view: View, hs_code: str) -> html.Main:
    """The item as known on the night shown."""
    lang = view.lang
    months = reading.item_months(view.night, hs_code)
    structure = reading.vulnerability(view.night, hs_code)
    crumbs = html.Div(html.Span(f"HS {hs_code}"), className="crumbs")
    head = html.Div([crumbs, html.H1(names.item(hs_code, lang))], className="page-head")
    if not months.num_rows and structure is None:
        return html.Main([head, notice.empty(text("item.absent", lang, hs=hs_code))], id="content", className="page")
    parts = [structure_section(structure, view)] if structure else []
    if months.num_rows:
        newest = pc.max(months["period_start"]).as_py()
        picture = origins.figure(months, lang=lang)
        peers = reading.peers(view.night, hs_code, newest).to_pylist()
        body = html.Div(
            [
                chart(picture, alt=text("item.months", lang), name=f"hs_{hs_code}", lang=lang),
                origins_part.peer_table(peers, "", view),
            ],
            className="halves",
        )
        title = html.H2(f"{text('item.months', lang)} · {i18n.month(newest, lang)}")
        parts.append(html.Section([title, body], className="panel"))
    return html.Main([head, *parts, alert_section(hs_code, view)], id="content", className="page")


def structure_section(row: dict[str, Any], view: View) -> html.Section:
    """Concentration, largest origin and vulnerability of the twelve months before."""
    lang = view.lang
    known = row["vulnerability"] is not None
    pairs = [
        (
            text("item.class", lang),
            codes.label("vulnerability", row["vulnerability"], lang) if known else text("item.unknown_class", lang),
        ),
        (text("item.value", lang), i18n.money(row["item_value_usd"], lang)),
        (text("item.origins", lang), i18n.number(row["origin_count"])),
        (text("item.hhi", lang), i18n.number(row["hhi"], 2)),
        (text("item.top", lang), f"{names.country(row['top_origin'], lang)} {i18n.percent(row['top_share'])}"),
        (text("item.coverage", lang), i18n.percent(row["coverage_ratio"], 1)),
    ]
    return html.Section([html.H2(text("item.structure", lang)), facts(pairs)], className="panel")


def alert_section(hs_code: str, view: View) -> html.Section:
    """Alerts of the night on this item."""
    rows = [row for row in reading.alerts(view.night).to_pylist() if row["hs_code"] == hs_code]
    body = (
        alert_list.alert_links(rows, view, kinds.subject) if rows else notice.empty(text("item.no_alerts", view.lang))
    )
    return html.Section([html.H2(text("item.alerts", view.lang)), body], className="panel")
