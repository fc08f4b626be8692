"""The most urgent supply-chain alerts on the printed page, each with its figures and its picture."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup

from dashboards import i18n, names, sentences
from dashboards.figures import history as history_figure
from dashboards.figures import svg
from dashboards.i18n import text
from dashboards.kinds.supply_chain import words
from dashboards.parts import printed
from jobs import reading

TOP = 4
PICTURE_WIDTH, PICTURE_HEIGHT = 300, 112
DAYS_DRAWN = 120


def blocks(standing: list[dict[str, Any]], night: date, lang: str) -> list[printed.Block]:
    """The most urgent alerts in full; that there is none, where there is none."""
    title = text("brief.top", lang)
    if not standing:
        return [printed.Block(title=title, quiet=text("brief.quiet", lang))]
    return [
        printed.Block(
            title=title,
            note=text("brief.legend", lang),
            alerts=[alert_entry(row, night, lang) for row in standing[:TOP]],
            more=text("brief.more", lang, n=len(standing) - TOP) if len(standing) > TOP else "",
        )
    ]


def alert_entry(row: dict[str, Any], night: date, lang: str) -> dict[str, Any]:
    """One alert with its sentence, its figures and its picture."""
    subject = words.subject(row, lang)
    facts = [
        f"{text('alert.period', lang)} {i18n.period(row['period_start'], lang, words.is_daily(row))}",
        f"{names.column('p_value', lang)} {i18n.p_value(row['p_value'])}",
    ]
    if row["origin_share"] is not None:
        facts.append(f"{text('alert.share', lang)} {i18n.percent(row['origin_share'])}")
    return {
        "alert_id": row["alert_id"],
        "mark": printed.mark(row["level"]),
        "level": sentences.level_name(row["level"], lang),
        "subject": subject,
        "sentence": row[f"sentence_{lang}"],
        "raises": row[f"raises_{lang}"],
        "clears": row[f"clears_{lang}"],
        "facts": " · ".join(facts),
        "picture": picture(row, night, subject, lang),
    }


def picture(row: dict[str, Any], night: date, subject: str, lang: str) -> Markup:
    """The alert page's history chart, drawn without a browser."""
    past = reading.history(night, row["subject_id"])
    if not past.num_rows:
        return Markup("")
    if words.is_daily(row):
        past = past.slice(max(0, past.num_rows - DAYS_DRAWN))
    ahead = reading.forecast(night, row["subject_id"])
    figure = history_figure.figure(past, ahead, lang=lang, height=PICTURE_HEIGHT)
    figure.update_layout(showlegend=False, margin={"l": 66, "r": 8, "t": 4, "b": 22})
    return Markup(svg.draw(figure, alt=text("brief.history_alt", lang, subject=subject), width=PICTURE_WIDTH))
