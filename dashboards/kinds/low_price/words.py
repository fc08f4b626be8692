"""What to call a declared lot and its goods, and what screens and briefs both say of lots."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import unquote

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

ADDRESS = re.compile(r"/lot/(?P<declaration_id>[\w-]{1,40})/(?P<line_no>\d{1,4})", re.ASCII)


def lot_href(view: View, declaration_id: str, line_no: int) -> str:
    """Address of a lot's page."""
    return view.href(f"/lot/{declaration_id}/{line_no}")


def lot_key(subject_id: str) -> tuple[str, int]:
    """Declaration and line of a lot's subject id, `declaration=...|line=...`."""
    parts = dict(part.split("=", 1) for part in subject_id.split("|"))
    return unquote(parts["declaration"]), int(parts["line"])


def lot(declaration_id: str, line_no: int) -> str:
    """A declaration's line as the sentences of alerts write it."""
    return f"{declaration_id}/{line_no}"


def subject(row: dict[str, Any], lang: str) -> str:
    """Goods, origin, declaration and line of an alert's lot."""
    said = {"item": goods(row["hs_code"], lang), "country": names.country(row["partner_country"], lang)}
    return text("subject.lot", lang, lot=lot(*lot_key(row["subject_id"])), **said)


def product(code: str, lang: str) -> str:
    """The name of a standard product."""
    return codes.label("standard_product", code, lang)


def goods(hs_code: str, lang: str) -> str:
    """The standard product of a tariff code, which says more than the code's own words.

    The item where there is none.
    """
    for code, each in codes.standard_products().items():
        if each["hs10"] == hs_code:
            return product(code, lang)
    return names.short_item(hs_code, lang)


def lots_line(night: date, lang: str) -> str | None:
    """How many lots were assessed, stand at level 2 or higher and are put forward; nothing where none was assessed."""
    counted = reading.lot_counts(night).to_pylist()
    if not counted:
        return None

    def number(*selections: str, least: int = 1) -> str:
        chosen = [
            row["n"] for row in counted if row["level"] >= least and (not selections or row["selection"] in selections)
        ]
        return i18n.number(sum(chosen))

    line = text(
        "lot.lots_line",
        lang,
        assessed=number(),
        standing=number(least=reading.FIRST_ALERTING_LEVEL),
        ranked=number("rank"),
        explored=number("random", "uncertain"),
    )
    without = sum(row["n"] for row in counted if not row["has_stake"])
    return f"{line} {text('lot.without_stake_line', lang, n=i18n.number(without))}" if without else line


def price_line(row: dict[str, Any], lang: str) -> str:
    """Declared price, reference and their ratio of a lot, in a few words.

    That there is no reference, where there is none.
    """
    key = "lot.price_line" if row["price_ratio"] is not None else "lot.price_alone"
    figures = {
        name: i18n.quantity(row[name], "usd_per_kg", lang) for name in ("price_usd_per_kg", "reference_usd_per_kg")
    }
    return text(key, lang, ratio=i18n.percent(row["price_ratio"]), **figures)
