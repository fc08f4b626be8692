"""What every alert can show: the plain kind, of which the others change what they know better."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from urllib.parse import unquote

from dash import dcc, html

from dashboards import i18n, names, sentences
from dashboards.i18n import text
from dashboards.parts import alert_list, printed, why
from dashboards.view import View
from jobs import reading
from jobs.contracts import codes

Row = dict[str, Any]
Facts = list[tuple[str, object]]
Page = Callable[..., html.Main]
TOP, PRINTED = 8, 5


@dataclass(frozen=True)
class Kind:
    """One kind of alert as the screens and the brief show it.

    Attributes:
        name: of the kind, as alerts carry it.
        is_watched: its subjects are assessed anew each night, so that levels are counted and nights compared.
        figures: columns of gold.alert that a list of this kind alone shows, where any alert has them.
        reasons_note: key of the text on what the shares of the reasons are of.
        routes: addresses of its own with their pages.
        downloads: addresses of its own files with what answers them.
        score_figures: figures of its back-test by the end of their file's name.
    """

    name: str
    is_watched: ClassVar[bool] = False
    figures: ClassVar[Sequence[str]] = ("p_value", "stake_krw")
    reasons_note: ClassVar[str] = "alert.reasons_note"
    routes: ClassVar[Sequence[tuple[re.Pattern[str], Page]]] = ()
    downloads: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    score_figures: ClassVar[Mapping[str, Callable[..., Any]]] = {}

    # -- an alert wherever it is named

    def subject(self, row: Row, lang: str, *, in_full: bool = False) -> str:
        """What an alert is about, in a few words or `in_full`."""
        return plain_subject(row, lang, in_full=in_full)

    def is_daily(self, row: Row) -> bool:
        """Whether the period assessed is a day rather than a month."""
        return bool(row["period_start"] == row["period_end"])

    # -- the alert's page

    def facts(self, row: Row, lang: str) -> Facts:
        """Named facts that a reader asks for first: when, how urgent, how likely by chance, what is at stake."""
        daily = self.is_daily(row)
        named: Facts = [
            (text("alert.period", lang), i18n.period(row["period_start"], lang, daily)),
            (text("alert.opened", lang), i18n.period(row["opened_period"], lang, daily)),
            (text("alert.rank", lang), str(row["rank"])),
        ]
        if row["p_value"] is not None:
            named.append((text("alert.p", lang), i18n.p_value(row["p_value"])))
        if row["stake_krw"] is not None:
            named.append((names.column("stake_krw", lang), i18n.won(row["stake_krw"], lang)))
        return named

    def levels_beside(self, row: Row) -> list[tuple[str, int]]:
        """Levels said where they differ from the alert's, with the keys of their texts."""
        return [("alert.was", row["previous_level"]), ("alert.raw", row["raw_level"])]

    def opening(self, row: Row, view: View) -> list[object]:
        """What stands between the head and the conditions of the page."""
        return []

    def sections(self, row: Row, view: View) -> list[object]:
        """What stands between the conditions and the evidence of the page."""
        return [why.reasons(row, view, self.reasons_note)]

    # -- the night

    def standing(self, night: date) -> list[Row]:
        """Its alerts of the night at level 2 or higher in order of their rank."""
        return sentences.standing_alerts(night, self.name)

    def panel(self, view: View) -> list[html.Section]:
        """Its part of the overview: the most urgent alerts, and the way to all; nothing where there is none."""
        rows = self.standing(view.night)
        if not rows:
            return []
        past = reading.histories(view.night, [row["subject_id"] for row in rows[:TOP]])
        every = dcc.Link(text("overview.all", view.lang, n=len(rows)), href=view.href(f"/alerts/{self.name}"))
        head = html.Div([html.H2(codes.label("kind", self.name, view.lang)), every], className="panel-head")
        return [html.Section([head, alert_list.alert_list(rows[:TOP], past, view, self)], className="panel")]

    def panel_beside(self, view: View) -> list[html.Section]:
        """What stands in the overview's second column."""
        return []

    def brief(self, night: date, lang: str) -> list[printed.Block]:
        """Its part of the printed brief: the most urgent alerts, a line each."""
        rows = self.standing(night)
        if not rows:
            return []
        lines = [
            [
                ("name", printed.level(row["level"], lang)),
                ("", self.subject(row, lang)),
                ("", row[f"sentence_{lang}"]),
                ("right", printed.code(f"/alert/{row['alert_id']}")),
            ]
            for row in rows[:PRINTED]
        ]
        more = text("brief.more", lang, n=len(rows) - PRINTED) if len(rows) > PRINTED else ""
        return [printed.Block(title=codes.label("kind", self.name, lang), rows=lines, more=more)]

    def brief_beside(self, night: date, lang: str) -> list[printed.Block]:
        """What stands beside the changes in the printed brief."""
        return []

    # -- how good it is

    def score(self, view: View) -> tuple[list[object], list[object]] | None:
        """Its back-test on the score page: what stands in the head, and the sections; nothing where there is none."""
        return None


def plain_subject(row: Row, lang: str, *, in_full: bool = False) -> str:
    """What an alert is about, in a few words or `in_full`: what sort of subject, then the parts of its id."""
    call = names.item if in_full else names.short_item
    listed = row["subject_kind"] in codes.code_set("subject_kind")
    parts = [codes.label("subject_kind", row["subject_kind"], lang) if listed else row["subject_kind"]]
    for part in row["subject_id"].split("|"):
        key, _, value = part.partition("=")
        value = unquote(value)
        said = {"hs": call, "origin": names.country}.get(key)
        parts.append(said(value, lang) if said else value or key)
    return " · ".join(parts)
