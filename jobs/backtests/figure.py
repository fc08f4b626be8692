"""Detection over alarm rate, ours against each naive rule, one panel a depth of the cut."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc
from plotly.subplots import make_subplots

LABELS = {
    "ko": {
        "level_rule": "경보 규칙",
        "trailing_median": "12개월 중앙값 대비",
        "year_on_year": "전년 동월 대비",
        "persistence": "전월 대비",
        "robust_z": "강건 z",
        "robust_z_log": "강건 z(로그)",
        "cut": "{:.0f}%로 감소",
        "x": "계열·연도당 주의 진입 횟수",
        "y": "찾아낸 비율",
    },
    "en": {
        "level_rule": "Level rule",
        "trailing_median": "Below trailing median",
        "year_on_year": "Year on year",
        "persistence": "Month on month",
        "robust_z": "Robust z",
        "robust_z_log": "Robust z of logs",
        "cut": "cut to {:.0f} %",
        "x": "Episodes entering level 3 per series-year",
        "y": "Share of cuts found",
    },
}
LINES = {
    "level_rule": ("#1f4e79", "solid", 3),
    "trailing_median": ("#b5651d", "dash", 2),
    "year_on_year": ("#5b7f3b", "dot", 2),
    "persistence": ("#7a4b8c", "dashdot", 2),
    "robust_z": ("#666666", "longdash", 2),
    "robust_z_log": ("#999999", "longdashdot", 2),
}
RATES = (0.15, 0.3, 1.0)


def detection_figure(curves: pa.Table, *, lang: str) -> go.Figure:
    """Curves of `Backtest.curves`; the alarm rate is on a logarithmic axis, the three rates compared are marked."""
    text = LABELS[lang]
    depths = sorted(set(curves["depth"].to_pylist()), reverse=True)
    made = make_subplots(
        cols=len(depths), shared_yaxes=True, subplot_titles=[text["cut"].format(100 * d) for d in depths]
    )
    for column, depth in enumerate(depths, start=1):
        for name, (colour, dash, width) in LINES.items():
            chosen = curves.filter(pc.and_(pc.equal(curves["detector"], name), pc.equal(curves["depth"], depth)))
            chosen = chosen.filter(pc.greater(chosen["alarm_rate"], 0.01))
            made.add_trace(
                go.Scatter(
                    x=chosen["alarm_rate"].to_pylist(),
                    y=chosen["found"].to_pylist(),
                    name=text[name],
                    mode="lines",
                    legendgroup=name,
                    showlegend=column == 1,
                    line={"color": colour, "dash": dash, "width": width},
                ),
                row=1,
                col=column,
            )
        for rate in RATES:
            made.add_vline(x=rate, line={"color": "#cccccc", "width": 1}, row=1, col=column)
    made.update_xaxes(type="log", title_text=text["x"])
    made.update_yaxes(range=[0, 1], tickformat=".0%")
    made.update_yaxes(title_text=text["y"], col=1)
    return made.update_layout(template="plotly_white", legend={"orientation": "h", "y": -0.3})
