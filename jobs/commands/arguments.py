"""Arguments that several commands take."""

from __future__ import annotations

from datetime import date


def night(text: str) -> date | None:
    """A night from the command line; `last` and nothing mean the newest known day.

    >>> night("2024-04-30"), night("last")
    (datetime.date(2024, 4, 30), None)
    """
    return None if text in ("", "last") else date.fromisoformat(text)
