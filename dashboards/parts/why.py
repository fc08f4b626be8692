"""Why an alert stands at its level: its reasons."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dash import html

from dashboards import i18n, names
from dashboards.figures import reasons as reasons_figure
from dashboards.i18n import text
from dashboards.parts import notice
from dashboards.parts.chart import chart
from dashboards.parts.table import behind, table
from dashboards.view import View


def say_reasons(row: dict[str, Any], lang: str) -> list[tuple[str, float]]:
    """The reasons of an alert as sentences with their shares, the heaviest first."""
    said = [
        (names.reason(each["code"], lang, dict(each["params"] or [])), each["contribution"]) for each in row["reasons"]
    ]
    return sorted(said, key=lambda pair: -pair[1])


def reasons(row: dict[str, Any], view: View, note_key: str) -> html.Section:
    """What weighed in the level, as bars and as a table, then what else had to hold for it.

    Args:
        note_key: of the text on what the shares are of.
    """
    lang = view.lang
    said = say_reasons(row, lang)
    title = html.H2(text("alert.reasons", lang))
    weighed = [pair for pair in said if pair[1] > 0]
    stored = [words for words, share in said if share <= 0]
    parts = [notice.empty(text("alert.no_reasons", lang))] if not said else []
    if weighed:
        columns = {"label": [words for words, _ in weighed], "contribution": [share for _, share in weighed]}
        table_of = [[words, i18n.percent(share)] for words, share in weighed]
        alt = "; ".join(f"{words} {share}" for words, share in table_of)
        picture = chart(reasons_figure.figure(pa.table(columns), lang=lang), alt=alt, name="reasons", lang=lang)
        head = [text("alert.reasons", lang), text("alert.contribution", lang)]
        parts += [
            html.P(text(note_key, lang), className="note"),
            picture,
            behind(text("alert.table", lang), table(head, table_of, numeric=(1,))),
        ]
    if stored:
        parts += [html.H3(text("alert.held", lang)), html.Ul([html.Li(words) for words in stored], className="lines")]
    return html.Section([title, *parts], className="panel")
