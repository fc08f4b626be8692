"""Plain tables that a keyboard, a screen reader and a copy-and-paste understand."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

Cell = object


def table(
    head: Sequence[str], rows: Sequence[Sequence[Cell]], *, numeric: Sequence[int] = (), caption: str | None = None
) -> html.Div:
    """A table in a frame that scrolls sideways on narrow screens.

    Args:
        head: column titles.
        rows: cells, the first of each row being its header.
        numeric: positions of columns set flush right.
        caption: what the table is, for those who do not see what stands around it.
    """
    side = ["number" if i in numeric else "" for i in range(len(head))]
    titles = html.Tr([html.Th(title, className=c, scope="col") for title, c in zip(head, side, strict=True)])
    body = [
        html.Tr(
            [
                html.Th(value, className=c, scope="row") if i == 0 else html.Td(value, className=c)
                for i, (value, c) in enumerate(zip(row, side, strict=True))
            ]
        )
        for row in rows
    ]
    parts = [html.Thead(titles), html.Tbody(body)]
    if caption:
        parts.insert(0, html.Caption(caption, className="unseen"))
    return html.Div(html.Table(parts), className="table-frame", tabIndex=0)


def facts(pairs: Sequence[tuple[str, Cell]]) -> html.Dl:
    """Named facts, side by side."""
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="facts")


def behind(title: str, body: object) -> html.Details:
    """Something folded away under its title."""
    return html.Details([html.Summary(title), body])
