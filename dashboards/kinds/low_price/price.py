"""A lot's price against its reference, as figures, in words and as a chart; and the duty that hangs on it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import price_path
from dashboards.kinds.low_price.words import price_line
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, facts, table
from dashboards.view import View
from jobs import contracts, reading

USD_PER_KG = "usd_per_kg"
NO_REFERENCE = -1  # of `reference_rung`
DAYS_A_ROW = 7


def price(value: float | None, lang: str) -> str:
    """A price per kilogram."""
    return i18n.quantity(value, USD_PER_KG, lang)


def price_section(lot: dict[str, Any], view: View) -> html.Section:
    """Declared price, reference with its interval and their ratio, then what that means and what it does not."""
    lang = view.lang
    interval = text(
        "lot.interval",
        lang,
        lower=price(lot["reference_lower_usd_per_kg"], lang),
        upper=price(lot["reference_upper_usd_per_kg"], lang),
    )
    pairs = [
        (names.column("price_usd_per_kg.lot", lang), price(lot["price_usd_per_kg"], lang)),
        (names.column("reference_usd_per_kg", lang), price(lot["reference_usd_per_kg"], lang)),
        (text("lot.interval_of", lang), interval if lot["reference_usd_per_kg"] is not None else i18n.UNKNOWN),
        (names.column("price_ratio", lang), i18n.percent(lot["price_ratio"])),
        (names.column("z_score", lang), i18n.number(lot["z_score"], 1)),
        (names.column("reference_n", lang), i18n.number(lot["reference_n"])),
    ]
    said = [html.P(meaning(lot, lang)), html.P(text("lot.never_a_value", lang), className="note")]
    return html.Section([html.H2(text("lot.price", lang)), facts(pairs), *said], className="panel")


def meaning(lot: dict[str, Any], lang: str) -> str:
    """What the figures say of the price: where it lies to the interval, and how near the reference is to such goods."""
    if lot["reference_rung"] == NO_REFERENCE or lot["price_ratio"] is None:
        return text("lot.no_reference", lang)
    if lot["price_usd_per_kg"] < lot["reference_lower_usd_per_kg"]:
        place = "lot.below"
    else:
        place = "lot.above" if lot["price_usd_per_kg"] > lot["reference_upper_usd_per_kg"] else "lot.within"
    pool = "lot.own_market" if lot["reference_rung"] == 0 else "lot.wider_pool"
    return f"{text(place, lang)} {text(pool, lang, n=i18n.number(lot['reference_n']))}"


def chart_section(lot: dict[str, Any], view: View) -> html.Section:
    """The market's price with its band, the comparables and the lot; the figures as a table and as CSV."""
    lang = view.lang
    points = reading.price_chart(view.night, lot)
    title = html.H2(text("lot.chart", lang))
    if points.num_rows == 1:  # the lot alone
        return html.Section([title, notice.empty(text("lot.no_path", lang))], className="panel")
    key = f"{lot['declaration_id']}/{lot['line_no']}"
    download = html.A(text("alert.download", lang), href=view.href(f"/download/lot/{key}/prices.csv", night=view.night))
    alt = text("lot.chart_alt", lang, line=price_line(lot, lang), n=points.num_rows - 1)
    return html.Section(
        [
            html.Div([title, download], className="panel-head"),
            html.P(text("lot.chart_note", lang, night=view.night), className="note"),
            chart(price_path.figure(points, lang=lang), alt=alt, name=f"lot_{key.replace('/', '_')}", lang=lang),
            behind(text("lot.table", lang), point_table(points, lang)),
            html.P([html.Strong(text("alert.know", lang)), " ", caveat(lang)], className="note"),
        ],
        className="panel",
    )


def caveat(lang: str) -> str:
    """What the contracts of the tables drawn say a reader should know."""
    notes = [contracts.table(name).notes for name in ("gold.price_path", "gold.comparable")]
    return " ".join(getattr(each, lang) for each in notes if each)


def point_table(points: pa.Table, lang: str) -> html.Div:
    """The chart's figures: the lot and its comparables first, then the market's newest day and every seventh before it.

    A browser takes seconds over a cell for each of 180 days; the file has them all.
    """
    result = points.to_pylist()[::-1]
    path = [row for row in result if row["series"] == "path"]
    shown = [row for row in result if row["series"] != "path"] + path[::DAYS_A_ROW]
    head = [
        text("lot.point", lang),
        text("lot.day", lang),
        names.column("adjusted_usd_per_kg", lang),
        names.column("lower", lang),
        names.column("upper", lang),
        names.column("lot_count", lang),
    ]
    rows = [
        [
            text(f"lot.series_{row['series']}", lang) + (f" {row['label']}" if row["label"] else ""),
            str(row["day"]),
            *(price(row[name], lang) for name in ("price_usd_per_kg", "lower", "upper")),
            i18n.number(row["lot_count"]),
        ]
        for row in shown
    ]
    return table(head, rows, numeric=range(2, 6))


def stake_section(lot: dict[str, Any], view: View) -> html.Section:
    """The duty and tax expected at stake with its interval, and beside it the figure that speaks best for the
    importer.
    """
    lang = view.lang
    title = html.H2(names.column("stake_krw", lang))
    if lot["stake_krw"] is None:
        is_beyond = "duty_not_computed" in lot["caps"]
        why = names.reason("duty_not_computed", lang) if is_beyond else text("lot.no_stake", lang)
        return html.Section([title, notice.empty(why)], className="panel")
    interval = text(
        "lot.interval", lang, lower=i18n.won(lot["stake_lower_krw"], lang), upper=i18n.won(lot["stake_upper_krw"], lang)
    )
    lowest = i18n.won(lot["stake_at_lowest_krw"], lang)
    pairs = [
        (text("lot.stake_expected", lang), i18n.won(lot["stake_krw"], lang)),
        (text("lot.stake_interval", lang), interval),
        (
            text("lot.stake_at_lowest", lang),
            lowest if lot["stake_at_lowest_krw"] is not None else text("lot.no_lowest", lang),
        ),
        (names.column("shortfall_krw", lang), i18n.won(lot["shortfall_krw"], lang)),
        (names.column("probability", lang), i18n.percent(lot["probability"])),
    ]
    return html.Section(
        [title, facts(pairs), html.P(text("lot.stake_note", lang), className="note")], className="panel"
    )
