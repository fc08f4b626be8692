"""A level as a mark, a colour and a word together."""

from __future__ import annotations

from base64 import b64encode

from dash import html

from dashboards.figures import shapes, theme
from jobs.contracts import codes


def mark_address(level: int, size: int = 14) -> str:
    """The level's mark as an image address."""
    drawn = shapes.mark(theme.LEVEL_SYMBOL[level], size / 2, size / 2, size * 0.78, theme.LEVEL_COLOUR[level])
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">{drawn}</svg>'
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def mark(level: int, size: int = 14) -> html.Img:
    """The level's mark; the word stands beside it, so the image itself says nothing."""
    return html.Img(src=mark_address(level, size), alt="", width=size, height=size, className="mark")


def badge(level: int, lang: str) -> html.Span:
    """Mark, number and word of a level."""
    words = f"{level} {codes.label('level', level, lang)}"
    return html.Span([mark(level), html.Span(words)], className=f"badge level-{level}")
