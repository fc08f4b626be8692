"""Arguments that several commands take."""

from __future__ import annotations

from datetime import date


def night(text: str) -> date | None:
    """A night from the command line; `last` and nothing mean the newest known day."""
    return None if text in ("", "last") else date.fromisoformat(text)
