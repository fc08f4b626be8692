"""A chart with its menu in the reader's language."""

from __future__ import annotations

import plotly.graph_objects as go
from dash import dcc, html

KEPT_AWAY = ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d"]


def chart(figure: go.Figure, *, alt: str, name: str, lang: str) -> html.Figure:
    """The figure for the screen; `alt` says in words what it shows, `name` is the file of a saved picture."""
    config = {
        "locale": lang,
        "displaylogo": False,
        "modeBarButtonsToRemove": KEPT_AWAY,
        "responsive": True,
        "toImageButtonOptions": {"format": "svg", "filename": name},
    }
    height = f"{figure.layout.height}px"
    graph = dcc.Graph(figure=figure, config=config, responsive=True, style={"height": height, "width": "100%"})
    return html.Figure([graph, html.Figcaption(alt, className="unseen")], className="chart")
