"""The outlines of the level marks and of a chart's other marks as SVG, the same in a chart, a badge and a brief."""

from __future__ import annotations

import math

CORNERS = {
    "square": (4, 45.0),
    "triangle-up": (3, -90.0),
    "diamond": (4, 0.0),
    "octagon": (8, 22.5),
    "triangle-down": (3, 90.0),
    "pentagon": (5, -90.0),
}
SWELL = {"square": 1.25, "triangle-up": 1.3, "diamond": 1.2, "octagon": 1.1, "triangle-down": 1.3, "pentagon": 1.15}


def mark(symbol: str, x: float, y: float, size: float, colour: str, outline: str = "none") -> str:
    """One mark of a diameter of about `size`, centred on (x, y).

    Raises:
        KeyError: the symbol is none of the marks.
    """
    paint = f'fill="{colour}" stroke="{outline}" stroke-width="1"'
    if symbol == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 2:.1f}" {paint}/>'
    count, turn = CORNERS[symbol]
    radius = size / 2 * SWELL[symbol]
    angles = [math.radians(turn + 360 * i / count) for i in range(count)]
    drop = radius * 0.2 if symbol == "triangle-up" else 0.0
    points = " ".join(f"{x + radius * math.cos(a):.1f},{y + drop + radius * math.sin(a):.1f}" for a in angles)
    return f'<polygon points="{points}" {paint}/>'
