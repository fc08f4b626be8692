"""How many true cases each ranking finds at each capacity: one panel a difficulty, with look-alikes and without."""

from __future__ import annotations

from math import log10
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
from plotly.subplots import make_subplots

from dashboards import i18n
from dashboards.figures import theme

OURS = "ours"
DIFFICULTIES = ("easy", "middle", "hard")
MEASURES = ("recall_no_look_alikes", "recall")
CAPACITIES = (0.01, 0.02, 0.05, 0.10)
CAPACITY_RANGE = (0.008, 0.125)
# Colour, dash and mark: a ranking is told by its dash and mark where colours look alike.
LOOKS = {
    OURS: (theme.OBSERVED, "solid", "circle"),
    "oracle": (theme.MUTED, "dot", "diamond"),
    "night_order": ("#5b90bd", "longdash", "x"),
    "kalman_2007": ("#a85b12", "dash", "square"),
    "median_mad": ("#4c7a3f", "dashdot", "triangle-up"),
}
THICK = 3.5
Points = dict[tuple[str, str, str], list[dict[str, Any]]]


def figure(rows: pa.Table, *, lang: str, height: int = 640) -> go.Figure:
    """Share of the true cases looked at over the capacity (logarithmic); 95 % intervals by world at ours.

    Args:
        rows: `gold.backtest`; only generated worlds over all schemes and cuts are drawn, of them the rankings of
            `LOOKS`.
    """
    points = read_points(rows)
    titles = [panel_title(difficulty, measure, lang) for measure in MEASURES for difficulty in DIFFICULTIES]
    made = make_subplots(
        rows=len(MEASURES),
        cols=len(DIFFICULTIES),
        shared_yaxes=True,
        shared_xaxes=True,
        subplot_titles=titles,
        horizontal_spacing=0.03,
        vertical_spacing=0.09,
    )
    made.update_layout(theme.blank(height).layout)
    named: set[str] = set()
    for (difficulty, measure, rule), line in points.items():
        place = {"row": MEASURES.index(measure) + 1, "col": DIFFICULTIES.index(difficulty) + 1}
        made.add_trace(draw_ranking(rule, line, lang, is_named=rule not in named), **place)
        named.add(rule)
    return dress(made, lang)


def panel_title(difficulty: str, measure: str, lang: str) -> str:
    """What a panel shows."""
    words = {
        "difficulty": i18n.text(f"low_price_score.difficulty.{difficulty}", lang),
        "pool": i18n.text(f"low_price_score.pool.{measure}", lang),
    }
    return i18n.text("low_price_score.panel", lang, **words)


def read_points(rows: pa.Table) -> Points:
    """Points of each panel and ranking by rising capacity; ours last, so that it lies on top."""
    result: Points = {}
    order = [each for each in LOOKS if each != OURS] + [OURS]
    wanted = [
        row
        for row in rows.to_pylist()
        if row["group_id"] in DIFFICULTIES and row["measure"] in MEASURES and row["depth"] == 0 and row["rule"] in LOOKS
    ]
    for row in sorted(wanted, key=lambda row: (order.index(row["rule"]), row["alarm_rate"])):
        if row["value"] is not None:
            result.setdefault((row["group_id"], row["measure"], row["rule"]), []).append(row)
    return result


def draw_ranking(rule: str, points: list[dict[str, Any]], lang: str, *, is_named: bool) -> go.Scatter:
    """One ranking's line; ours thick and with its intervals."""
    colour, dash, symbol = LOOKS[rule]
    name = i18n.text(f"low_price_score.rule.{rule}", lang)
    hover = i18n.text("low_price_score.hover", lang, rule=name, share="%{y:.0%}", capacity="%{x:.0%}")
    above = [p["upper"] - p["value"] for p in points]
    below = [p["value"] - p["lower"] for p in points]
    interval = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1.2, "width": 3}
    return go.Scatter(
        x=[p["alarm_rate"] for p in points],
        y=[p["value"] for p in points],
        name=name,
        mode="lines+markers",
        hovertemplate=hover + "<extra></extra>",
        legendgroup=rule,
        showlegend=is_named,
        legendrank=1 if rule == OURS else 2,
        error_y=interval if rule == OURS else None,
        line={"color": colour, "dash": dash, "width": THICK if rule == OURS else 1.5},
        marker={"symbol": symbol, "size": 7},
    )


def dress(made: go.Figure, lang: str) -> go.Figure:
    """Axes and the legend all panels share."""
    look = theme.blank(100).layout
    made.update_xaxes(look.xaxis)
    made.update_xaxes(
        type="log",
        range=[log10(end) for end in CAPACITY_RANGE],
        tickvals=list(CAPACITIES),
        tickformat=".0%",
        minor={"ticks": ""},
    )
    made.update_xaxes(title_text=i18n.text("low_price_score.capacity", lang), row=len(MEASURES), col=2)
    made.update_yaxes(look.yaxis)
    made.update_yaxes(range=[0, 1], tickformat=".0%")
    made.update_yaxes(title_text=i18n.text("low_price_score.recall", lang), col=1)
    made.update_annotations(font={"size": 13, "color": theme.INK})
    return made.update_layout(
        hovermode="closest",
        margin={"l": 64, "r": 16, "t": 84, "b": 52},
        legend={"orientation": "h", "y": 1.07, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
    )
