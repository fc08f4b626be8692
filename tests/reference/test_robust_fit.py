"""The robust fit's figure draws every transaction once, outliers told apart by shape, on made-up and on real ones."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
import pytest

from dashboards.figures import svg
from dashboards.i18n import LANGUAGES
from tests.calibration.robust_fit import SETS, fit_transactions, real_data
from tests.reference import robust_fit_figure as robust_fit

ROWS = pa.table(
    {
        "quantity": [1.0, 3.0, 2.0],
        "value": [2.1, 0.5, 4.0],
        "fitted": [2.0, 6.0, 4.0],
        "is_outlier": [False, True, False],
    }
)


def traces(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


def test_outliers_are_drawn_apart_and_counted_in_the_legend() -> None:
    drawn = traces(robust_fit.figure(ROWS, lang="en"))
    ordinary, outlier = drawn["Ordinary (2)"], drawn["Outlier (1)"]
    assert (list(outlier.x), list(outlier.y)) == ([3.0], [0.5])
    assert list(ordinary.y) == [2.1, 4.0]
    assert ordinary.marker.symbol != outlier.marker.symbol


def test_the_line_is_the_fit_from_end_to_end() -> None:
    line = traces(robust_fit.figure(ROWS, lang="en"))["Robust fit (FastLTS)"]
    assert (list(line.x), list(line.y)) == ([1.0, 3.0], [2.0, 6.0])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SETS)
def test_real_transactions_show_cheap_outliers_below_the_fit(name: str, lang: str) -> None:
    file = real_data() / f"{name}.txt"
    if not file.exists():
        pytest.skip(f"{file} is absent; set CUSTOMS_REAL_DATA")
    rows = fit_transactions(np.loadtxt(file))
    outlier = np.array(rows["is_outlier"])
    assert 0 < outlier.sum() < len(rows) / 4
    below = np.array(rows["value"]) < np.array(rows["fitted"])
    assert (outlier & below).any()
    assert svg.draw(robust_fit.figure(rows, lang=lang), alt=name).count("<polygon") >= outlier.sum()
