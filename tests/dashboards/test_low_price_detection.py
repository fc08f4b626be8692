"""The low-price figure draws every ranking of every difficulty as the table has it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from dashboards import i18n
from dashboards.i18n import LANGUAGES
from dashboards.kinds.low_price import detection_figure as detection


def row(
    group: str, rule: str, measure: str, capacity: float, value: float | None, depth: float = 0.0
) -> dict[str, Any]:
    band = {"lower": None, "upper": None} if value is None else {"lower": value - 0.05, "upper": value + 0.1}
    return {
        "group_id": group,
        "rule": rule,
        "measure": measure,
        "alarm_rate": capacity,
        "depth": depth,
        "value": value,
        **band,
    }


def table(*more: dict[str, Any]) -> pa.Table:
    """Each ranking finds a little less than the one before; capacities stand in falling order."""
    rows = [
        row(difficulty, rule, measure, capacity, 0.8 - 0.1 * place - 1 / (200 * capacity))
        for difficulty in detection.DIFFICULTIES
        for place, rule in enumerate(detection.LOOKS)
        for measure in detection.MEASURES
        for capacity in reversed(detection.CAPACITIES)
    ]
    return pa.Table.from_pylist([*rows, *more])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_ranking_is_named_once_ours_on_top(lang: str) -> None:
    drawn = detection.figure(table(), lang=lang)
    named = [trace.name for trace in drawn.data if trace.showlegend]
    assert sorted(named) == sorted(i18n.text(f"low_price_score.rule.{rule}", lang) for rule in detection.LOOKS)
    assert drawn.data[-1].legendgroup == detection.OURS
    assert len(drawn.data) == len(detection.LOOKS) * len(detection.DIFFICULTIES) * len(detection.MEASURES)


def test_a_line_runs_over_rising_capacities_with_its_intervals() -> None:
    line = detection.figure(table(), lang="en").data[-1]
    assert list(line.x) == list(detection.CAPACITIES)
    assert list(line.y) == pytest.approx([0.3, 0.55, 0.7, 0.75])
    assert list(line.error_y.array) == pytest.approx([0.1] * 4)
    assert list(line.error_y.arrayminus) == pytest.approx([0.05] * 4)


def test_each_panel_says_its_difficulty_and_pool() -> None:
    titles = [each.text for each in detection.figure(table(), lang="en").layout.annotations]
    assert titles[0] == "Easy, look-alikes left out"
    assert titles[-1] == "Hard, all lots"
    assert len(set(titles)) == 6


def test_single_schemes_cuts_and_unknown_figures_are_not_drawn() -> None:
    others = [
        row("easy:hug", "ours", "recall", 0.05, 0.9),
        row("easy", "ours", "recall", 0.03, 0.9, depth=0.5),
        row("easy", "ours", "recall", 0.03, None),
        row("injected_coffee:easy", "ours", "recall", 0.05, 0.9),
    ]
    assert detection.figure(table(*others), lang="en").data == detection.figure(table(), lang="en").data


def test_rankings_are_told_apart_without_colour() -> None:
    assert len({(dash, symbol) for _, dash, symbol in detection.LOOKS.values()}) == len(detection.LOOKS)
