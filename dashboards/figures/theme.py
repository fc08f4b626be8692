"""Colours, shapes and axes all figures share. A level is never told by colour alone: it has a shape and a word."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.i18n import text

FONT = "Pretendard, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', NanumGothic, sans-serif"
INK, MUTED, GRID, PAPER = "#1d2733", "#5a6775", "#e3e8ed", "#ffffff"
OBSERVED, BAND, EXPECTED = "#12446e", "rgba(120,138,156,0.22)", "#64727f"
FORECAST, FORECAST_BAND = "#6b4fa0", "rgba(107,79,160,0.18)"
LEVEL_COLOUR = {1: "#5b6b7a", 2: "#2b6cb0", 3: "#a16207", 4: "#c2410c", 5: "#9b1c31"}
LEVEL_SYMBOL = {1: "circle", 2: "square", 3: "triangle-up", 4: "diamond", 5: "octagon"}
# The subject first, then others: Tol's muted palette, told apart by the common kinds of colour blindness.
CATEGORY = ["#12446e", "#5b90bd", "#a88a2f", "#8f6f9e", "#6d9160", "#8793a0"]
LINE, THIN = 2.0, 1.2


def blank(height: int) -> go.Figure:
    """A figure with the house's axes and nothing drawn."""
    title = {"font": {"size": 12, "color": MUTED}, "standoff": 8}
    axis = {
        "gridcolor": GRID,
        "linecolor": "#9aa7b3",
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": GRID,
        "title": title,
    }
    return go.Figure(
        layout={
            "height": height,
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "margin": {"l": 64, "r": 16, "t": 36, "b": 36},
            "font": {"family": FONT, "size": 13, "color": INK},
            "hovermode": "x unified",
            "separators": ".,",
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
            "hoverlabel": {"font": {"family": FONT, "size": 12}},
            "xaxis": {**axis, "showgrid": False, "showline": True},
            "yaxis": {**axis, "rangemode": "tozero", "tickformat": ","},
        }
    )


def time_axis(picture: go.Figure, lang: str, *, is_daily: bool = False) -> None:
    """Make the horizontal axis one of time, its dates written as the language writes them."""
    stops = [
        {"dtickrange": [None, "M1"], "value": text("chart.tick_day", lang)},
        {"dtickrange": ["M1", "M12"], "value": text("chart.tick_month", lang)},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ]
    hover = text("chart.day" if is_daily else "chart.month", lang)
    picture.update_xaxes(type="date", tickformatstops=stops, hoverformat=hover)
