"""What a lot was declared at, beside the price its market had on the days around it and the lots it compares with."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import band, theme

# Colour, shape and size of the lots compared with; none of the shapes is a level's.
LOOKS = {
    "comparable": (theme.EXPECTED, "circle", 7),
    "lowest": ("#6b4fa0", "triangle-down", 12),
    "voucher": ("#2f6b3c", "pentagon", 12),
}
REACH = 1.15  # room above the highest price drawn


def figure(table: pa.Table, *, lang: str, height: int = 380) -> go.Figure:
    """The reference price with its band over the days, the comparables as marks, the lot in its level's colour and
    shape.

    Args:
        table: `reading.price_chart` - one row a point: `series` is path, comparable, lowest, voucher or lot;
            `price_usd_per_kg` the price, `lower` and `upper` the band of a path point, `label` what a mark is called.
    """
    points: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        points.setdefault(row["series"], []).append(row)
    picture = theme.blank(height)
    if path := points.get("path"):
        for trace in draw_path(path, lang):
            picture.add_trace(trace)
    for series, look in LOOKS.items():
        if result := points.get(series):
            picture.add_trace(draw_marks(result, series, look, lang))
    for lot in points.get("lot", []):
        look = (theme.LEVEL_COLOUR[lot["level"]], theme.LEVEL_SYMBOL[lot["level"]], 15)
        picture.add_trace(draw_marks([lot], "lot", look, lang))
    highest = max(
        (row[name] for row in table.to_pylist() for name in ("price_usd_per_kg", "upper") if row[name]), default=1.0
    )
    picture.update_yaxes(title_text=i18n.text("axis.usd_per_kg", lang), range=[0, highest * REACH], tickformat=",.4~g")
    picture.update_layout(hovermode="closest")
    theme.time_axis(picture, lang, is_daily=True)
    return picture


def draw_path(path: list[dict[str, Any]], lang: str) -> list[go.Scatter]:
    """The reference price of the market, day by day, over its band; days without one leave a gap."""
    days: list[date] = [row["day"] for row in path]
    lower, upper = ([row[name] for row in path] for name in ("lower", "upper"))
    return [
        band.trace(days, lower, upper, theme.BAND, i18n.text("lot.series_band", lang)),
        go.Scatter(
            x=days,
            y=[row["price_usd_per_kg"] for row in path],
            mode="lines",
            name=i18n.text("lot.series_path", lang),
            line={"color": theme.EXPECTED, "dash": "dash", "width": theme.LINE},
            hovertemplate=i18n.text("lot.hover_path", lang, day="%{x}", price="%{y:,.4~g}") + "<extra></extra>",
        ),
    ]


def draw_marks(rows: list[dict[str, Any]], series: str, look: tuple[str, str, int], lang: str) -> go.Scatter:
    """Lots of one kind, each with its name on pointing at it."""
    colour, symbol, size = look
    return go.Scatter(
        x=[row["day"] for row in rows],
        y=[row["price_usd_per_kg"] for row in rows],
        mode="markers",
        name=i18n.text(f"lot.series_{series}", lang),
        customdata=[row["label"] for row in rows],
        marker={"color": colour, "symbol": symbol, "size": size, "line": {"color": theme.PAPER, "width": 1}},
        hovertemplate=i18n.text("lot.hover_mark", lang, label="%{customdata}", day="%{x}", price="%{y:,.4~g}")
        + "<extra></extra>",
    )
