"""The night on a printed page or two, in Korean and English, with the numbers of the screen.

The page asks the same questions (`jobs.reading`), says the same sentences (`dashboards.sentences`) and shows of each
kind of alert (`dashboards.kinds`) the same figures as the dashboard. It is one file: no script, no picture from
elsewhere.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dashboards import i18n, kinds, names, sentences
from dashboards.figures import theme
from dashboards.i18n import text
from dashboards.parts import printed
from jobs import reading
from jobs.contracts import ContractError, codes
from jobs.settings import settings

CHANGES = 6


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
    watched, stored = kinds.watched(), kinds.of_night(night)
    changed = reading.changes(night, watched)
    before = reading.previous_night(night)
    quality = reading.quality(night).to_pylist()
    met = sum(row["is_success"] for row in quality)
    return {
        "lang": lang,
        "t": partial(text, lang=lang),
        "font": Markup(theme.FONT),
        "night": night,
        "night_words": i18n.full_date(night, lang),
        "lead": sentences.lead(night, changed, kinds.watched(), lang),
        "tiles": tiles(night, before, lang),
        "blocks": [block for each in stored for block in each.brief(night, lang)],
        "previous": i18n.full_date(before, lang) if before else None,
        "changes": [change_entry(row, lang) for row in changed[:CHANGES]],
        "beside": [block for each in stored for block in each.brief_beside(night, lang)],
        "sources": source_entries(night, lang),
        "versions": versions(night, lang),
        "quality": text("run.quality", lang, met=met, n=len(quality)) if quality else text("run.quality_none", lang),
    }


def tiles(night: date, before: date | None, lang: str) -> list[dict[str, Any]]:
    """Subjects at each level, the highest first, with the difference to the night before."""
    watched = kinds.watched()
    counts, earlier = reading.level_counts(night, watched), reading.level_counts(before, watched) if before else None
    return [
        {
            "mark": printed.mark(level),
            "name": codes.label("level", level, lang),
            "count": f"{counts[level]:,}",
            "change": sentences.difference(counts[level] - earlier[level], lang) if earlier else "",
        }
        for level in range(5, 0, -1)
    ]


def change_entry(row: dict[str, Any], lang: str) -> dict[str, Any]:
    """What happened to one alert since the night before."""
    step = Markup("{} → {}").format(printed.level(row["level_before"], lang), printed.level(row["level"], lang))
    return {"what": text(f"change.{row['change']}", lang), "subject": kinds.subject(row, lang), "step": step}


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
