"""How many planted cuts each rule finds at how many alarms: one panel a depth of the cut."""

from __future__ import annotations

from math import log10
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
from plotly.subplots import make_subplots

from dashboards import i18n, names
from dashboards.figures import theme

OURS = "level_rule"
RATES = (0.15, 0.3, 0.6, 1.0)
RATE_RANGE = (0.03, 1.5)
# Colour, dash and mark: a rule is told by its dash and mark where colours look alike.
LOOKS = {
    OURS: (theme.OBSERVED, "solid", None),
    "robust_z": ("#a85b12", "solid", "circle"),
    "robust_z_log": ("#8f6f9e", "dash", "diamond"),
    "trailing_median": ("#4c7a3f", "dot", "square"),
    "year_on_year": ("#5a6775", "dashdot", "triangle-up"),
    "persistence": ("#5b90bd", "longdash", "x"),
}
MARKS_A_LINE = 5
THICK = 3.5


def figure(rows: pa.Table, *, lang: str, height: int = 400) -> go.Figure:
    """Share of cuts found over the alarm rate (logarithmic); the three rates compared are marked.

    Args:
        rows: `gold.backtest`; only the group `curve` is drawn, of it the rules of `LOOKS`.
    """
    curves = read_curves(rows)
    depths = sorted({depth for _, depth in curves}, reverse=True)
    titles = [i18n.text("score.cut_to", lang, depth=i18n.percent(depth, 0)) for depth in depths]
    made = make_subplots(cols=max(1, len(depths)), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    made.update_layout(theme.blank(height).layout)
    for column, depth in enumerate(depths, start=1):
        # ours last, so that it lies on top
        for rule in (*(each for each in LOOKS if each != OURS), OURS):
            if points := curves.get((rule, depth)):
                made.add_trace(draw_rule(rule, points, lang, is_named=column == 1), row=1, col=column)
        for rate in RATES:
            made.add_vline(
                x=rate, line={"color": "#9aa7b3", "width": 1, "dash": "dot"}, layer="below", row=1, col=column
            )
    return dress(made, lang)


def read_curves(rows: pa.Table) -> dict[tuple[str, float], list[dict[str, Any]]]:
    """Points of each rule and depth from the strictest setting to the loosest, by rule and depth.

    A very loose setting alarms so long that fewer episodes begin: such points, where the rate falls again,
    are left out, so that a line only runs to the right.
    """
    result: dict[tuple[str, float], list[dict[str, Any]]] = {}
    wanted = [row for row in rows.to_pylist() if row["group_id"] == "curve" and row["rule"] in LOOKS]
    for row in sorted(wanted, key=lambda row: (row["threshold"], row["alarm_rate"])):
        line = result.setdefault((row["rule"], row["depth"]), [])
        furthest = line[-1]["alarm_rate"] if line else 0.0
        if furthest <= row["alarm_rate"] <= RATE_RANGE[1] and row["alarm_rate"] > 0 and row["value"] is not None:
            line.append(row)
    return result


def draw_rule(rule: str, points: list[dict[str, Any]], lang: str, *, is_named: bool) -> go.Scatter:
    """One rule's line; ours thick, the others thin with a few marks."""
    colour, dash, symbol = LOOKS[rule]
    name = names.rule(rule, lang)
    hover = i18n.text("score.hover", lang, rule=name, share="%{y:.0%}", rate="%{x:.2f}", setting="%{customdata:.3g}")
    return go.Scatter(
        x=[p["alarm_rate"] for p in points],
        y=[p["value"] for p in points],
        name=name,
        customdata=[p["threshold"] for p in points],
        hovertemplate=hover + "<extra></extra>",
        mode="lines+markers" if symbol else "lines",
        legendgroup=rule,
        showlegend=is_named,
        legendrank=1 if rule == OURS else 2,
        line={"color": colour, "dash": dash, "width": THICK if rule == OURS else 1.5},
        marker={"symbol": symbol or "circle", "size": 7, "maxdisplayed": MARKS_A_LINE},
    )


def dress(made: go.Figure, lang: str) -> go.Figure:
    """Axes and the legend all panels share."""
    look = theme.blank(100).layout
    ticks = (0.05, *RATES)
    made.update_xaxes(look.xaxis)
    made.update_xaxes(
        type="log",
        range=[log10(rate) for rate in RATE_RANGE],
        tickvals=list(ticks),
        ticktext=[f"{tick:g}" for tick in ticks],
        minor={"ticks": ""},
    )
    made.update_xaxes(title_text=i18n.text("axis.alarm_rate", lang), col=2 if len(made.layout.annotations) > 1 else 1)
    made.update_yaxes(look.yaxis)
    made.update_yaxes(range=[0, 1], tickformat=".0%")
    made.update_yaxes(title_text=i18n.text("axis.detection", lang), col=1)
    made.update_annotations(font={"size": 13, "color": theme.INK})
    return made.update_layout(
        hovermode="closest",
        margin={"l": 64, "r": 16, "t": 72, "b": 52},
        legend={"orientation": "h", "y": 1.1, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
    )
