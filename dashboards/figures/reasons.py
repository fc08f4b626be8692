"""How much each reason weighed in an alert."""

from __future__ import annotations

import textwrap

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import theme

LINE_HEIGHT, BAR_GAP, LONGEST_LINE = 17, 36, 48


def fold(label: str) -> list[str]:
    """A label in lines of a readable length; Korean letters count twice."""
    wide = sum(ord(letter) > 0x1100 for letter in label) > len(label) / 3
    return textwrap.wrap(label, LONGEST_LINE // 2 + 4 if wide else LONGEST_LINE) or [label]


def figure(reasons: pa.Table, *, lang: str) -> go.Figure:
    """Horizontal bars, the heaviest reason on top.

    Args:
        reasons: columns `label` (what the reader sees) and `contribution` (its share, a fraction of one).
    """
    pairs = sorted(zip(reasons["contribution"].to_pylist(), reasons["label"].to_pylist(), strict=True))
    labels = ["<br>".join(fold(label)) for _, label in pairs]
    shares = [share for share, _ in pairs]
    picture = theme.blank(50 + sum(LINE_HEIGHT * (1 + label.count("<br>")) + BAR_GAP for label in labels))
    picture.add_trace(
        go.Bar(
            x=shares,
            y=list(range(len(pairs))),
            orientation="h",
            marker={"color": theme.OBSERVED},
            width=0.24,
            customdata=labels,
            text=[i18n.percent(share) for share in shares],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    for place, label in enumerate(labels):
        picture.add_annotation(
            x=0,
            y=place + 0.14,
            text=label,
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            align="left",
            xshift=-4,
        )
    picture.update_layout(hovermode="closest", showlegend=False, margin={"l": 8, "r": 56, "t": 8, "b": 34})
    picture.update_xaxes(tickformat=".0%", range=[0, max([1.0, *shares])], showgrid=True, nticks=6)
    picture.update_yaxes(visible=False, range=[-0.3, len(pairs) - 0.1])
    return picture
