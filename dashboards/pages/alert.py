"""One alert: what happened, how sure, why this level, what else is known, from which records, how to repeat it."""

from __future__ import annotations

import shlex
from typing import Any

import pyarrow as pa
from dash import dcc, html

from dashboards import i18n, names
from dashboards.figures import history as history_figure
from dashboards.i18n import text
from dashboards.parts import conditions, evidence, lot_price, notice, prognosis, why
from dashboards.parts.chart import chart
from dashboards.parts.level import badge
from dashboards.parts.table import behind, facts, table
from dashboards.view import View
from jobs import contracts, reading
from jobs.contracts import codes

DAYS_SHOWN = 400


def page(view: View, alert_id: str) -> html.Main:
    """The alert as it stood on the night shown."""
    row = reading.find_alert(view.night, alert_id)
    if row is None:
        return absent(view, alert_id)
    if row["kind"] == reading.LOW_PRICE:
        return lot_page(row, view)
    past = reading.history(view.night, row["subject_id"])
    past = past.slice(max(0, past.num_rows - DAYS_SHOWN))
    ahead = reading.forecast(view.night, row["subject_id"])
    return html.Main(
        [
            head(row, view),
            conditions.condition_boxes(conditions.of_alert(row, view.lang), view.lang),
            what_happened(row, past, ahead, view),
            html.Div([why.reasons(row, view), prognosis.forecast_section(row, ahead, view)], className="halves"),
            *why.peer_section(row, view),
            evidence.section(row, view),
            reproduction(row, view),
        ],
        id="content",
        className="page",
    )


def lot_page(row: dict[str, Any], view: View) -> html.Main:
    """An alert on a declared lot: the price and the duty at stake, and the way to everything known of the lot."""
    declaration_id, line_no = names.lot_key(row["subject_id"])
    lot = reading.find_lot(view.night, declaration_id, line_no)
    case = dcc.Link(text("lot.open", view.lang), href=view.lot_href(declaration_id, line_no), className="open-lot")
    assessed = [lot_price.chart_section(lot, view)] if lot else []
    stake = [lot_price.stake_section(lot, view)] if lot else []
    return html.Main(
        [
            head(row, view),
            html.P(case),
            conditions.condition_boxes(conditions.of_alert(row, view.lang), view.lang),
            *assessed,
            html.Div([why.reasons(row, view), *stake], className="halves"),
            evidence.section(row, view),
            reproduction(row, view),
        ],
        id="content",
        className="page",
    )


def absent(view: View, alert_id: str) -> html.Main:
    """An id this night does not know, with the nights that do."""
    known = [html.Li(dcc.Link(str(night), href=view.href(night=night))) for night in reading.alert_nights(alert_id)]
    more = [html.P(text("state.alert_other_nights", view.lang)), html.Ul(known)] if known else []
    words = text("state.alert_absent", view.lang, night=view.night, alert=alert_id)
    back = dcc.Link(text("state.back", view.lang), href=view.href("/"))
    return notice.whole_page(text("state.alert_absent_title", view.lang), html.P(words), *more, back)


def head(row: dict[str, Any], view: View) -> html.Div:
    """Level, subject, sentence and the facts a reader asks for first."""
    lang = view.lang
    title = names.subject(row, lang, in_full=True)
    item_link = [dcc.Link(f"HS {row['hs_code']}", href=view.href(f"/hs/{row['hs_code']}"))] if row["hs_code"] else []
    levels = [badge(row["level"], lang), *levels_beside(row, lang)]
    return html.Div(
        [
            html.Div([html.Span(codes.label("kind", row["kind"], lang)), *item_link], className="crumbs"),
            html.Div(levels, className="levels"),
            html.H1(title),
            html.P(row[f"sentence_{lang}"], className="sentence"),
            facts(named_facts(row, lang)),
        ],
        className="page-head",
    )


