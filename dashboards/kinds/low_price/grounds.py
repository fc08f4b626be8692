"""Why a lot stands at its level, and what speaks for the importer, each with the record it rests on."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.low_price import words
from dashboards.kinds.low_price.price import price
from dashboards.parts import notice
from dashboards.parts.table import table
from dashboards.sentences import level_name
from dashboards.view import View

VOUCHER = "accepted_third_party"
# Conditions of which each holds wherever the next does; the last one that holds says it all.
LADDERS = (("ratio_low", "ratio_very_low", "ratio_half"), ("z_low", "z_very_low", "z_extreme"))


def raised_section(lot: dict[str, Any], view: View) -> html.Section:
    """What raised the level in words, and every price rule that could test the lot."""
    lang = view.lang
    title = html.H2(text("lot.raised", lang))
    said = [html.Li(names.reason(code, lang)) for code in furthest(lot["reason_codes"])]
    listed = html.Ul(said, className="lines") if said else notice.empty(text("lot.nothing_raised", lang))
    grounds = [ground_table(lot["grounds"], lang)] if lot["grounds"] else []
    steps = html.P(level_steps(lot, lang), className="note")
    return html.Section([title, steps, listed, *grounds], className="panel")


def furthest(result: list[str]) -> list[str]:
    """The codes without those that a further one of the same ladder implies."""
    implied = {code for ladder in LADDERS for code in [each for each in ladder if each in result][:-1]}
    return [code for code in result if code not in implied]


def level_steps(lot: dict[str, Any], lang: str) -> str:
    """How the level came about: by price, with the patterns, with what holds it down."""
    steps = {key: level_name(lot[key], lang) for key in ("raw_level", "level_before_cap", "level")}
    return text("lot.steps", lang, **steps)


def ground_table(grounds: list[dict[str, Any]], lang: str) -> html.Div:
    """One line a price rule: what it compares with, ratio, z, how many prices, whether the ground stands."""
    head = [
        text("lot.ground", lang),
        names.column("reference_usd_per_kg", lang),
        names.column("price_ratio", lang),
        names.column("z_score", lang),
        text("lot.prices", lang),
        text("lot.stands", lang),
    ]
    rows = [
        [
            html.Span(names.detector(each["code"], lang), title=each["code"]),
            price(each["reference_usd_per_kg"], lang),
            i18n.percent(each["ratio"]),
            i18n.number(each["z"], 1),
            i18n.number(each["n"]),
            text("lot.yes" if each["is_low"] else "lot.no", lang),
        ]
        for each in grounds
    ]
    return table(head, rows, numeric=(1, 2, 3, 4), caption=text("lot.raised", lang))


def speaks_section(lot: dict[str, Any], view: View) -> html.Section:
    """What the exculpatory search found: the third party's record by its number, then everything else by its
    sentence.
    """
    lang = view.lang
    title = html.H2(names.column("speaks_for", lang))
    said = [html.Li(names.reason(code, lang)) for code in lot["speaks_for"] if code != VOUCHER]
    if lot["voucher_declaration_id"]:
        record = html.Code(words.lot(lot["voucher_declaration_id"], lot["voucher_line_no"]))
        label = html.Strong(text("lot.voucher", lang))
        said.insert(0, html.Li([label, " ", record, ". ", text("lot.capped", lang)], className="voucher"))
    body = html.Ul(said, className="lines") if said else notice.empty(text("lot.nothing_speaks", lang))
    return html.Section([title, html.P(text("lot.speaks_note", lang), className="note"), body], className="panel")
