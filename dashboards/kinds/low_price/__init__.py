"""What an alert on a declared lot shows: its price beside the market's, the duty at stake, both sides, the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from dash import dcc, html

from dashboards import i18n, names
from dashboards.i18n import text
from dashboards.kinds.default import Facts, Kind, Row
from dashboards.kinds.low_price import (
    brief,
    detection_figure,
    downloads,
    exploration,
    lot_page,
    overview,
    price,
    words,
)
from dashboards.parts import printed, why
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes


class LowPrice(Kind):
    """Alerts on declared lots; one is assessed when it is declared, so nights are not compared."""

    figures: ClassVar[Sequence[str]] = ("p_value", "stake_krw", "selection")
    reasons_note = "lot.reasons_note"
    routes = ((words.ADDRESS, lot_page.page),)
    downloads: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "/download/lot/<declaration_id>/<line_no>/<what>.csv": downloads.download_lot
    }
    score_figures: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "": detection_figure.figure,
        "_drift": exploration.figure,
    }

    def subject(self, row: Row, lang: str, *, in_full: bool = False) -> str:
        """Goods, origin, declaration and line."""
        return words.subject(row, lang)

    def is_daily(self, row: Row) -> bool:
        """A lot is assessed by the day it was declared on."""
        return True

    def facts(self, row: Row, lang: str) -> Facts:
        """When it was declared, its rank, the duty at stake and how it came to be selected."""
        return [
            (text("lot.declared_on", lang), i18n.full_date(row["period_start"], lang)),
            (text("alert.rank", lang), str(row["rank"])),
            (names.column("stake_krw", lang), i18n.won(row["stake_krw"], lang)),
            (names.column("selection", lang), codes.label("selection", row["selection"], lang)),
        ]

    def levels_beside(self, row: Row) -> list[tuple[str, int]]:
        """The level by its price alone."""
        return [("lot.by_price", row["raw_level"])]

    def opening(self, row: Row, view: View) -> list[object]:
        """The way to everything known of the lot."""
        address = words.lot_href(view, *words.lot_key(row["subject_id"]))
        return [html.P(dcc.Link(text("lot.open", view.lang), href=address, className="open-lot"))]

    def sections(self, row: Row, view: View) -> list[object]:
        """The price among its market's, the reasons, and the duty at stake."""
        lot = reading.find_lot(view.night, *words.lot_key(row["subject_id"]))
        assessed = [price.chart_section(lot, view)] if lot else []
        stake = [price.stake_section(lot, view)] if lot else []
        return [*assessed, html.Div([why.reasons(row, view, self.reasons_note), *stake], className="halves")]

    def panel(self, view: View) -> list[html.Section]:
        """How many lots were assessed, how many go to inspection, the most urgent."""
        return overview.section(view, self.name)

    def brief(self, night: date, lang: str) -> list[printed.Block]:
        """The same on a printed page, without declarations and firms."""
        return brief.blocks(night, lang)


KIND = LowPrice("low_price")