def named_facts(row: dict[str, Any], lang: str) -> list[tuple[str, object]]:
    """Period and rank, then what the kind of alert has: the duty at stake of a lot, the supplier's weight of an
    item.
    """
    period = i18n.period(row["period_start"], lang, names.is_daily(row))
    rank = (text("alert.rank", lang), str(row["rank"]))
    if row["kind"] == reading.LOW_PRICE:
        return [
            (text("lot.declared_on", lang), period),
            rank,
            (names.column("stake_krw", lang), i18n.won(row["stake_krw"], lang)),
            (names.column("selection", lang), codes.label("selection", row["selection"], lang)),
        ]
    named: list[tuple[str, object]] = [
        (text("alert.period", lang), period),
        (text("alert.opened", lang), i18n.period(row["opened_period"], lang, names.is_daily(row))),
        rank,
        (text("alert.p", lang), i18n.p_value(row["p_value"])),
    ]
    return [*named, *supplier_facts(row, lang)] if row["hs_code"] else named


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


def levels_beside(row: dict[str, Any], lang: str) -> list[html.Span]:
    """The level one period earlier and of the newest period alone, of a lot by its price alone, where they differ."""
    said = [("alert.was", row["previous_level"]), ("alert.raw", row["raw_level"])]
    if row["kind"] == reading.LOW_PRICE:
        said = [("lot.by_price", row["raw_level"])]
    return [
        html.Span(text(key, lang, level=f"{level} {codes.label('level', level, lang)}"), className="note")
        for key, level in said
        if level != row["level"]
    ]


def what_happened(row: dict[str, Any], past: pa.Table, ahead: pa.Table, view: View) -> html.Section:
    """The history with its interval and the forecast, its figures as a table and as CSV."""
    lang, daily = view.lang, names.is_daily(row)
    title = html.H2(text("alert.history", lang))
    if not past.num_rows:
        return html.Section([title, notice.empty(text("alert.no_history", lang))], className="panel")
    newest = past.slice(past.num_rows - 1).to_pylist()[0]
    alt = text(
        "alert.history_alt",
        lang,
        subject=names.subject(row, lang),
        n=past.num_rows,
        last=i18n.quantity(newest["observed"], newest["unit"], lang),
        expected=i18n.quantity(newest["expected"], newest["unit"], lang),
    )
    note = text("alert.history_note_day" if daily else "alert.history_note_month", lang, night=view.night)
    download = html.A(
        text("alert.download", lang), href=view.href(f"/download/alert/{row['alert_id']}.csv", night=view.night)
    )
    return html.Section(
        [
            html.Div([title, download], className="panel-head"),
            html.P(note, className="note"),
            chart(history_figure.figure(past, ahead, lang=lang), alt=alt, name=f"alert_{row['alert_id']}", lang=lang),
            behind(text("alert.table", lang), history_table(past, daily, lang)),
            html.P([html.Strong(text("alert.know", lang)), " ", caveat(daily, lang)], className="note"),
        ],
        className="panel",
    )


def caveat(daily: bool, lang: str) -> str:
    """What the contract of the source table says a reader should know."""
    notes = [contracts.table("gold.transport_day" if daily else "silver.trade_month").notes]
    return " ".join(getattr(each, lang) for each in notes if each)


def history_table(past: pa.Table, daily: bool, lang: str) -> html.Div:
    """The chart's figures, the newest first."""
    columns = ("observed", "expected", "lower", "upper")
    head = [text("download.period", lang), *(names.column(c, lang) for c in (*columns, "p_value", "level"))]
    rows = [
        [
            i18n.period(row["period_start"], lang, daily),
            *(i18n.quantity(row[c], row["unit"], lang) for c in columns),
            i18n.p_value(row["p_value"]),
            i18n.UNKNOWN if row["level"] is None else str(row["level"]),
        ]
        for row in reversed(past.to_pylist())
    ]
    return table(head, rows, numeric=range(1, 7))


def reproduction(row: dict[str, Any], view: View) -> html.Section:
    """Versions, permanent address and the command that makes the alert again."""
    lang = view.lang
    command = f"python -m jobs replay {shlex.quote(row['alert_id'])} --night {view.night}"
    pairs = [
        (names.column(c, lang), html.Code(str(row[c])))
        for c in ("alert_id", "night", "rules_version", "code_version", "run_id", "content_hash")
    ]
    pairs += [
        (text("alert.permalink", lang), html.A(view.permalink(), href=view.permalink(), id="permalink")),
        (text("alert.replay", lang), html.Code(command, className="command")),
    ]
    return html.Section([html.H2(text("alert.reproduce", lang)), facts(pairs)], className="panel versions")
