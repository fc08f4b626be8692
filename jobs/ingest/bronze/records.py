"""A delivered text file as records, every physical record accounted for, read strictly and without Spark.

A physical record is a line after the header that is not blank. None of the sources breaks a value over lines, so
one damaged line harms itself alone. A file that cannot be decoded, or is empty, counts as one rejected record.

A file that was cut off ends inside a record. Many writers leave out the end of the last line, so its absence alone
proves nothing: such a record is rejected where it lacks fields or breaks off inside a character, and where the
contract says that the publisher ends every line. Elsewhere the row rules of silver assess its last field as they assess
any: a trade balance that is cut short no longer is exports less imports.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jobs.contracts import ContractError
from jobs.contracts.messages import both
from jobs.contracts.model import Landing

LONGEST_RECORD = 1 << 20
KEPT_OF_RAW = 4096
BROKEN_CHARACTER = "\ufffd"  # stands for the first bytes of a character whose others were cut off
csv.field_size_limit(LONGEST_RECORD)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One delivered file and what is known of its arrival."""

    path: Path
    source_file: str
    sha256: str
    arrived_on: date
    is_arrival_stated: bool
    ingested_at: datetime


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def read_header(text: str, delivered: Landing, name: str) -> list[str]:
    """Column names of a file.

    Raises:
        ContractError: a column of the contract is missing, or one stands twice.
    """
    header = [column.strip() for column in split_line(text.split("\n", 1)[0].rstrip("\r")) or []]
    missing = [column for column in delivered.columns if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    if missing or twice:
        named = {"missing": ", ".join(missing) or "-", "twice": ", ".join(twice) or "-"}
        raise ContractError(
            both("error.header", name=name, source=delivered.source, publisher=delivered.publisher, **named)
        )
    return header


def decode(content: bytes, encoding: str) -> str | None:
    """The text that bytes state, None where they are in another encoding; a character cut off at the end is marked."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding.startswith("utf-8") else encoding)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError:
        return None
    return text + BROKEN_CHARACTER if decoder.getstate()[0] else text


def check_header(path: Path, delivered: Landing) -> tuple[str, ...]:
    """Columns a file brings beyond its contract; a file that cannot be decoded, or is empty, brings none.

    Raises:
        ContractError: see `read_header`.
    """
    with path.open("rb") as file:
        first = file.readline(LONGEST_RECORD)
    line = decode(first, delivered.encoding)
    if line is None or not line.strip():
        return ()
    return tuple(column for column in read_header(line, delivered, path.name) if column not in delivered.columns)


def read_records(text: str, delivered: Landing, name: str) -> Iterator[dict[str, object]]:
    """Each physical record: its values by column, or the code of why it could not be read."""
    header = read_header(text, delivered, name)
    own = {column: place for place, column in enumerate(header) if column in delivered.columns}
    extra = [(column, place) for place, column in enumerate(header) if column not in own and column]
    ends_open = not text.endswith("\n")
    lines = text.split("\n")[1:]
    last = max((place for place, line in enumerate(lines) if line.strip()), default=-1)
    row = 0
    for place, raw in enumerate(lines):
        line = raw.removesuffix("\r")
        if not line.strip():
            continue
        row += 1
        values = split_line(line) if len(line) <= LONGEST_RECORD else None
        reason = None
        if len(line) > LONGEST_RECORD:
            reason = "record_too_long"
        elif values is None:
            reason = "record_open_quote"
        elif len(values) != len(header):
            reason = "record_wrong_fields"
        elif place == last and ends_open and (delivered.ends_every_line or line.endswith(BROKEN_CHARACTER)):
            reason = "record_unterminated"
        if reason or values is None:
            yield {"source_row": row, "reject_reason": reason, "raw_record": line[:KEPT_OF_RAW]}
        else:
            record: dict[str, object] = {column: values[at].strip() for column, at in own.items()}
            record["extra_columns"] = [(column, values[at].strip()) for column, at in extra if values[at].strip()]
            yield {**record, "source_row": row}
