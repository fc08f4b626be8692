"""The last run and what the quality gate said."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.parts import notice
from dashboards.view import View
from jobs import contracts, reading
from jobs.contracts import codes

SET_ASIDE, UNREADABLE = "expect_quarantine_to_be_small", "expect_files_to_be_readable"


def run_lines(rows: list[dict[str, Any]], view: View) -> list[html.Li]:
    """The tasks that ended well on one line, the others each with its message, and how many hypotheses were tested."""
    well = [row for row in rows if row["status"] == "ok"]
    lines = [html.Li(run_line(row, view.lang), className=f"run {row['status']}") for row in rows if row not in well]
    if well:
        tasks = " · ".join(codes.label("task", row["task"], view.lang) for row in well)
        at = i18n.clock(max(row["finished_at"] for row in well))
        lines.insert(
            0,
            html.Li(
                [
                    html.Span(codes.label("status", "ok", view.lang), className="state ok"),
                    " ",
                    i18n.text("run.well", view.lang, tasks=tasks, at=at),
                ]
            ),
        )
    tests = sum(row["test_count"] or 0 for row in rows)
    return [*lines, *([html.Li(i18n.text("run.tests", view.lang, n=f"{tests:,}"))] if tests else [])]


def run_line(row: dict[str, Any], lang: str) -> str:
    """How a task ended, how long it took, when, and its message."""
    took = (row["finished_at"] - row["started_at"]).total_seconds() if row["finished_at"] else None
    line = i18n.text(
        "run.tasks",
        lang,
        task=codes.label("task", row["task"], lang),
        seconds=i18n.number(took),
        status=codes.label("status", row["status"], lang),
        at=i18n.clock(row["finished_at"]),
    )
    return f"{line} · {row[f'message_{lang}']}"


def quality_lines(rows: list[dict[str, Any]], view: View) -> list[html.Li]:
    """How many checks held, and each that did not."""
    if not rows:
        return [html.Li(i18n.text("run.quality_none", view.lang))]
    stored = [row for row in rows if row["is_success"]]
    lines = [html.Li(i18n.text("run.quality", view.lang, met=len(stored), n=len(rows)))]
    for row in (row for row in rows if not row["is_success"]):
        severity = html.Span(codes.label("severity", row["severity"], view.lang), className="state late")
        lines.append(html.Li([severity, " ", say_failed(row, view.lang)]))
    return lines


def delivery_banners(view: View) -> list[html.Div]:
    """Above every page: the failed checks of how much of a delivery was set aside or could not be read."""
    rows = reading.quality(view.night).to_pylist()
    asked = [row for row in rows if row["expectation"] in (SET_ASIDE, UNREADABLE)]
    failed = [say_failed(row, view.lang) for row in asked if not row["is_success"]]
    if not failed:
        return []
    return [notice.banner("warn", i18n.text("banner.checks", view.lang), html.Ul([html.Li(each) for each in failed]))]


def say_failed(row: dict[str, Any], lang: str) -> str:
    """A check that did not hold: of which table, what was observed and what expected."""
    table = names.table(row["table_name"], lang)
    if row["expectation"] == SET_ASIDE:
        share, limit = float(row["observed_text"]), float(row["expected_text"].removeprefix("<= "))
        return i18n.text("run.set_aside", lang, table=table, share=f"{share:.0%}", limit=f"{limit:.0%}")
    if row["expectation"] == UNREADABLE:
        return i18n.text("run.unreadable", lang, table=table, n=row["observed_text"])
    asked = {"observed": row["observed_text"], "expected": row["expected_text"], "expectation": say_check(row, lang)}
    return i18n.text("run.failed", lang, table=table, **asked)


def say_check(row: dict[str, Any], lang: str) -> str:
    """What was asked, and of which columns or source: `source on time: Port calls (daily)`."""
    words, about = i18n.text(f"check.{row['expectation']}", lang), row["column_name"]
    stated = [
        names.column(name, lang) if name in contracts.fields() else names.source(name, lang)
        for name in (about or "").split(", ")
        if name
    ]
    return f"{words}: {', '.join(stated)}" if stated else words
