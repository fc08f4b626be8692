"""Value over quantity of single transactions, the robust fit through them, and those it sets apart as outliers."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import theme

OUTLIER = "#9b1c31"


def figure(rows: pa.Table, *, lang: str, height: int = 420) -> go.Figure:
    """Ordinary transactions as grey points, outliers as red diamonds, the fit as a line.

    Args:
        rows: `quantity`, `value`, `fitted` and `is_outlier` of each transaction.
    """
    drawn = theme.blank(height)
    for is_outlier in (False, True):
        chosen = [row for row in rows.to_pylist() if row["is_outlier"] == is_outlier]
        drawn.add_trace(draw_points(chosen, is_outlier, lang))
    drawn.add_trace(draw_fit(rows, lang))
    drawn.update_layout(hovermode="closest")
    drawn.update_xaxes(title_text=i18n.text("robust_fit.quantity", lang), rangemode="tozero", tickformat=",")
    drawn.update_yaxes(title_text=i18n.text("robust_fit.value", lang))
    return drawn


def draw_points(rows: list[dict], is_outlier: bool, lang: str) -> go.Scatter:
    """One kind of transaction; told apart by shape as well as colour."""
    name = i18n.text("robust_fit.outlier" if is_outlier else "robust_fit.ordinary", lang, count=len(rows))
    return go.Scatter(
        x=[row["quantity"] for row in rows],
        y=[row["value"] for row in rows],
        mode="markers",
        name=name,
        marker={
            "symbol": "diamond" if is_outlier else "circle",
            "size": 9 if is_outlier else 6,
            "color": OUTLIER if is_outlier else theme.EXPECTED,
        },
    )


def draw_fit(rows: pa.Table, lang: str) -> go.Scatter:
    """The fit, from the smallest quantity to the largest."""
    line = sorted(zip(rows["quantity"].to_pylist(), rows["fitted"].to_pylist(), strict=True))
    ends = [line[0], line[-1]] if line else []
    return go.Scatter(
        x=[x for x, _ in ends],
        y=[y for _, y in ends],
        mode="lines",
        name=i18n.text("robust_fit.fit", lang),
        line={"color": theme.OBSERVED, "width": theme.LINE},
    )
