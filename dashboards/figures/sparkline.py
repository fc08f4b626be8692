"""The recent past of a subject in the size of a word: the line, its expected interval, the newest point."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa

from dashboards.figures import band, theme

PERIODS = {"kg": 24, "ships": 120, "usd_per_kg": 180}


def figure(history: pa.Table, *, lang: str, level: int = 1, width: int = 168, height: int = 44) -> go.Figure:
    """The last two years, or months of days, without axes; the newest point carries the alert's level."""
    unit = history["unit"][0].as_py() if history.num_rows else "kg"
    recent = history.slice(max(0, history.num_rows - PERIODS[unit]))
    dates, seen = recent["period_start"].to_pylist(), recent["observed"].to_pylist()
    tallest = [v for v in seen + recent["expected"].to_pylist() if v is not None]
    interval = band.trace(dates, recent["lower"].to_pylist(), recent["upper"].to_pylist(), theme.BAND, "")
    line = {"x": dates, "y": seen, "mode": "lines", "line": {"color": theme.OBSERVED, "width": 1.5}}
    mark = {"color": theme.LEVEL_COLOUR[level], "symbol": theme.LEVEL_SYMBOL[level], "size": 8}
    newest = {"x": dates[-1:], "y": seen[-1:], "mode": "markers", "marker": mark}
    return go.Figure(
        data=[interval, go.Scatter(line), go.Scatter(newest)],
        layout={
            "width": width,
            "height": height,
            "margin": {"l": 2, "r": 8, "t": 5, "b": 5},
            "showlegend": False,
            "xaxis": {"visible": False, "type": "date"},
            "yaxis": {"visible": False, "range": [0, max(tallest, default=1.0) * 1.15 or 1.0]},
        },
    )
