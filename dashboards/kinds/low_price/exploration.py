"""What each inspection policy finds month by month while fraud moves: exploring against ranking alone."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n, names
from dashboards.figures import theme

OURS = "explore_10"
MEASURE = "revenue_found"
MONTH = "month:"
# Colour, dash and mark: a policy is told by its dash and mark where colours look alike.
LOOKS = {
    OURS: (theme.OBSERVED, "solid", None),
    "explore_20": ("#5b90bd", "longdash", "diamond"),
    "explore_05": ("#4c7a3f", "dot", "square"),
    "explore_00": ("#a85b12", "solid", "circle"),
    "price_only": ("#5a6775", "dashdot", "triangle-up"),
}
BANDED = {OURS: "rgba(18,68,110,0.16)", "explore_00": "rgba(168,91,18,0.16)"}
MARKS_A_LINE = 6
THICK = 3.5


def figure(rows: pa.Table, *, lang: str, height: int = 420) -> go.Figure:
    """Revenue found by month, of the most that so many looks could find.

    95 % bands around ours and around no exploration.

    Args:
        rows: `gold.backtest`; only months and the policies of `LOOKS` are drawn.
    """
    lines = read_lines(rows)
    made = theme.blank(height)
    for policy in (each for each in BANDED if each in lines):
        made.add_trace(draw_band(lines[policy], BANDED[policy]))
    # ours last, so that it lies on top
    for policy in (*(each for each in LOOKS if each != OURS), OURS):
        if policy in lines:
            made.add_trace(draw_policy(policy, lines[policy], lang))
    made.update_xaxes(title_text=i18n.text("axis.month_number", lang), dtick=12, tick0=0)
    made.update_yaxes(title_text=i18n.text("axis.revenue_found", lang), range=[0, 1], tickformat=".0%")
    return made.update_layout(
        hovermode="closest",
        margin={"l": 64, "r": 16, "t": 56, "b": 52},
        legend={"orientation": "h", "y": 1.04, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
    )


def read_lines(rows: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """The months of each policy in order, each with its number as `month`."""
    result: dict[str, list[dict[str, Any]]] = {}
    wanted = [row for row in rows.to_pylist() if row["measure"] == MEASURE and row["group_id"].startswith(MONTH)]
    for row in sorted(wanted, key=lambda row: int(row["group_id"].removeprefix(MONTH))):
        if row["rule"] in LOOKS:
            month = int(row["group_id"].removeprefix(MONTH))
            result.setdefault(row["rule"], []).append({**row, "month": month})
    return result


def draw_band(points: list[dict[str, Any]], colour: str) -> go.Scatter:
    """The interval of one policy, without a name: its line carries it."""
    months = [point["month"] for point in points]
    ends = [point["upper"] for point in points] + [point["lower"] for point in reversed(points)]
    return go.Scatter(
        x=months + months[::-1],
        y=ends,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=colour,
        hoverinfo="skip",
        showlegend=False,
    )


def draw_policy(policy: str, points: list[dict[str, Any]], lang: str) -> go.Scatter:
    """One policy's line; ours thick, the others thin with a few marks."""
    colour, dash, symbol = LOOKS[policy]
    name = names.rule(policy, lang)
    hover = i18n.text("score.hover_month", lang, rule=name, share="%{y:.0%}", month="%{x}")
    return go.Scatter(
        x=[p["month"] for p in points],
        y=[p["value"] for p in points],
        name=name,
        hovertemplate=hover + "<extra></extra>",
        mode="lines+markers" if symbol else "lines",
        legendrank=1 if policy == OURS else 2,
        line={"color": colour, "dash": dash, "width": THICK if policy == OURS else 1.5},
        marker={"symbol": symbol or "circle", "size": 7, "maxdisplayed": MARKS_A_LINE},
    )
