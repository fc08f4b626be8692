"""The price chart draws what its table says, each kind of point in a shape of its own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import plotly.graph_objects as go
import pyarrow as pa
import pytest

from dashboards.figures import svg, theme
from dashboards.i18n import LANGUAGES
from dashboards.kinds.low_price import price_path

DAYS = [date(2024, 4, day) for day in (1, 2, 3)]
COLUMNS = ("series", "day", "price_usd_per_kg", "lower", "upper", "label", "level")
ROWS = [
    ("path", DAYS[0], 3.0, 2.0, 4.0, None, None),
    ("path", DAYS[1], 3.2, 2.2, 4.2, None, None),
    ("comparable", DAYS[0], 3.1, None, None, "A-1", None),
    ("lowest", DAYS[1], 2.4, None, None, "B-1", None),
    ("voucher", DAYS[1], 0.8, None, None, "C-2", None),
    ("lot", DAYS[2], 0.9, 2.1, 4.1, "D-1", 4),
]
POINTS = pa.table({name: list(column) for name, column in zip(COLUMNS, zip(*ROWS, strict=True), strict=True)})


def traces(points: pa.Table, lang: str = "en") -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in price_path.figure(points, lang=lang).data}


def test_the_path_is_a_line_over_its_band() -> None:
    drawn = traces(POINTS)
    assert list(drawn["Reference price"].y) == [3.0, 3.2]
    assert sorted(drawn["Range of 95% of honest lots"].y) == [2.0, 2.2, 4.0, 4.2]


@pytest.mark.parametrize(
    ("name", "price", "label"),
    [("Comparable", 3.1, "A-1"), ("Lowest accepted comparable", 2.4, "B-1"), ("Accepted third-party lot", 0.8, "C-2")],
)
def test_each_comparable_stands_at_its_price_under_its_record(name: str, price: float, label: str) -> None:
    mark = traces(POINTS)[name]
    assert (list(mark.y), list(mark.customdata)) == ([price], [label])


def test_the_lot_carries_its_level_and_lies_on_top() -> None:
    last = price_path.figure(POINTS, lang="ko").data[-1]
    assert (list(last.y), last.marker.symbol, last.marker.color) == (
        [0.9],
        theme.LEVEL_SYMBOL[4],
        theme.LEVEL_COLOUR[4],
    )


def test_kinds_of_points_are_told_apart_without_colour_and_from_levels() -> None:
    shapes = [symbol for _, symbol, _ in price_path.LOOKS.values()]
    assert len(set(shapes)) == len(shapes)
    assert not set(shapes[1:]) & set(theme.LEVEL_SYMBOL.values())


def test_the_axis_begins_at_nothing_so_that_a_price_far_below_looks_it() -> None:
    low, high = price_path.figure(POINTS, lang="en").layout.yaxis.range
    assert low == 0
    assert high >= 4.2


def test_the_lot_alone_can_be_drawn() -> None:
    assert [trace.name for trace in price_path.figure(POINTS.slice(5), lang="en").data] == ["This lot"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_can_be_drawn_without_a_browser(lang: str) -> None:
    drawn = ET.fromstring(svg.draw(price_path.figure(POINTS, lang=lang), alt="prices"))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polygon")) >= 3  # lowest, voucher and the lot
