"""Tables for the terminal."""

from __future__ import annotations

from rich.table import Table


def text_table(title: str, headings: list[str], rows: list[list[str]]) -> Table:
    """A plain table."""
    table = Table(title=title)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    return table
