"""Low-price alerts on the printed page."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import words
from dashboards.parts import printed
from jobs import reading

LOTS = 5


def blocks(night: date, lang: str) -> list[printed.Block]:
    """How many lots were assessed and put forward, and the most urgent; nothing where none was assessed."""
    line = words.lots_line(night, lang)
    if line is None:
        return []
    standing = [row for row in reading.lots_alerted(night) if row["level"] >= reading.FIRST_ALERTING_LEVEL]
    lines = [lot_cells(row, lang) for row in standing[:LOTS]]
    return [printed.Block(title=text("lot.alerts", lang), note=line, rows=lines)]


def lot_cells(row: dict[str, Any], lang: str) -> list[printed.Cell]:
    """Goods and figures of one lot; a printed page names no declaration and no firm."""
    goods = {
        "country": names.country(row["origin_country"], lang),
        "item": words.product(row["standard_name_code"], lang),
    }
    return [
        ("name", printed.level(row["level"], lang)),
        ("", text("subject.item_origin", lang, **goods)),
        ("", words.price_line(row, lang)),
        ("right", i18n.won(row["stake_krw"], lang)),
        ("right", printed.code(f"/alert/{row['alert_id']}")),
    ]
