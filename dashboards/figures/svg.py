"""Draws a figure as static SVG without a browser, for sparklines and briefs: the same traces, so the same numbers.

It knows what the house's figures use - lines, closed bands, marks, stacked and horizontal bars, one pair of axes -
and refuses anything else rather than leave it out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import plotly.graph_objects as go

from dashboards.figures import shapes, theme, ticks
from jobs.alerting.words import significant

DASHES = {"dash": "6 4", "dot": "2 3", "dashdot": "6 3 2 3", "longdash": "9 4", "longdashdot": "9 3 2 3"}
FONT_SIZE, WIDE, NARROW, SWATCH = 12, 12.0, 6.6, 22
TICK_HEIGHT, TICK_WIDTH = 36, 62


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The plotting area in pixels and the values at its edges."""

    left: float
    top: float
    right: float
    bottom: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: object) -> float:
        low, high = self.x_range
        return self.left + (self.right - self.left) * (as_number(value) - low) / ((high - low) or 1)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.bottom - (self.bottom - self.top) * (value - low) / ((high - low) or 1)


def as_number(value: object) -> float:
    """Dates as days, numbers as they are."""
    return float(value.toordinal()) if isinstance(value, date) else float(value)  # type: ignore[arg-type]


def text_width(words: str) -> float:
    """About how wide a text is: Korean letters are twice as wide as Latin ones."""
    return sum(WIDE if ord(letter) > 0x1100 else NARROW for letter in words)


def draw(figure: go.Figure, *, alt: str, width: int | None = None) -> str:
    """The figure as one `<svg>` element whose text stays text.

    Raises:
        ValueError: a trace is of a kind this drawing does not know.
    """
    layout = figure.layout
    wide, high = float(width or layout.width or 720), float(layout.height)
    if any(trace.type == "bar" and trace.orientation == "h" for trace in figure.data):
        body = horizontal_bars(figure.data[0], wide)
    else:
        frame = place_frame(figure, wide, high)
        body = axes(figure, frame) + stacked(figure, frame)
        body += [part for trace in figure.data for part in draw_trace(trace, frame)]
        if layout.showlegend is not False:
            body += legend(figure.data, frame)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" role="img" aria-label="{escape(alt)}" font-family="{escape(theme.FONT)}" '
        f'font-size="{FONT_SIZE}">{"".join(body)}</svg>'
    )


def as_image(figure: go.Figure, *, alt: str) -> str:
    """The figure as an address an `<img>` can show without asking anyone."""
    return "data:image/svg+xml;base64," + b64encode(draw(figure, alt=alt).encode()).decode()


def place_frame(figure: go.Figure, wide: float, high: float) -> Frame:
    """The plotting area, with the edges the axes ask for or the values need."""
    margin, layout = figure.layout.margin, figure.layout
    xs = [as_number(x) for trace in figure.data for x in trace.x if x is not None]
    ys = [float(y) for trace in figure.data for y in trace.y if y is not None]
    pad = (max(xs) - min(xs)) / max(1, len(set(xs)) - 1) / 2 if xs and layout.barmode == "stack" else 0.0
    x_range = (min(xs, default=0.0) - pad, max(xs, default=1.0) + pad)
    if layout.barmode == "stack":
        ys = [sum(column) for column in zip(*(trace.y for trace in figure.data), strict=True)]
    y_range = tuple(layout.yaxis.range) if layout.yaxis.range else (0.0, max(ys, default=1.0) * 1.05)
    return Frame(
        left=margin.l, top=margin.t, right=wide - margin.r, bottom=high - margin.b, x_range=x_range, y_range=y_range
    )


def draw_trace(trace: go.Scatter, frame: Frame) -> list[str]:
    """One trace: a closed band, a line that breaks at unknown values, or marks."""
    if trace.type == "bar":
        return []
    if trace.type != "scatter":
        raise ValueError(f"no static drawing for a trace of type {trace.type!r}")
    parts = []
    runs = split_runs(trace.x, trace.y, frame)
    if trace.fill == "toself":
        path = " ".join("M" + " L".join(run) + " Z" for run in runs)
        return [f'<path d="{path}" fill="{trace.fillcolor}" stroke="none"/>'] if path else []
    if "lines" in trace.mode:
        path = " ".join("M" + " L".join(run) for run in runs)
        dash = DASHES.get(trace.line.dash or "solid")
        style = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="{path}" fill="none" stroke="{trace.line.color}" stroke-width="{trace.line.width}"{style} '
            'stroke-linejoin="round"/>'
        )
    if "markers" in trace.mode:
        marker, colour = trace.marker, trace.marker.color or trace.line.color
        parts += [
            shapes.mark(marker.symbol or "circle", frame.x(x), frame.y(y), marker.size or 6, colour, theme.PAPER)
            for x, y in zip(trace.x, trace.y, strict=True)
            if y is not None
        ]
    return parts


def split_runs(xs: Sequence[object], ys: Sequence[float | None], frame: Frame) -> list[list[str]]:
    """Points in pixels, parted where a value is unknown; values beyond the axis stay at its edge."""
    runs: list[list[str]] = [[]]
    low, high = frame.y_range
    for x, y in zip(xs, ys, strict=True):
        if x is None or y is None:
            runs.append([])
        else:
            runs[-1].append(f"{frame.x(x):.1f},{frame.y(min(max(float(y), low), high)):.1f}")
    return [run for run in runs if run]


