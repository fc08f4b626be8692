"""How much each reason weighed in an alert."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import theme

ROW_HEIGHT = 44


def figure(reasons: pa.Table, *, lang: str) -> go.Figure:
    """Horizontal bars, the heaviest reason on top.

    Args:
        reasons: columns `label` (what the reader sees) and `contribution` (its share, a fraction of one).
    """
    pairs = sorted(zip(reasons["contribution"].to_pylist(), reasons["label"].to_pylist(), strict=True))
    picture = theme.blank(70 + ROW_HEIGHT * max(1, len(pairs)))
    shares = [share for share, _ in pairs]
    picture.add_trace(
        go.Bar(
            x=shares, y=[label for _, label in pairs], orientation="h", marker={"color": theme.OBSERVED},
            text=[i18n.percent(share, lang) for share in shares], textposition="outside", cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>", width=0.5,
        )
    )  # fmt: skip
    picture.update_layout(hovermode="closest", showlegend=False, margin={"l": 8, "r": 56, "t": 8, "b": 34})
    picture.update_xaxes(tickformat=".0%", range=[0, max([1.0, *shares])], showgrid=True, nticks=6)
    picture.update_yaxes(automargin=True, ticks="", rangemode="normal", ticklabelstandoff=8)
    return picture
