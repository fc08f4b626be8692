"""What an error says, in the words of the engine that raised it, as a sentence of ours can quote it."""

from __future__ import annotations

import re

SHOWN = 300  # characters of an engine's own words
COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # delta-rs writes for a terminal


def text_of(error: BaseException) -> str:
    """All that an error says, Java's stack among it; a JVM that is gone can not be asked any more.

    >>> text_of(ValueError("\\x1b[1;31mno such column\\x1b[0m"))
    'no such column'
    """
    try:
        text = str(error)
    except Exception:
        text = " ".join(map(repr, error.args))
    return COLOURS.sub("", text)


def first_line(text: str) -> str:
    """The first line that says something, not too long."""
    return line_at(text, len(text) - len(text.lstrip()))


def line_at(text: str, place: int) -> str:
    """The line of a text around a place, not too long."""
    line = text[text.rfind("\n", 0, place) + 1 :].partition("\n")[0].strip()
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