def stacked(figure: go.Figure, frame: Frame) -> list[str]:
    """Stacked bars, the first trace at the bottom."""
    bars = [trace for trace in figure.data if trace.type == "bar"]
    if not bars:
        return []
    width = (frame.right - frame.left) / max(1, len(bars[0].x)) * 0.75
    parts, bottoms = [], [0.0] * len(bars[0].x)
    for trace in bars:
        for place, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
            top = bottoms[place] + float(y or 0)
            parts.append(
                f'<rect x="{frame.x(x) - width / 2:.1f}" y="{frame.y(top):.1f}" width="{width:.1f}" '
                f'height="{frame.y(bottoms[place]) - frame.y(top):.1f}" fill="{trace.marker.color}"/>'
            )
            bottoms[place] = top
    return parts


def horizontal_bars(trace: go.Bar, wide: float) -> list[str]:
    """Labelled bars, the heaviest on top; the label stands above its bar."""
    parts, full = [], wide - 60
    for place, (label, share, words) in enumerate(
        reversed(list(zip(trace.customdata, trace.x, trace.text, strict=True)))
    ):
        top = 6 + place * 44
        length = full * float(share) / max(1.0, *trace.x)
        parts.append(f'<text x="0" y="{top + 11}" fill="{theme.INK}">{escape(str(label).replace("<br>", " "))}</text>')
        parts.append(f'<rect x="0" y="{top + 17}" width="{length:.1f}" height="12" fill="{trace.marker.color}"/>')
        parts.append(f'<text x="{length + 6:.1f}" y="{top + 28}" fill="{theme.MUTED}">{escape(str(words))}</text>')
    return parts


def axes(figure: go.Figure, frame: Frame) -> list[str]:
    """Grid lines, tick labels and the vertical axis' title, where the axes are to be seen."""
    if figure.layout.yaxis.visible is False:
        return []
    parts = [
        f'<path d="M{frame.left},{frame.y(v):.1f} H{frame.right}" stroke="{theme.GRID}"/>'
        f'<text x="{frame.left - 8}" y="{frame.y(v) + 4:.1f}" text-anchor="end" '
        f'fill="{theme.MUTED}">{tick_text(figure, v)}</text>'
        for v in ticks.numbers(*frame.y_range, wanted=room(frame.bottom - frame.top, TICK_HEIGHT))
    ]
    parts.append(f'<path d="M{frame.left},{frame.bottom} H{frame.right}" stroke="#9aa7b3"/>')
    for value, words in x_ticks(figure, frame):
        anchor = "end" if frame.x(value) > frame.right - 20 else "middle"
        parts.append(
            f'<text x="{frame.x(value):.1f}" y="{frame.bottom + 18}" text-anchor="{anchor}" '
            f'fill="{theme.MUTED}">{words}</text>'
        )
    title = figure.layout.yaxis.title.text or ""
    x, y = 14, (frame.top + frame.bottom) / 2
    turn = f'transform="rotate(-90 {x} {y:.0f})"'
    parts.append(f'<text x="{x}" y="{y:.0f}" {turn} text-anchor="middle" fill="{theme.MUTED}">{escape(title)}</text>')
    return parts


def room(pixels: float, each: int) -> int:
    """How many ticks fit."""
    return max(2, round(pixels / each))


def tick_text(figure: go.Figure, value: float) -> str:
    """A tick's label, as a percentage where the axis asks for one."""
    if "%" in (figure.layout.yaxis.tickformat or ""):
        return f"{value * 100:.0f} %"
    return significant(value)


def x_ticks(figure: go.Figure, frame: Frame) -> list[tuple[float, str]]:
    """Ticks of the horizontal axis: months where it is time."""
    low, high = frame.x_range
    if figure.layout.xaxis.type == "date":
        return [
            (float(day), words)
            for day, words in ticks.months(round(low), round(high), room(frame.right - frame.left, TICK_WIDTH))
        ]
    return [
        (value, significant(value)) for value in ticks.numbers(low, high, room(frame.right - frame.left, TICK_WIDTH))
    ]


def legend(traces: Sequence[go.Scatter], frame: Frame) -> list[str]:
    """Names of the traces in one line above the plot."""
    parts, x, y = [], frame.left, frame.top - 16
    for trace in traces:
        middle = x + SWATCH / 2
        if trace.type == "bar" or trace.fill == "toself":
            colour = trace.marker.color if trace.type == "bar" else trace.fillcolor
            parts.append(f'<rect x="{x}" y="{y - 9}" width="{SWATCH - 4}" height="10" fill="{colour}"/>')
        elif "lines" in trace.mode:
            dash = DASHES.get(trace.line.dash or "solid", "none")
            line = f'stroke="{trace.line.color}" stroke-width="{trace.line.width}" stroke-dasharray="{dash}"'
            parts.append(f'<path d="M{x},{y - 4} h{SWATCH - 4}" {line}/>')
        else:
            parts.append(shapes.mark(trace.marker.symbol, middle - 2, y - 4, 10, trace.marker.color))
        parts.append(f'<text x="{x + SWATCH}" y="{y}" fill="{theme.INK}">{escape(trace.name or "")}</text>')
        x += SWATCH + text_width(trace.name or "") + 16
    return parts
