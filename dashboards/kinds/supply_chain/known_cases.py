"""What the rule did at known events, and at national totals where nothing is known to have happened."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.parts.table import behind, table
from jobs import contracts, reading

Row = dict[str, Any]
LONG_ASSESSED = 24  # months; totals assessed for less stand behind a fold


def read_groups(rows: pa.Table, prefix: str) -> dict[str, dict[str, Row]]:
    """Figures of the groups with a prefix, by the rest of the group's name and by measure."""
    result: dict[str, dict[str, Row]] = {}
    for row in reading.ask("select * from rows where starts_with(group_id, ?)", [prefix], rows=rows).to_pylist():
        result.setdefault(row["group_id"].removeprefix(prefix), {})[row["measure"]] = row
    return result


def event_table(rows: pa.Table, lang: str) -> html.Div:
    """Months from an event's effective date to levels 2 and 3, or why there are none."""
    scored = read_groups(rows, "event:")
    listed = contracts.read_yaml(contracts.SCHEMAS / "codes" / "events.yml")
    head = [
        text(f"score.{name}", lang) for name in ("event", "subject", "notice", "effective", "to_level_2", "to_level_3")
    ]
    body = [
        [
            html.Div([event[f"label_{lang}"], html.Div(event["source"], className="note")]),
            f"HS {event['hs_code']} · {names.country(event['partner_country'], lang)}",
            html.Span(event["first_notice"].isoformat(), className="nowrap"),
            html.Span(event["effective_from"].isoformat(), className="nowrap"),
            *(lag_words(scored[event["id"]].get(f"lag_level_{level}"), lang) for level in (2, 3)),
        ]
        for event in sorted(listed, key=lambda each: (-was_assessed(scored.get(each["id"])), each["effective_from"]))
        if event["id"] in scored
    ]
    return table(head, body, caption=text("score.events", lang))


def was_assessed(figures: dict[str, Row] | None) -> bool:
    """Whether the data cover the event."""
    return any(row["sample_n"] > 0 for row in (figures or {}).values())


def lag_words(row: Row | None, lang: str) -> object:
    """A lag in months; that there was no alarm, or that the data do not cover the event."""
    if row is None or not row["sample_n"]:
        return html.Span(text("score.not_covered", lang), className="unknown")
    if row["value"] is None:
        return text("score.no_alarm", lang)
    return html.Strong(text("score.months_later", lang, n=f"{row['value']:+.0f}".replace("-", "\N{MINUS SIGN}")))


def control_part(rows: pa.Table, lang: str) -> list[object]:
    """The controls: all in a sentence, those assessed long as a table, the others behind a fold."""
    result = sorted(read_groups(rows, "control:").items())
    lines = [(control_line(name, figures, lang), figures["months_alarmed"]) for name, figures in result]
    assessed = sum(row["sample_n"] for _, row in lines)
    alarmed = sum(alarm_months(row) for _, row in lines)
    words = text(
        "score.controls_sum",
        lang,
        totals=len(lines),
        assessed=i18n.number(assessed),
        alarmed=alarmed,
        share=i18n.percent(alarmed / assessed if assessed else None, 1),
    )
    head = [text(f"score.{name}", lang) for name in ("total", "judged", "alarmed", "longest_run")]
    long = [line for line, row in lines if row["sample_n"] >= LONG_ASSESSED]
    short = [line for line, row in lines if row["sample_n"] < LONG_ASSESSED]
    parts: list[object] = [html.P(words), table(head, long, numeric=(1, 2, 3), caption=text("score.controls", lang))]
    if short:
        title = text("score.controls_short", lang, n=len(short), months=LONG_ASSESSED)
        parts.append(behind(title, table(head, short, numeric=(1, 2, 3))))
    return parts


def control_line(name: str, figures: dict[str, Row], lang: str) -> list[object]:
    """One total: what it is, months assessed, months alarmed, longest run of alarms."""
    row = figures["months_alarmed"]
    hs_code = name.split("|")[0].removeprefix("hs=")
    called = names.short_item(hs_code, lang)
    share = i18n.percent(row["value"], 1)
    return [
        called if hs_code in called else [called, " ", html.Span(f"(HS {hs_code})", className="nowrap")],
        str(row["sample_n"]),
        f"{alarm_months(row)} ({share})",
        i18n.number(figures["longest_run"]["value"]),
    ]


def alarm_months(row: Row) -> int:
    """Months alarmed, which the row holds as a share of the months assessed."""
    months: float = (row["value"] or 0.0) * row["sample_n"]
    return round(months)
