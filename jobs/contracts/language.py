"""The language a command answers in."""

from __future__ import annotations

import os


def terminal_language() -> str:
    """Korean where the terminal's locale says so, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.startswith("ko") else "en"
