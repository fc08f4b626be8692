"""The findings behind an alert, each with its figures and the records they come from."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.table import table
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

RECORDS_SHOWN = 6
IN_THE_SIGNAL = frozenset({"observed", "expected"})


def section(row: dict[str, Any], view: View) -> html.Section:
    """One line a finding with its records, then what further figures there are."""
    lang = view.lang
    result = reading.signals(view.night, row["signal_ids"]).to_pylist()
    title = html.H2(text("alert.evidence", lang))
    if not result:
        return html.Section([title, notice.empty(text("alert.no_evidence", lang))], className="panel")
    note = html.P(text("alert.evidence_note", lang), className="note")
    return html.Section([title, note, signal_table(result, lang), *further_figures(result, lang)], className="panel")


def signal_table(result: list[dict[str, Any]], lang: str) -> html.Div:
    """What each detector saw and expected, how unlikely that is, on how much of a past, and from which records."""
    columns = ("detector_id", "family", "observed", "expected", "statistic", "p_value", "baseline_n", "record_id")
    head = [names.column(c, lang) for c in columns]
    head.insert(1, text("alert.period", lang))
    rows = [
        [
            html.Span(names.detector(each["detector_id"], lang), title=each["detector_id"]),
            i18n.period(each["period_start"], lang, each["grain"] in ("day", "event")),
            codes.label("family", each["family"], lang),
            i18n.quantity(each["observed"], each["unit"], lang),
            i18n.quantity(each["expected"], each["unit"], lang),
            i18n.number(each["statistic"], 2),
            i18n.p_value(each["p_value"]),
            i18n.number(each["baseline_n"]),
            records([one for figure in each["evidence"] or [] for one in figure["record_ids"] or []]),
        ]
        for each in result
    ]
    return table(head, rows, numeric=(3, 4, 5, 6, 7), caption=text("alert.evidence", lang))


def further_figures(result: list[dict[str, Any]], lang: str) -> list[html.Div]:
    """Figures of the evidence that the findings themselves do not hold."""
    rows = [
        [
            names.detector(signal["detector_id"], lang),
            names.column(each["code"], lang),
            each["text"] or i18n.quantity(each["value"], each["unit"], lang),
            names.table(each["table"], lang) if each["table"] else i18n.UNKNOWN,
            records(each["record_ids"] or []),
        ]
        for signal in result
        for each in signal["evidence"] or []
        if each["code"] not in IN_THE_SIGNAL
    ]
    head = [names.column(c, lang) for c in ("detector_id", "measure", "value", "table_name", "record_id")]
    return [table(head, rows, numeric=(2,))] if rows else []


def records(ids: list[str]) -> html.Div | str:
    """The physical records, the first few at once and the rest on demand."""
    if not ids:
        return i18n.UNKNOWN
    shown = [html.Code(each) for each in ids[:RECORDS_SHOWN]]
    rest = ids[RECORDS_SHOWN:]
    more = [html.Details([html.Summary(f"+{len(rest)}"), *(html.Code(each) for each in rest)])] if rest else []
    return html.Div([*shown, *more], className="records")
