"""The accepted lots one is compared with, as a table that a reader can check record by record."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import words
from dashboards.kinds.low_price.price import price
from dashboards.parts import notice
from dashboards.parts.table import table
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

HEAD = (
    "comparable_declaration_id",
    "shipped_on",
    "days_apart",
    "origin_country",
    "adjusted_usd_per_kg",
    "declared_usd_per_kg",
    "net_mass_kg",
    "comparable_rung",
    "legal_article",
    "is_examined",
)
FIRST_ALERTING_LEVEL = reading.FIRST_ALERTING_LEVEL


def section(lot: dict[str, Any], view: View) -> html.Section:
    """The comparables kept, how many there are in all, and their figures as CSV."""
    lang, key = view.lang, (lot["declaration_id"], lot["line_no"])
    rows = reading.comparables(view.night, *key).to_pylist()
    title = html.H2(text("lot.comparables", lang))
    if not rows:
        kept = "lot.no_comparables" if lot["level"] >= FIRST_ALERTING_LEVEL else "lot.comparables_not_kept"
        return html.Section([title, notice.empty(text(kept, lang))], className="panel")
    download = html.A(
        text("lot.download_comparables", lang),
        href=view.href(f"/download/lot/{key[0]}/{key[1]}/comparables.csv", night=view.night),
    )
    note = text(
        "lot.comparables_note",
        lang,
        n=i18n.number(lot["comparable_count"]),
        shown=len(rows),
        rung=codes.label("comparable_rung", lot["comparable_rung"], lang),
    )
    body = table(
        [names.column(c, lang) for c in HEAD],
        [line(row, lang) for row in rows],
        numeric=(2, 4, 5, 6),
        caption=text("lot.comparables", lang),
    )
    return html.Section(
        [html.Div([title, download], className="panel-head"), html.P(note, className="note"), body], className="panel"
    )


def line(row: dict[str, Any], lang: str) -> list[object]:
    """One comparable; the lowest and the voucher marked by a word beside the record."""
    article = row["legal_article"]
    return [
        html.Div(
            [
                html.Code(
                    words.lot(row["comparable_declaration_id"], row["comparable_line_no"]), title=row["record_id"] or ""
                ),
                *marks(row, lang),
            ],
            className="record",
        ),
        i18n.UNKNOWN if row["shipped_on"] is None else str(row["shipped_on"]),
        i18n.number(row["days_apart"]),
        names.country(row["origin_country"], lang),
        price(row["adjusted_usd_per_kg"], lang),
        price(row["declared_usd_per_kg"], lang),
        i18n.quantity(float(row["net_mass_kg"]), "kg", lang),
        codes.label("comparable_rung", row["comparable_rung"], lang),
        text("lot.article", lang, n=article) if article else i18n.UNKNOWN,
        text("lot.yes" if row["is_examined"] else "lot.no", lang),
    ]


def marks(row: dict[str, Any], lang: str) -> list[html.Span]:
    """What singles a comparable out."""
    return [html.Span(names.column(c, lang), className=f"tag {c}") for c in ("is_lowest", "is_voucher") if row[c]]
