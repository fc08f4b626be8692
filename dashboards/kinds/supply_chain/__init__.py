"""What an alert on an imported item, a strait or a port shows: its history, the forecast, and other origins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from dash import dcc, html

from dashboards import i18n
from dashboards.i18n import text
from dashboards.kinds.default import TOP, Facts, Kind, Row
from dashboards.kinds.supply_chain import brief, detection_figure, facts, history, prognosis, score, straits, words
from dashboards.parts import alert_list, notice, printed, why
from dashboards.view import View
from jobs import reading

DAYS_SHOWN = 400


class SupplyChain(Kind):
    """Alerts on items by origin, month by month, and on straits and ports, day by day."""

    is_watched = True
    figures: ClassVar[Sequence[str]] = ("origin_share", "p_value")
    score_figures: ClassVar[Mapping[str, Callable[..., Any]]] = {"": detection_figure.figure}

    def subject(self, row: Row, lang: str, *, in_full: bool = False) -> str:
        """The item and its origin, the strait, the port, or the night itself."""
        return words.subject(row, lang, in_full=in_full)

    def is_daily(self, row: Row) -> bool:
        """Ships are counted day by day, trade month by month."""
        return words.is_daily(row)

    def facts(self, row: Row, lang: str) -> Facts:
        """Period, opening, rank and probability; of an item the supplier's weight."""
        daily = self.is_daily(row)
        named: Facts = [
            (text("alert.period", lang), i18n.period(row["period_start"], lang, daily)),
            (text("alert.opened", lang), i18n.period(row["opened_period"], lang, daily)),
            (text("alert.rank", lang), str(row["rank"])),
            (text("alert.p", lang), i18n.p_value(row["p_value"])),
        ]
        return [*named, *facts.supplier_facts(row, lang)] if row["hs_code"] else named

    def sections(self, row: Row, view: View) -> list[object]:
        """What happened, why it weighs, what is forecast, and whether another origin fills the gap."""
        past = reading.history(view.night, row["subject_id"])
        past = past.slice(max(0, past.num_rows - DAYS_SHOWN))
        ahead = reading.forecast(view.night, row["subject_id"])
        reasons = why.reasons(row, view, self.reasons_note)
        return [
            history.what_happened(row, past, ahead, view),
            html.Div([reasons, prognosis.forecast_section(row, ahead, view)], className="halves"),
            *facts.peer_section(row, view),
        ]

    def panel(self, view: View) -> list[html.Section]:
        """The most urgent alerts, and the way to all of them; that there is none, where there is none."""
        title, rows = html.H2(text("overview.top", view.lang)), self.standing(view.night)
        if not rows:
            return [html.Section([title, notice.empty(text("state.no_alerts", view.lang))], className="panel")]
        past = reading.histories(view.night, [row["subject_id"] for row in rows[:TOP]])
        every = dcc.Link(text("overview.all", view.lang, n=len(rows)), href=view.href(f"/alerts/{self.name}"))
        head = html.Div([title, every], className="panel-head")
        return [html.Section([head, alert_list.alert_list(rows[:TOP], past, view, self)], className="panel")]

    def panel_beside(self, view: View) -> list[html.Section]:
        """The chokepoints."""
        return [straits.section(self.standing(view.night), view)]

    def brief(self, night: date, lang: str) -> list[printed.Block]:
        """The most urgent alerts in full."""
        return brief.blocks(self.standing(night), night, lang)

    def brief_beside(self, night: date, lang: str) -> list[printed.Block]:
        """The chokepoints."""
        return straits.printed_blocks(self.standing(night), night, lang)

    def score(self, view: View) -> tuple[list[object], list[object]] | None:
        """Planted cuts detected at equal alarm rates, known events and quiet controls."""
        return score.parts(reading.backtest(self.name), view.lang)


KIND = SupplyChain("supply_chain")
