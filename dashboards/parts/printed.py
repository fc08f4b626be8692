"""What a printed page is made of: blocks of alerts in full or of table rows, with marks drawn in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dashboards import sentences
from dashboards.figures import shapes, theme

Cell = tuple[str, str]  # its style class, and what it says


@dataclass(frozen=True, kw_only=True)
class Block:
    """A titled part of a printed page.

    Attributes:
        title: above it; with `quiet` nothing else is printed.
        note: beside the title.
        quiet: what is said where there is nothing to report.
        alerts: alerts in full, each with `alert_id`, `mark`, `level`, `subject`, `sentence`, `facts`, `raises`,
            `clears` and `picture`.
        rows: of a table.
        more: how many are left out, in words.
    """

    title: str
    note: str = ""
    quiet: str = ""
    alerts: Sequence[dict[str, Any]] = ()
    rows: Sequence[Sequence[Cell]] = ()
    more: str = ""


def mark(level: int) -> Markup:
    """The level's mark, drawn in the page."""
    drawn = shapes.mark(theme.LEVEL_SYMBOL[level], 6.5, 6.5, 10, theme.LEVEL_COLOUR[level])
    return Markup(f'<svg class="mark" width="13" height="13" aria-hidden="true">{drawn}</svg>')


def level(number: int, lang: str) -> Markup:
    """Mark, number and word of a level."""
    return Markup("{}{}").format(mark(number), sentences.level_name(number, lang))


def code(words: str) -> Markup:
    """An address or a number to be typed."""
    return Markup("<code>{}</code>").format(words)
