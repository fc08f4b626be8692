"""A table as CSV that a spreadsheet opens without running what a stranger wrote into a cell."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

# OWASP, CSV injection: a cell that begins with one of these may be run as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape_formula(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def cell(value: Any) -> str:
    """One value as text: numbers in full, dates in ISO 8601, lists and maps as JSON; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return escape_formula(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case int() | float():
            return repr(value)
        case list() | tuple() | dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    raise TypeError(f"no CSV text for a value of type {type(value).__name__}")


def write_csv(rows: pa.Table) -> str:
    """The table with a header, comma-separated, lines ending in CRLF (RFC 4180)."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(rows.column_names)
    columns = [column.to_pylist() for column in rows.columns]
    writer.writerows([cell(value) for value in row] for row in zip(*columns, strict=True))
    return lines.getvalue()
