"""The last run and what the quality gate said."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import i18n, names
from dashboards.view import View
from jobs.contracts import codes


def run_lines(rows: list[dict[str, Any]], view: View) -> list[html.Li]:
    """One line a task, and how many hypotheses were tested."""
    lines = [html.Li(run_line(row, view.lang), className=f"run {row['status']}") for row in rows]
    tests = sum(row["test_count"] or 0 for row in rows)
    return [*lines, *([html.Li(i18n.text("run.tests", view.lang, n=f"{tests:,}"))] if tests else [])]


def run_line(row: dict[str, Any], lang: str) -> str:
    """How a task ended, how long it took, when; its message where it did not end well."""
    took = (row["finished_at"] - row["started_at"]).total_seconds() if row["finished_at"] else None
    line = i18n.text(
        "run.tasks", lang, task=codes.label("task", row["task"], lang), seconds=i18n.number(took, lang),
        status=codes.label("status", row["status"], lang), at=i18n.clock(row["finished_at"], lang),
    )  # fmt: skip
    return line if row["status"] == "ok" else f"{line} · {row[f'message_{lang}']}"


def quality_lines(rows: list[dict[str, Any]], view: View) -> list[html.Li]:
    """How many checks held, and each that did not."""
    if not rows:
        return [html.Li(i18n.text("run.quality_none", view.lang))]
    held = [row for row in rows if row["is_success"]]
    lines = [html.Li(i18n.text("run.quality", view.lang, held=len(held), n=len(rows)))]
    for row in (row for row in rows if not row["is_success"]):
        words = i18n.text(
            "run.failed", view.lang, table=names.table(row["table_name"], view.lang), expectation=row["expectation"],
            column=row["column_name"] or "*", observed=row["observed_text"], expected=row["expected_text"],
        )  # fmt: skip
        lines.append(html.Li([html.Span(codes.label("severity", row["severity"], view.lang), className="state late"), " ", words]))
    return lines
