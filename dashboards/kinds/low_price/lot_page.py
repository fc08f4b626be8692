"""One declared lot: its price against what such goods cost, the duty that hangs on it, both sides, the records."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import comparables, grounds, price, words
from dashboards.kinds.low_price.conditions import of_lot
from dashboards.parts import conditions, notice
from dashboards.parts.level import badge
from dashboards.parts.table import facts
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

KIND = "low_price"
CODED = {"origin_country": "country", "standard_name_code": "standard_product"}  # columns whose list has another name
LABELLED = frozenset({"standard_product", "product_state", "packaging", "country", "trade_level", "selection"})
GOODS = (
    "standard_name_code",
    "hs10_code",
    "product_state",
    "grade",
    "packaging",
    "crop_year",
    "origin_country",
    "trade_level",
)
PARTIES = ("shipped_on", "importer_id", "exporter_id", "office_code", "preference_code")
SELECTION = ("rank", "selection")


def page(view: View, declaration_id: str, line_no: str) -> html.Main:
    """The lot as it was assessed on the night shown."""
    lot = reading.find_lot(view.night, declaration_id, int(line_no))
    if lot is None:
        return absent(view, words.lot(declaration_id, int(line_no)))
    alert = reading.lot_alert(view.night, declaration_id, int(line_no))
    stated = conditions.of_alert(alert, view.lang) if alert else of_lot(lot, view.lang)
    return html.Main(
        [
            head(lot, alert, view),
            price.price_section(lot, view),
            price.chart_section(lot, view),
            price.stake_section(lot, view),
            html.Div([grounds.raised_section(lot, view), grounds.speaks_section(lot, view)], className="halves"),
            conditions.condition_boxes(stated, view.lang),
            comparables.section(lot, view),
            figures_section(lot, view),
            version_section(lot, view),
        ],
        id="content",
        className="page",
    )


def absent(view: View, lot: str) -> html.Main:
    """A lot this night did not assess."""
    said = text("lot.absent", view.lang, lot=lot, night=i18n.full_date(view.night, view.lang))
    back = dcc.Link(text("lot.back", view.lang), href=view.href(f"/alerts/{KIND}"))
    return notice.whole_page(text("lot.absent_title", view.lang), html.P(said), back)


def head(lot: dict[str, Any], alert: dict[str, Any] | None, view: View) -> html.Div:
    """Kind, level, goods and origin, and the lot in one sentence: the alert's own where there is one."""
    lang = view.lang
    goods = {
        "item": words.product(lot["standard_name_code"], lang),
        "country": names.country(lot["origin_country"], lang),
    }
    title = text("subject.lot", lang, lot=words.lot(lot["declaration_id"], lot["line_no"]), **goods)
    place = (
        dcc.Link(text("alert.title", lang), href=view.href(f"/alert/{alert['alert_id']}"))
        if alert
        else text("lot.no_alert", lang)
    )
    sentence = alert[f"sentence_{lang}"] if alert else words.price_line(lot, lang)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(codes.label("kind", KIND, lang)),
                    html.Span(place),
                    dcc.Link(f"HS {lot['hs10_code']}", href=view.href(f"/hs/{lot['hs10_code']}")),
                ],
                className="crumbs",
            ),
            html.Div(badge(lot["level"], lang), className="levels"),
            html.H1(title),
            html.P(sentence, className="sentence"),
        ],
        className="page-head",
    )


def figures_section(lot: dict[str, Any], view: View) -> html.Section:
    """What was declared, by whom, and how the lot came to be selected or not."""
    lang = view.lang
    pairs = [
        (names.column("declaration_id", lang), words.lot(lot["declaration_id"], lot["line_no"])),
        *((names.column(c, lang), say(c, lot[c], lang)) for c in GOODS),
        (names.column("net_mass_kg", lang), i18n.quantity(float(lot["net_mass_kg"]), "kg", lang)),
        (names.column("customs_value_krw", lang), i18n.won(lot["customs_value_krw"], lang)),
        (text("lot.declared_on", lang), str(lot["period_start"])),
        *((names.column(c, lang), say(c, lot[c], lang)) for c in PARTIES),
        *((names.column(c, lang), say(c, lot[c], lang)) for c in SELECTION),
        (names.column("propensity", lang), i18n.number(lot["propensity"], 3)),
    ]
    return html.Section([html.H2(text("lot.figures", lang)), facts(pairs)], className="panel")


def say(column: str, value: object, lang: str) -> str:
    """A value as it is read: a code by its label, an empty text as unstated."""
    if value is None or value == "":
        return i18n.UNKNOWN
    code_list = CODED.get(column, column)
    return codes.label(code_list, value, lang) if code_list in LABELLED else str(value)


def version_section(lot: dict[str, Any], view: View) -> html.Section:
    """The physical record, the night, its run, and the address that will show the same in a year."""
    lang = view.lang
    pairs = [
        (names.column(c, lang), html.Code(str(lot[c] or i18n.UNKNOWN)))
        for c in ("record_id", "night", "run_id", "market_id", "reference_day")
    ]
    pairs.append((text("alert.permalink", lang), html.A(view.permalink(), href=view.permalink(), id="permalink")))
    return html.Section([html.H2(text("lot.versions", lang)), facts(pairs)], className="panel versions")
