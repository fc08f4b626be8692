"""A shaded interval over time; periods without an interval leave a gap instead of a guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go


def outline(
    dates: Sequence[date], lower: Sequence[float | None], upper: Sequence[float | None]
) -> tuple[list[date | None], list[float | None]]:
    """Closed outlines of the interval, one a run of periods that have one, parted by None."""
    xs: list[date | None] = []
    ys: list[float | None] = []
    run: list[int] = []
    for place in range(len(dates) + 1):
        if place < len(dates) and lower[place] is not None and upper[place] is not None:
            run.append(place)
            continue
        if run:
            back = run[::-1]
            xs += [*([None] if xs else []), *(dates[i] for i in run), *(dates[i] for i in back)]
            ys += [*([None] if ys else []), *(upper[i] for i in run), *(lower[i] for i in back)]
        run = []
    return xs, ys


def trace(
    dates: Sequence[date], lower: Sequence[float | None], upper: Sequence[float | None], colour: str, name: str
) -> go.Scatter:
    """The interval as one filled trace."""
    xs, ys = outline(dates, lower, upper)
    return go.Scatter(
        x=xs, y=ys, mode="lines", line={"width": 0}, fill="toself", fillcolor=colour, name=name, hoverinfo="skip"
    )
