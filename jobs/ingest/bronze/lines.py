"""Lines of a delivered text file: their bytes as text, their values, and which of them make one record.

A cell with a line break, as people type them into spreadsheets, stands in quotes: its record goes on in the next line.
A quotation mark that is left open by a slip must not swallow what follows, so lines are one record only where these
are read strictly, to the number of columns and within some lines.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence

LONGEST_RECORD = 1 << 20
MOST_LINES = 100  # of one record
BROKEN_CHARACTER = "\ufffd"  # stands for the first bytes of a character whose others were cut off
csv.field_size_limit(LONGEST_RECORD)


def decode(content: bytes, encoding: str) -> str | None:
    """The text that bytes state, None where they are in another encoding; a character cut off at the end is marked."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding.startswith("utf-8") else encoding)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError:
        return None
    return text + BROKEN_CHARACTER if decoder.getstate()[0] else text


def split_line(line: str) -> list[str] | None:
    """Values of one line of CSV; None where a quotation mark is left open, none at all where no value can be told
    apart.
    """
    if '"' not in line:
        return line.split(",")
    if line.count('"') % 2:
        return None
    try:
        return next(csv.reader([line], strict=False))
    except csv.Error:  # a lone carriage return: lines that the sender has run together
        return []


def split_lines(lines: Sequence[str]) -> list[str]:
    """Values of one record that stands on several lines, its line breaks as line feeds; none where it is no such
    record.
    """
    try:
        (values,) = csv.reader([line.removesuffix("\n").removesuffix("\r") + "\n" for line in lines], strict=True)
    except (csv.Error, ValueError):
        return []
    return values


def split_header(text: str, separator: str = ",") -> list[str]:
    """Names of the columns in a header."""
    line = text.split("\n", 1)[0].rstrip("\r")
    names = (split_line(line) or []) if separator == "," else line.replace('"', "").split(separator)
    return [name.strip() for name in names]


def last_line(lines: Sequence[str | None], first: int, columns: int) -> int | None:
    """Place of the last line of the record that begins at `first`; None where lines that are not given yet decide.

    Args:
        lines: the text of each, None for one that is no part of such a record: plain, or in another encoding.
        first: place of the record's first line.
        columns: how many values a record has.
    """
    begun = lines[first]
    if begun is None or not begun.count('"') % 2:
        return first
    quotes = length = 0
    for place in range(first, min(first + MOST_LINES, len(lines))):
        line = lines[place]
        if line is None or (place > first and '"' not in line and line.count(",") == columns - 1):
            return first
        quotes, length = quotes + line.count('"'), length + len(line)
        if length > LONGEST_RECORD:
            return first
        if quotes % 2 == 0:
            whole = [each for each in lines[first : place + 1] if each is not None]
            return place if len(split_lines(whole)) == columns else first
    return first if len(lines) >= first + MOST_LINES else None


def records_of(lines: Sequence[str | None], columns: int, *, is_end: bool) -> Iterator[tuple[int, int]]:
    """Place of the first line of each record, and of the line after it; ends before one that is not whole yet.

    Args:
        lines, columns: as for `last_line`.
        is_end: no line follows.
    """
    first = 0
    while first < len(lines):
        last = last_line(lines, first, columns)
        if last is None and not is_end:
            return
        last = first if last is None else last
        yield first, last + 1
        first = last + 1
