"""What would raise a level, what would clear it, what holds it down, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboards import names
from dashboards.i18n import text


def condition_boxes(words: Mapping[str, str], lang: str) -> html.Div:
    """One box a condition: `raises`, `clears`, `caps`; one without words is left out."""
    boxes = [
        html.Div([html.H3(text(f"alert.{key}", lang)), html.P(said)], className=f"condition {key}")
        for key, said in words.items()
        if said
    ]
    return html.Div(boxes, className="conditions")


def of_alert(row: dict[str, Any], lang: str) -> dict[str, str]:
    """The conditions as the alert's own sentences say them; what caps it has its figures among the reasons."""
    figures = {each["code"]: dict(each["params"] or []) for each in row["reasons"]}
    caps = " ".join(names.reason(code, lang, figures.get(code)) for code in row["caps"])
    return {"raises": row[f"raises_{lang}"], "clears": row[f"clears_{lang}"], "caps": caps}
