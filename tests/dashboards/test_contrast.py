"""Colours are far enough apart to be read (WCAG 2.2 AA: text 4.5, graphics 3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards import app
from dashboards.figures import theme

STYLE = (Path(app.__file__).parent / "assets" / "style.css").read_text("utf-8")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_known_figure() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("level", range(1, 6))
def test_a_levels_words_and_mark_stand_out_from_its_ground(level: int) -> None:
    result = re.search(rf"\.badge\.level-{level} {{ background: (#\w+); color: (#\w+)", STYLE)
    assert result is not None
    ground, words = result.groups()
    assert contrast(words, ground) >= 4.5
    assert contrast(theme.LEVEL_COLOUR[level], ground) >= 3
    assert f"--level-{level}: {theme.LEVEL_COLOUR[level]}" in STYLE


@pytest.mark.parametrize("name", ["ink", "muted", "link", "blue"])
def test_text_can_be_read_on_both_grounds(name: str) -> None:
    colour = re.search(rf"--{name}: (#\w+)", STYLE)[1]
    assert min(contrast(colour, "#ffffff"), contrast(colour, "#f4f6f8")) >= 4.5


@pytest.mark.parametrize("colour", [*theme.CATEGORY, theme.OBSERVED, theme.EXPECTED, theme.FORECAST])
def test_lines_and_bars_stand_out_from_the_paper(colour: str) -> None:
    assert contrast(colour, theme.PAPER) >= 3
