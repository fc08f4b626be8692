"""How many planted breaks each rule finds at how many alarms."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import theme

DASH = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]


def figure(figures: pa.Table, *, lang: str) -> go.Figure:
    """Detection over the alarm rate, one line a rule.

    Args:
        figures: rows of `gold.backtest` of one measure, group and depth: `rule, alarm_rate, value`.
    """
    rows = figures.select(["rule", "alarm_rate", "value"]).to_pylist()
    picture = theme.blank(320)
    picture.update_layout(margin={"b": 52})
    for place, rule in enumerate(sorted({row["rule"] for row in rows}, key=lambda rule: (rule != "ours", rule))):
        points = sorted((r["alarm_rate"], r["value"]) for r in rows if r["rule"] == rule and r["value"] is not None)
        picture.add_trace(
            go.Scatter(
                x=[rate for rate, _ in points], y=[share for _, share in points], name=rule, mode="lines+markers",
                line={"color": theme.CATEGORY[place % len(theme.CATEGORY)], "dash": DASH[place % len(DASH)],
                      "width": theme.LINE if place == 0 else theme.THIN},
                hovertemplate="%{y:.2f}",
            )
        )  # fmt: skip
    picture.update_xaxes(title_text=i18n.text("axis.alarm_rate", lang), rangemode="tozero")
    picture.update_yaxes(title_text=i18n.text("axis.detection", lang), range=[0, 1], tickformat=".0%")
    return picture
