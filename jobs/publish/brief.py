"""The night on a printed page or two, in Korean and English, with the numbers of the screen.

The page asks the same questions (`jobs.reading`), says the same sentences (`dashboards.sentences`) and draws the
same figures (`dashboards.figures`) as the dashboard. It is one file: no script, no picture from elsewhere.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dashboards import i18n, names, sentences
from dashboards.figures import history as history_figure
from dashboards.figures import shapes, sparkline, svg, theme
from dashboards.i18n import text
from jobs import reading
from jobs.contracts import ContractError, codes
from jobs.settings import settings

TOP, CHANGES, LOTS = 4, 6, 5
PICTURE_WIDTH, PICTURE_HEIGHT = 300, 112
DAYS_DRAWN = 120


def publish_brief(night: date, lang: str) -> Path:
    """Write the brief of a night in one language; the answer is its file.

    Raises:
        ContractError: the night was never run, so there is nothing to report.
    """
    if night not in reading.nights():
        raise ContractError(f"no night {night} in the lake: run it before publishing it")
    target = settings().published / night.isoformat() / f"brief_{lang}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    written = target.with_suffix(".part")
    written.write_text(render(night, lang), encoding="utf-8")
    written.replace(target)
    return target


def render(night: date, lang: str) -> str:
    """The brief as HTML."""
    shelves = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
        trim_blocks=False,
    )
    return shelves.get_template("brief.html").render(gather(night, lang))


def gather(night: date, lang: str) -> dict[str, Any]:
    """Everything the template shows."""
    standing = sentences.standing_alerts(night)
    changed = reading.changes(night)
    before = reading.previous_night(night)
    quality = reading.quality(night).to_pylist()
    stored = sum(row["is_success"] for row in quality)
    return {
        "lang": lang,
        "t": partial(text, lang=lang),
        "font": Markup(theme.FONT),
        "night": night,
        "night_words": i18n.full_date(night, lang),
        "lead": sentences.lead(night, changed, lang),
        "tiles": tiles(night, before, lang),
        "alerts": [alert_entry(row, night, lang) for row in standing[:TOP]],
        "more": max(0, len(standing) - TOP),
        "previous": i18n.full_date(before, lang) if before else None,
        "changes": [change_entry(row, lang) for row in changed[:CHANGES]],
        "straits": strait_entries(night, standing, lang),
        "lots": lot_entries(night, lang),
        "lots_line": sentences.lots_line(night, lang),
        "sources": source_entries(night, lang),
        "versions": versions(night, lang),
        "quality": text("run.quality", lang, met=stored, n=len(quality)) if quality else text("run.quality_none", lang),
    }


def mark(level: int) -> Markup:
    """The level's mark, drawn in the page."""
    drawn = shapes.mark(theme.LEVEL_SYMBOL[level], 6.5, 6.5, 10, theme.LEVEL_COLOUR[level])
    return Markup(f'<svg class="mark" width="13" height="13" aria-hidden="true">{drawn}</svg>')


def tiles(night: date, before: date | None, lang: str) -> list[dict[str, Any]]:
    """Subjects at each level, the highest first, with the difference to the night before."""
    counts, earlier = reading.level_counts(night), reading.level_counts(before) if before else None
    return [
        {
            "mark": mark(level),
            "name": codes.label("level", level, lang),
            "count": f"{counts[level]:,}",
            "change": sentences.difference(counts[level] - earlier[level], lang) if earlier else "",
        }
        for level in range(5, 0, -1)
    ]


def alert_entry(row: dict[str, Any], night: date, lang: str) -> dict[str, Any]:
    """One alert with its sentence, its figures and its picture."""
    subject = names.subject(row, lang)
    facts = [
        f"{text('alert.period', lang)} {i18n.period(row['period_start'], lang, names.is_daily(row))}",
        f"{names.column('p_value', lang)} {i18n.p_value(row['p_value'])}",
    ]
    if row["origin_share"] is not None:
        facts.append(f"{text('alert.share', lang)} {i18n.percent(row['origin_share'])}")
    return {
        "alert_id": row["alert_id"],
        "mark": mark(row["level"]),
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
    if names.is_daily(row):
        past = past.slice(max(0, past.num_rows - DAYS_DRAWN))
    ahead = reading.forecast(night, row["subject_id"])
    figure = history_figure.figure(past, ahead, lang=lang, height=PICTURE_HEIGHT)
    figure.update_layout(showlegend=False, margin={"l": 66, "r": 8, "t": 4, "b": 22})
    return Markup(svg.draw(figure, alt=text("brief.history_alt", lang, subject=subject), width=PICTURE_WIDTH))


def change_entry(row: dict[str, Any], lang: str) -> dict[str, Any]:
    """What happened to one alert since the night before."""
    step = Markup("{} → {}").format(
        Markup("{}{}").format(mark(row["level_before"]), sentences.level_name(row["level_before"], lang)),
        Markup("{}{}").format(mark(row["level"]), sentences.level_name(row["level"], lang)),
    )
    return {"what": text(f"change.{row['change']}", lang), "subject": names.subject(row, lang), "step": step}


def lot_entries(night: date, lang: str) -> list[dict[str, Any]]:
    """The most urgent low-price alerts: goods and figures; a printed page names no declaration and no firm."""
    result = []
    standing = [row for row in reading.lots_alerted(night) if row["level"] >= reading.FIRST_ALERTING_LEVEL]
    for row in standing[:LOTS]:
        goods = {
            "country": names.country(row["origin_country"], lang),
            "item": names.product(row["standard_name_code"], lang),
        }
        result.append(
            {
                "level": Markup("{}{}").format(mark(row["level"]), sentences.level_name(row["level"], lang)),
                "subject": text("subject.item_origin", lang, **goods),
                "line": sentences.price_line(row, lang),
                "stake": i18n.won(row["stake_krw"], lang),
                "alert_id": row["alert_id"],
            }
        )
    return result


def strait_entries(night: date, standing: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    """The chokepoints: the newest week and the last 120 days."""
    levels = {row["subject_id"]: row["level"] for row in standing if row["subject_kind"] == "strait"}
    result = []
    for subject_id, days in reading.straits(night).items():
        name = codes.label("strait", subject_id.split("=", 1)[-1], lang)
        level = levels.get(subject_id, 1)
        drawn = svg.draw(
            sparkline.figure(days, lang=lang, level=level), alt=text("brief.history_alt", lang, subject=name)
        )
        label = Markup("{}{}").format(mark(level), name)
        result.append({"name": label, "line": sentences.strait_line(days, lang), "picture": Markup(drawn)})
    return result


def source_entries(night: date, lang: str) -> list[dict[str, Any]]:
    """Every source that was ever delivered with its age, late ones named as such."""
    return [
        {
            "name": names.source(row["source"], lang),
            "age": sentences.source_age(row, lang),
            "is_late": row["status"] == "late",
            "state": codes.label("status", row["status"], lang),
        }
        for row in reading.freshness(night).to_pylist()
        if row["status"] != "missing"
    ]


def versions(night: date, lang: str) -> str:
    """Which rules and code made the night."""
    runs = reading.last_runs(night).to_pylist()
    if not runs:
        return text("run.never", lang)
    return text("footer.versions", lang, night=night, rules=runs[-1]["rules_version"], code=runs[-1]["code_version"])
