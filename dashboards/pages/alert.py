"""One alert: what happened, how sure, why this level, what else is known, from which records, how to repeat it."""

from __future__ import annotations

import shlex
from typing import Any

import pyarrow as pa
from dash import dcc, html

from dashboards import i18n, names
from dashboards.figures import history as history_figure
from dashboards.i18n import text
from dashboards.parts import evidence, notice, prognosis, why
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
    past = reading.history(view.night, row["subject_id"])
    past = past.slice(max(0, past.num_rows - DAYS_SHOWN))
    ahead = reading.forecast(view.night, row["subject_id"])
    return html.Main([
        head(row, view), conditions(row, view), what_happened(row, past, ahead, view),
        html.Div([why.reasons(row, view), prognosis.forecast_section(row, ahead, view)], className="halves"),
        *why.peer_section(row, view), evidence.section(row, view), reproduction(row, view),
    ], id="content", className="page")  # fmt: skip


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
    named = [
        (text("alert.period", lang), i18n.period(row["period_start"], lang, names.is_daily(row))),
        (text("alert.opened", lang), i18n.period(row["opened_period"], lang, names.is_daily(row))),
        (text("alert.rank", lang), str(row["rank"])),
        (text("alert.p", lang), i18n.p_value(row["p_value"])),
    ]
    if row["hs_code"]:
        known_class = row["vulnerability"] is not None
        vulnerability = codes.label("vulnerability", row["vulnerability"], lang) if known_class else unknown(lang)
        cover = (
            text("alert.cover_days", lang, n=i18n.number(row["cover_days"], lang))
            if row["cover_days"] is not None
            else unknown(lang)
        )
        share = i18n.percent(row["origin_share"], lang) if row["origin_share"] is not None else unknown(lang)
        named += [(text("alert.share", lang), share), (text("alert.vulnerability", lang), vulnerability),
                  (text("alert.cover", lang), cover)]  # fmt: skip
    return html.Div([
        html.Div([html.Span(codes.label("kind", row["kind"], lang)), *item_link], className="crumbs"),
        html.Div(levels, className="levels"),
        html.H1(title),
        html.P(row[f"sentence_{lang}"], className="sentence"), facts(named),
    ], className="page-head")  # fmt: skip


def unknown(lang: str) -> html.Span:
    """What is not known, said so."""
    return html.Span(text("state.unknown", lang), className="unknown")


def levels_beside(row: dict[str, Any], lang: str) -> list[html.Span]:
    """The level one period earlier and of the newest period alone, where they differ from the level."""
    said = [("was", row["previous_level"]), ("raw", row["raw_level"])]
    return [
        html.Span(text(f"alert.{key}", lang, level=f"{level} {codes.label('level', level, lang)}"), className="note")
        for key, level in said if level != row["level"]
    ]  # fmt: skip


def conditions(row: dict[str, Any], view: View) -> html.Div:
    """What would raise the level, what would clear it, what holds it down."""
    lang = view.lang
    pairs = [("raises", row[f"raises_{lang}"]), ("clears", row[f"clears_{lang}"])]
    if row["caps"]:
        pairs.append(("caps", " ".join(names.reason(code, lang) for code in row["caps"])))
    parts = [
        html.Div([html.H3(text(f"alert.{key}", lang)), html.P(words)], className=f"condition {key}")
        for key, words in pairs
    ]
    return html.Div(parts, className="conditions")


def what_happened(row: dict[str, Any], past: pa.Table, ahead: pa.Table, view: View) -> html.Section:
    """The history with its interval and the forecast, its figures as a table and as CSV."""
    lang, daily = view.lang, names.is_daily(row)
    title = html.H2(text("alert.history", lang))
    if not past.num_rows:
        return html.Section([title, notice.empty(text("alert.no_history", lang))], className="panel")
    newest = past.slice(past.num_rows - 1).to_pylist()[0]
    alt = text(
        "alert.history_alt", lang, subject=names.subject(row, lang), n=past.num_rows,
        last=i18n.quantity(newest["observed"], newest["unit"], lang),
        expected=i18n.quantity(newest["expected"], newest["unit"], lang),
    )  # fmt: skip
    note = text("alert.history_note_day" if daily else "alert.history_note_month", lang, night=view.night)
    download = html.A(
        text("alert.download", lang), href=view.href(f"/download/alert/{row['alert_id']}.csv", night=view.night)
    )
    return html.Section([
        html.Div([title, download], className="panel-head"), html.P(note, className="note"),
        chart(history_figure.figure(past, ahead, lang=lang), alt=alt, name=f"alert_{row['alert_id']}", lang=lang),
        behind(text("alert.table", lang), history_table(past, daily, lang)),
        html.P([html.Strong(text("alert.know", lang)), " ", caveat(daily, lang)], className="note"),
    ], className="panel")  # fmt: skip


def caveat(daily: bool, lang: str) -> str:
    """What the contract of the source table says a reader should know."""
    notes = [contracts.table("gold.transport_day" if daily else "silver.trade_month").notes]
    return " ".join(getattr(each, lang) for each in notes if each)


def history_table(past: pa.Table, daily: bool, lang: str) -> html.Div:
    """The chart's figures, the newest first."""
    columns = ("observed", "expected", "lower", "upper")
    head = [text("download.period", lang), *(names.column(c, lang) for c in (*columns, "p_value", "level"))]
    rows = [
        [i18n.period(row["period_start"], lang, daily), *(i18n.quantity(row[c], row["unit"], lang) for c in columns),
         i18n.p_value(row["p_value"]), i18n.UNKNOWN if row["level"] is None else str(row["level"])]
        for row in reversed(past.to_pylist())
    ]  # fmt: skip
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
