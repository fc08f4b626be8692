"""Bad variants of a good landing file, one way of being wrong each.

A *physical record* is a line of the file after its header line: the bytes up to the next LF, or to the end of the
file where the last line has none; lines without any bytes do not count. Quotes do not join lines, since no source
writes a line break inside a field. What a reader makes of a record (rejects, quarantines, keeps) is its own affair;
that its counts add up to the physical records is what tests ask.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

UNKNOWN_COUNTRY = "QZ"  # ISO 3166 leaves QM to QZ to its users: never a country
ONE_MIB = 2**20


class Malformed(NamedTuple):
    """A bad file and the number of physical data records in it."""

    path: Path
    records: int


def count_physical_records(path: Path) -> int:
    """Lines with any bytes, the first of them (the header) apart."""
    lines = [line for line in path.read_bytes().split(b"\n") if line.strip(b"\r")]
    return max(len(lines) - 1, 0)


# --- The bytes are wrong ------------------------------------------------------------------------------------------


def write_euc_kr(good: Path, bad: Path) -> Malformed:
    """The whole file in EUC-KR: nowhere valid UTF-8 where there is Korean text. Raises where there is none."""
    encoded = good.read_text("utf-8-sig").encode("euc-kr", errors="replace")
    if encoded.isascii():
        raise ValueError(f"{good} has no Korean text: its bytes are the same in EUC-KR and UTF-8")
    return _write(bad, encoded)


def write_unknown_encoding(good: Path, bad: Path) -> Malformed:
    """Korean text as bytes of no encoding that anybody uses."""
    return _write(bad, re.sub(rb"[\x80-\xff]+", b"\xff\xfe\xff", good.read_bytes()))


def write_invalid_utf8(good: Path, bad: Path, record: int = 0) -> Malformed:
    """One record with a byte that no UTF-8 text contains; all others are good."""
    lines = good.read_bytes().split(b"\n")
    lines[1 + record] = b"\xff" + lines[1 + record]
    return _write(bad, b"\n".join(lines))


def write_empty(good: Path, bad: Path) -> Malformed:
    """A file of no bytes, not even a header."""
    return _write(bad, b"")


def write_header_only(good: Path, bad: Path) -> Malformed:
    """A header and no record: a delivery without news, which is not an error."""
    return _write(bad, good.read_bytes().split(b"\n")[0] + b"\n")


def write_cut_mid_row(good: Path, bad: Path) -> Malformed:
    """The transfer broke off in the middle of the last record, which counts."""
    content = good.read_bytes().rstrip(b"\n")
    last = content.rindex(b"\n") + 1
    return _write(bad, content[: last + content[last:].index(b",") + 2])


def write_cut_mid_quote(good: Path, bad: Path) -> Malformed:
    """The transfer broke off inside a quoted field: the quote never closes. Raises where no field is quoted."""
    content = good.read_bytes()
    for line in reversed(content.split(b"\n")[1:]):
        if b'"' in line:
            start = content.rindex(line)
            return _write(bad, content[: start + line.index(b'"') + 1] + b"cut")
    raise ValueError(f"{good} has no quoted field to cut")


def write_long_line(good: Path, bad: Path, column: str, record: int = 0, length: int = ONE_MIB + 1) -> Malformed:
    """One record whose named field alone is longer than 1 MiB."""
    return _rewrite(good, bad, lambda rows: _set(rows, record, column, "x" * length))


# --- The columns are wrong ----------------------------------------------------------------------------------------


def write_without_column(good: Path, bad: Path, column: str) -> Malformed:
    """A column the contract names is gone, header and values."""

    def drop(rows: list[list[str]]) -> None:
        at = rows[0].index(column)
        for row in rows:
            del row[at]

    return _rewrite(good, bad, drop)


def write_extra_column(good: Path, bad: Path, column: str = "memo") -> Malformed:
    """A column more than the contract names, at the end."""

    def add(rows: list[list[str]]) -> None:
        rows[0].append(column)
        for row in rows[1:]:
            row.append("new")

    return _rewrite(good, bad, add)


# --- The values are wrong -----------------------------------------------------------------------------------------


def write_text_in_number(good: Path, bad: Path, column: str, record: int = 0, text: str = "N/A") -> Malformed:
    """One record says in words what should be a figure."""
    return _rewrite(good, bad, lambda rows: _set(rows, record, column, text))


def write_negative(good: Path, bad: Path, column: str, record: int = 0) -> Malformed:
    """One record's figure (a mass) is below zero."""
    return _rewrite(good, bad, lambda rows: _set(rows, record, column, "-1"))


def write_unknown_country(good: Path, bad: Path, column: str, record: int = 0) -> Malformed:
    """One record's country code is none of ISO 3166."""
    return _rewrite(good, bad, lambda rows: _set(rows, record, column, UNKNOWN_COUNTRY))


def write_identical_duplicate(good: Path, bad: Path, record: int = 0) -> Malformed:
    """One record twice, to the letter: harmless, but counted."""
    return _rewrite(good, bad, lambda rows: rows.append(list(rows[1 + record])))


def write_conflicting_duplicate(good: Path, bad: Path, column: str, record: int = 0) -> Malformed:
    """One key twice with two figures in the named column: neither can be believed."""

    def repeat(rows: list[list[str]]) -> None:
        again = list(rows[1 + record])
        at = rows[0].index(column)
        again[at] = str(int(float(again[at])) + 1)
        rows.append(again)

    return _rewrite(good, bad, repeat)


def _set(rows: list[list[str]], record: int, column: str, text: str) -> None:
    rows[1 + record][rows[0].index(column)] = text


def _rewrite(good: Path, bad: Path, change: Callable[[list[list[str]]], None]) -> Malformed:
    """The good file's rows, header first, changed in place and written back in the same dialect."""
    content = good.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return _write(bad, text.getvalue().encode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"))


def _write(bad: Path, content: bytes) -> Malformed:
    bad.parent.mkdir(parents=True, exist_ok=True)
    bad.write_bytes(content)
    return Malformed(bad, count_physical_records(bad))
