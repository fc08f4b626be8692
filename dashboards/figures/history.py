"""A subject's past against what its own past made likely, the periods that stood out, and what is forecast."""

from __future__ import annotations

from datetime import date

import plotly.graph_objects as go
import pyarrow as pa

from dashboards import i18n
from dashboards.figures import band, scale, theme
from jobs.contracts import codes

MARK_SIZE = {"kg": 11, "ships": 5}
HEADROOM = 1.8  # the interval may reach far above anything seen; the axis follows what was seen


def figure(history: pa.Table, forecast: pa.Table | None = None, *, lang: str, height: int = 400) -> go.Figure:
    """Observed values over the expected interval, periods at level 2 or more marked, and the forecast's fan.

    Args:
        history: `reading.history` - months of mass, or days of ships.
        forecast: `reading.forecast`, months only.
    """
    unit = history["unit"][0].as_py() if history.num_rows else "kg"
    observed = history["observed"].to_pylist()
    drawn_in = scale.choose(observed + history["expected"].to_pylist(), unit, lang)
    picture = theme.blank(height)
    dates = history["period_start"].to_pylist()
    lower, upper, expected = (drawn_in.apply(history[name].to_pylist()) for name in ("lower", "upper", "expected"))
    seen = drawn_in.apply(observed)
    picture.add_trace(band.trace(dates, lower, upper, theme.BAND, i18n.text("chart.band", lang)))
    picture.add_trace(line(dates, expected, i18n.text("chart.expected", lang), theme.EXPECTED, "dash", theme.THIN))
    picture.add_trace(line(dates, seen, i18n.text("chart.observed", lang), theme.OBSERVED, "solid", theme.LINE))
    for trace in flagged(history, seen, lang):
        picture.add_trace(trace)
    tallest = [v for v in seen + expected if v is not None]
    if forecast is not None and forecast.num_rows:
        tallest += add_forecast(picture, forecast, drawn_in, dates[-1:], seen[-1:], lang)
    ceiling = max([v for v in upper if v is not None] + tallest, default=1.0)
    picture.update_yaxes(
        title_text=drawn_in.title, range=[0, min(ceiling, HEADROOM * max(tallest, default=1.0)) * 1.05]
    )
    theme.time_axis(picture, lang, is_daily=unit == "ships")
    return picture


def line(dates: list[date], values: list[float | None], name: str, colour: str, dash: str, width: float) -> go.Scatter:
    """A plain line that breaks where a value is unknown."""
    return go.Scatter(
        x=dates,
        y=values,
        name=name,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        hovertemplate="%{y:,.4~g}",
    )


def flagged(history: pa.Table, seen: list[float | None], lang: str) -> list[go.Scatter]:
    """One set of markers a level from 2 up, in the level's colour and shape."""
    levels = history["level"].to_pylist()
    dates = history["period_start"].to_pylist()
    result = []
    for level in range(2, 6):
        places = [i for i, each in enumerate(levels) if each == level]
        if places:
            result.append(
                go.Scatter(
                    x=[dates[i] for i in places],
                    y=[seen[i] for i in places],
                    mode="markers",
                    hoverinfo="skip",
                    name=codes.label("level", level, lang),
                    marker={
                        "color": theme.LEVEL_COLOUR[level],
                        "symbol": theme.LEVEL_SYMBOL[level],
                        "size": MARK_SIZE[history["unit"][0].as_py()],
                        "line": {"color": theme.PAPER, "width": 1},
                    },
                )
            )
    return result


def add_forecast(
    picture: go.Figure,
    forecast: pa.Table,
    drawn_in: scale.Scale,
    last: list[date],
    value: list[float | None],
    lang: str,
) -> list[float]:
    """Draw the fan on from the last observed point; the answer is the expected values drawn."""
    dates = [*last, *forecast["target_start"].to_pylist()]
    lower, upper, expected = (
        [*value, *drawn_in.apply(forecast[name].to_pylist())] for name in ("lower", "upper", "expected")
    )
    name = i18n.text("chart.forecast", lang)
    picture.add_trace(band.trace(dates, lower, upper, theme.FORECAST_BAND, i18n.text("chart.forecast_band", lang)))
    picture.add_trace(line(dates, expected, name, theme.FORECAST, "dot", theme.LINE))
    return [v for v in expected + upper if v is not None]
