"""The exploration figure draws each policy's months as the table has them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from dashboards import names
from dashboards.i18n import LANGUAGES
from dashboards.kinds.low_price import exploration


def table(months: int = 3) -> pa.Table:
    """Each policy finds a little less each month; the months stand in no order, with the sum over all among them."""

    def row(policy: str, group: str, measure: str, value: float) -> dict[str, Any]:
        band = {"value": value, "lower": value - 0.1, "upper": value + 0.1}
        return {"group_id": group, "rule": policy, "measure": measure, **band}

    rows = [
        row(policy, f"month:{month:02d}", measure, start - 0.1 * month)
        for month in range(months, 0, -1)
        for policy, start in zip(exploration.LOOKS, (0.9, 0.8, 0.7, 0.6, 0.5), strict=True)
        for measure in ("cases_found", "revenue_found")
    ]
    return pa.Table.from_pylist([row(exploration.OURS, "all", "revenue_found", 0.99), *rows])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_policy_is_named_once_ours_on_top(lang: str) -> None:
    drawn = exploration.figure(table(), lang=lang)
    named = [trace.name for trace in drawn.data if trace.name]
    assert sorted(named) == sorted(names.rule(policy, lang) for policy in exploration.LOOKS)
    assert named[-1] == names.rule(exploration.OURS, lang)
    assert not set(named) & set(exploration.LOOKS)


def test_a_line_is_the_months_of_its_policy_in_order() -> None:
    line = exploration.figure(table(), lang="en").data[-1]
    assert list(line.x) == [1, 2, 3]
    assert list(line.y) == pytest.approx([0.8, 0.7, 0.6])


def test_ours_and_no_exploration_carry_their_bands() -> None:
    bands = [trace for trace in exploration.figure(table(2), lang="en").data if trace.fill == "toself"]
    assert len(bands) == 2
    assert list(bands[0].y) == pytest.approx([0.9, 0.8, 0.6, 0.7])


def test_policies_are_told_apart_without_colour() -> None:
    assert len({(dash, symbol) for _, dash, symbol in exploration.LOOKS.values()}) == len(exploration.LOOKS)


def test_other_figures_of_the_table_are_left_out() -> None:
    other = pa.Table.from_pylist([{"group_id": "curve", "rule": "robust_z", "measure": "cut_detection", "value": 0.5}])
    assert len(exploration.figure(other, lang="en").data) == 0
