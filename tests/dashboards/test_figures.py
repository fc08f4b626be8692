"""Figures are pure: what they draw is what the table says."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import names
from dashboards.figures import band, history, origins, reasons, scale, sparkline, svg, theme, ticks
from dashboards.i18n import LANGUAGES
from dashboards.kinds.supply_chain import detection_figure as detection
from jobs import reading
from tests.builders.gold import NIGHTS

TIN = "hs=800110|origin=ID"
NIGHT = NIGHTS[-1]


def past(values: list[float | None], unit: str = "kg", level: int = 1) -> pa.Table:
    """A history with an interval from the second period on; the last period stands at `level`."""
    n = len(values)
    columns = {
        "period_start": [date(2020 + i // 12, i % 12 + 1, 1) for i in range(n)],
        "observed": values,
        "expected": [None] + [100.0] * (n - 1),
        "lower": [None] + [60.0] * (n - 1),
        "upper": [None] + [150.0] * (n - 1),
        "p_value": [None] * n,
        "level": [1] * (n - 1) + [level],
        "is_testable": [False] + [True] * (n - 1),
        "unit": [unit] * n,
    }
    return pa.table(columns, reading.empty_history().schema)


def named(figure: go.Figure, name: str) -> go.Scatter:
    return next(trace for trace in figure.data if trace.name == name)


def test_history_draws_every_observation() -> None:
    drawn = named(history.figure(past([90.0, None, 110.0]), lang="en"), "Observed")
    assert list(drawn.y) == [90.0, None, 110.0]


def test_history_marks_levels_from_two_up_by_shape_and_word() -> None:
    figure = history.figure(past([90.0, 100.0, 3.0], level=4), lang="ko")
    marks = named(figure, "경계")
    assert (list(marks.y), marks.marker.symbol) == ([3.0], theme.LEVEL_SYMBOL[4])
    assert not [trace for trace in figure.data if trace.name == "정상"]


def test_shapes_tell_the_levels_apart_without_colour() -> None:
    assert len(set(theme.LEVEL_SYMBOL.values())) == len(theme.LEVEL_SYMBOL) == 5


@pytest.mark.parametrize(("largest", "title"), [(900.0, "Net mass, kg"), (1000.0, "Net mass, tonnes")])
def test_a_tonne_and_more_is_drawn_in_tonnes(largest: float, title: str) -> None:
    assert scale.choose([1.0, largest], "kg", "en").title == title


def test_a_wide_interval_does_not_flatten_what_was_seen() -> None:
    table = past([100.0] * 12).set_column(4, "upper", pa.array([None] + [1e9] * 11, pa.float64()))
    assert history.figure(table, lang="en").layout.yaxis.range[1] < 250


def test_the_forecast_goes_on_from_the_last_observation(gold_lake: Path) -> None:
    seen, ahead = reading.history(NIGHT, TIN), reading.forecast(NIGHT, TIN)
    drawn = named(history.figure(seen, ahead, lang="en"), "Forecast")
    assert drawn.y[0] == pytest.approx(seen["observed"][-1].as_py() / 1000)
    assert list(drawn.y[1:]) == pytest.approx([v / 1000 for v in ahead["expected"].to_pylist()])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=30))
def test_a_band_outlines_each_known_period_twice(values: list[float | None]) -> None:
    days = [date.fromordinal(738000 + i) for i in range(len(values))]
    xs, ys = band.outline(days, values, values)
    known = sum(value is not None for value in values)
    assert len(xs) == len(ys)
    assert sum(y is not None for y in ys) == 2 * known


def test_the_heaviest_reason_stands_on_top() -> None:
    table = pa.table({"label": ["small", "large"], "contribution": [0.2, 0.8]})
    assert list(reasons.figure(table, lang="en").data[0].customdata) == ["small", "large"]  # Plotly draws upwards


def test_origins_add_up_to_the_item(gold_lake: Path) -> None:
    months = reading.item_months(NIGHT, "800110")
    figure = origins.figure(months, lang="en", first="ID")
    drawn = sum(sum(trace.y) for trace in figure.data) * 1000
    newest = set(figure.data[0].x)
    total = sum(float(r["net_mass_kg"]) for r in months.to_pylist() if r["period_start"] in newest)
    assert drawn == pytest.approx(total)
    assert figure.data[0].name == "Indonesia"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_detection_has_a_panel_for_each_depth_and_names_each_rule_once(gold_lake: Path, lang: str) -> None:
    drawn = detection.figure(reading.backtest("supply_chain"), lang=lang)
    assert len({trace.xaxis for trace in drawn.data}) == 3
    named_once = [trace.name for trace in drawn.data if trace.showlegend]
    assert sorted(named_once) == sorted(names.rule(rule, lang) for rule in detection.LOOKS)


def test_rules_are_told_apart_without_colour() -> None:
    assert len({(dash, symbol) for _, dash, symbol in detection.LOOKS.values()}) == len(detection.LOOKS)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 1)), min_size=1, max_size=30))
def test_a_detection_line_never_runs_back(points: list[tuple[float, float]]) -> None:
    about = {"group_id": "curve", "rule": detection.OURS, "depth": 0.2}
    rows = [
        about | {"threshold": float(i), "alarm_rate": rate, "value": share} for i, (rate, share) in enumerate(points)
    ]
    line = detection.read_curves(pa.Table.from_pylist(rows)).get((detection.OURS, 0.2), [])
    rates = [row["alarm_rate"] for row in line]
    assert rates == sorted(rates)
    assert all(rate <= detection.RATE_RANGE[1] for rate in rates)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_static_drawings_are_well_formed_and_self_contained(gold_lake: Path, lang: str) -> None:
    figures = [
        history.figure(reading.history(NIGHT, TIN), reading.forecast(NIGHT, TIN), lang=lang),
        history.figure(reading.straits(NIGHT)["strait=suez"], lang=lang),
        sparkline.figure(reading.history(NIGHT, TIN), lang=lang, level=4),
        sparkline.figure(reading.empty_history(), lang=lang),
        origins.figure(reading.item_months(NIGHT, "800110"), lang=lang),
        reasons.figure(pa.table({"label": ["<&>"], "contribution": [1.0]}), lang=lang),
    ]
    for figure in figures:
        drawn = svg.draw(figure, alt="a < b & c")
        assert ET.fromstring(drawn).get("aria-label") == "a < b & c"
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_a_static_drawing_refuses_what_it_cannot_draw() -> None:
    figure = theme.blank(100).add_trace(go.Heatmap(x=[1], y=[1], z=[[1]]))
    with pytest.raises(ValueError, match="heatmap"):
        svg.draw(figure, alt="")


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_lie_on_the_axis_and_are_few(low: float, span: float, wanted: int) -> None:
    result = ticks.numbers(low, low + span, wanted)
    slack = 1e-6 * max(1.0, abs(low), span)
    assert all(low - slack <= value <= low + span + slack for value in result)
    assert len(result) <= wanted + 1
