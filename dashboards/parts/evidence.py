"""The figures behind an alert, each with the records it comes from."""

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


def section(row: dict[str, Any], view: View) -> html.Section:
    """One table of signals, one of their evidence."""
    lang = view.lang
    found = reading.signals(view.night, row["signal_ids"]).to_pylist()
    title = html.H2(text("alert.evidence", lang))
    if not found:
        return html.Section([title, notice.empty(text("alert.no_evidence", lang))], className="panel")
    note = html.P(text("alert.evidence_note", lang), className="note")
    return html.Section([title, note, signal_table(found, lang), evidence_table(found, lang)], className="panel")


def signal_table(found: list[dict[str, Any]], lang: str) -> html.Div:
    """One line a detector: what it saw, what it expected, how unlikely that is, on how much of a past."""
    columns = ("detector_id", "family", "observed", "expected", "statistic", "p_value", "baseline_n")
    rows = [
        [
            html.Span(names.detector(each["detector_id"], lang), title=each["detector_id"]),
            codes.label("family", each["family"], lang), i18n.quantity(each["observed"], each["unit"], lang),
            i18n.quantity(each["expected"], each["unit"], lang), i18n.number(each["statistic"], lang, 2),
            i18n.p_value(each["p_value"]), i18n.number(each["baseline_n"], lang),
        ]
        for each in found
    ]  # fmt: skip
    return table([names.column(c, lang) for c in columns], rows, numeric=(2, 3, 4, 5, 6))


def evidence_table(found: list[dict[str, Any]], lang: str) -> html.Div:
    """One line a figure: whose, which, how much, from which table and records."""
    head = [names.column(c, lang) for c in ("detector_id", "measure", "value", "table_name", "record_id")]
    rows = [
        [
            names.detector(signal["detector_id"], lang), name_figure(each, lang),
            each["text"] or i18n.quantity(each["value"], each["unit"] or "ratio", lang),
            names.table(each["table"], lang) if each["table"] else i18n.UNKNOWN, records(each["record_ids"] or []),
        ]
        for signal in found for each in signal["evidence"] or []
    ]  # fmt: skip
    return table(head, rows, numeric=(2,))


def name_figure(each: dict[str, Any], lang: str) -> str:
    """What a figure is: its sentence, or the label of the column it is named after."""
    said = names.reason(each["code"], lang)
    return said if said != each["code"] else names.column(each["code"], lang)


def records(ids: list[str]) -> html.Div | str:
    """The physical records, the first few at once and the rest on demand."""
    if not ids:
        return i18n.UNKNOWN
    shown = [html.Code(each) for each in ids[:RECORDS_SHOWN]]
    rest = ids[RECORDS_SHOWN:]
    more = [html.Details([html.Summary(f"+{len(rest)}"), *(html.Code(each) for each in rest)])] if rest else []
    return html.Div([*shown, *more], className="records")
