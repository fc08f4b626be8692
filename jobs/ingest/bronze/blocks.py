"""A block of lines of a delivered file as rows of its bronze table.

Nearly all lines of a large file are plain: as many commas as the header has, no quotation mark, no control character,
text in the contract's encoding. Arrow splits those at once. Every other line goes to the strict reader
(`records.read_record`), which alone assesses what can be read; for a plain line both come to the same.

A line that is in another encoding is rejected by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from jobs.ingest.bronze.lines import LONGEST_RECORD, decode, records_of
from jobs.ingest.bronze.records import KEPT_OF_RAW, Layout, read_record

COMMA, LINE_FEED, RETURN, QUOTE, DELETE, SPACE = b',\n\r"\x7f '
FIRST_PRINTABLE = 32


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the lines of one delivery are read.

    Attributes:
        layout: of its records.
        schema: of the bronze table.
        lineage: what is the same in all its rows.
    """

    layout: Layout
    schema: pa.Schema
    lineage: Mapping[str, object]

    @property
    def encoding(self) -> str:
        return self.layout.delivered.encoding

    @property
    def is_always_strict(self) -> bool:
        """Whether no line is plain: columns that the contract does not name, a single column, or no UTF-8."""
        columns = self.layout.columns
        is_wider = set(columns) != set(self.layout.delivered.columns)
        return is_wider or len(columns) == 1 or not self.encoding.startswith("utf-8")


def plain_lines(
    block: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], commas: int
) -> NDArray[np.bool_]:
    """Whether each line can be split at its commas as it stands, its encoding apart.

    Args:
        block: the bytes of whole lines.
        starts, ends: of each line; the line feed stands at its end.
        commas: how many a line has.
    """
    is_odd = (block == QUOTE) | (block == DELETE) | ((block < FIRST_PRINTABLE) & (block != LINE_FEED))
    is_odd[:-1] &= ~((block[:-1] == RETURN) & (block[1:] == LINE_FEED))
    counted = [np.searchsorted(np.flatnonzero(of), ends) for of in (block == COMMA, is_odd)]
    in_line = [np.diff(each, prepend=0) for each in counted]
    is_plain: NDArray[np.bool_] = (in_line[0] == commas) & (in_line[1] == 0) & (ends - starts <= LONGEST_RECORD)
    return is_plain


def find_plain(reading: Reading, block: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each line of a block is plain; one that lacks its end never is."""
    if reading.is_always_strict:
        return np.zeros(len(ends), bool)
    is_plain = plain_lines(np.frombuffer(block, np.uint8), starts, ends, len(reading.layout.columns) - 1)
    is_plain[ends == len(block)] = False
    is_plain[find_headers(reading, block, starts, ends)] = False
    if decode(block, reading.encoding) is None:
        for line in np.flatnonzero(is_plain):
            is_plain[line] = decode(block[starts[line] : ends[line] + 1], reading.encoding) is not None
    return is_plain


def find_headers(
    reading: Reading, block: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lines that are the header again, as in files that were joined; the strict reader says so of them."""
    header, content = reading.layout.header.strip("\r\n").encode(), np.frombuffer(block, np.uint8)
    alike = np.isin(ends - starts - len(header), (0, 1))
    for place, byte in enumerate(header[:4]):  # few lines of data begin as the header does
        alike &= content[np.minimum(starts + place, len(content) - 1)] == byte
    same = [line for line in np.flatnonzero(alike) if block[starts[line] : ends[line]].rstrip(b"\r") == header]
    return np.array(same, dtype=np.int64)


def has_outer_spaces(lines: NDArray[np.uint8]) -> bool:
    """Whether any value of ASCII lines begins or ends with a space."""
    spaces = np.flatnonzero(lines == SPACE)
    beside = np.concatenate([lines[spaces - 1], lines[np.minimum(spaces + 1, len(lines) - 1)]])
    return bool(np.isin(beside, (COMMA, LINE_FEED, RETURN)).any() or (spaces == 0).any())


def read_plain(reading: Reading, lines: bytes, rows: NDArray[np.int64]) -> pa.Table:
    """Rows of the bronze table from plain lines with their numbers."""
    texts = csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(column_names=reading.layout.columns, block_size=len(lines) + 1),
        parse_options=csv.ParseOptions(quote_char=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(reading.layout.columns, pa.string())),
    )
    count = len(rows)
    of_file = {
        name: pa.repeat(pa.scalar(value, reading.schema.field(name).type), count)
        for name, value in reading.lineage.items()
    }
    nothing = {name: pa.nulls(count, pa.string()) for name in ("reject_reason", "raw_record")}
    nowhere = pa.nulls(0, pa.string())
    no_extra = pa.MapArray.from_arrays(pa.array(np.zeros(count + 1, np.int32)), nowhere, nowhere)
    is_trim = lines.isascii() and not has_outer_spaces(np.frombuffer(lines, np.uint8))
    names = reading.layout.columns
    own = {name: texts[name] if is_trim else pc.utf8_trim_whitespace(texts[name]) for name in names}
    columns = {**of_file, **nothing, **own, "source_row": pa.array(rows), "extra_columns": no_extra}
    return pa.table([columns[name] for name in reading.schema.names], schema=reading.schema)


def read_strictly(reading: Reading, records: Sequence[StrictRecord], rows: NDArray[np.int64]) -> pa.Table:
    """Rows of the bronze table from records that are not plain; `rows`: the number of each line's record."""
    result: list[dict[str, object]] = []
    for record in records:
        readable = [text for text in record.texts if text is not None]
        values = read_record(reading.layout, readable) if readable else undecodable_record(record.content)
        result.append({**values, **reading.lineage, "source_row": int(rows[record.line])})
    return pa.Table.from_pylist(result, schema=reading.schema)


def undecodable_record(line: bytes) -> dict[str, object]:
    """What is kept of a line in another encoding."""
    raw = line.decode("utf-8", "backslashreplace").rstrip()[:KEPT_OF_RAW]
    return {"reject_reason": "record_undecodable", "raw_record": raw}


@dataclass(frozen=True, kw_only=True)
class StrictRecord:
    """A record that is not plain: the place of its first line in the block, its bytes, and the text of each line."""

    line: int
    content: bytes
    texts: Sequence[str | None]

    @property
    def is_blank(self) -> bool:
        return not any(text is None or text.strip() for text in self.texts)


def strict_records(
    reading: Reading, lines: Callable[[int, int], bytes], odd: NDArray[np.int64], count: int, *, is_end: bool
) -> tuple[list[StrictRecord], int]:
    """The records of lines that are not plain, and the place of the first line that waits for the next block.

    Args:
        reading: how the lines are read.
        lines: the bytes from one line of the block to before another.
        odd: places of the lines that are not plain.
        count: of lines in the block.
        is_end: no block follows.
    """
    places: list[int] = []
    texts: list[str | None] = []
    for line in odd.tolist():
        if places and line > places[-1] + 1:
            places, texts = [*places, -1], [*texts, None]  # a plain line between
        places.append(line)
        texts.append(decode(lines(line, line + 1), reading.encoding))
    if places and places[-1] < count - 1:
        places, texts = [*places, -1], [*texts, None]
    records, first_open = [], 0
    for first, after in records_of(texts, len(reading.layout.columns), is_end=is_end):
        first_open = after
        if places[first] >= 0:
            content = lines(places[first], places[first] + after - first)
            records.append(StrictRecord(line=places[first], content=content, texts=texts[first:after]))
    return records, places[first_open] if first_open < len(places) else count


def read_block(reading: Reading, block: bytes, rows_before: int, *, is_end: bool) -> tuple[pa.Table, int, bytes]:
    """Rows of the bronze table from a block of lines, how many of them are in another encoding, and what is left: lines
    of a record that goes on in the next block.
    """
    if not block:
        return reading.schema.empty_table(), 0, b""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == LINE_FEED)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate([[0], ends[:-1] + 1])
    is_plain = find_plain(reading, block, starts, ends)

    def lines(first: int, after: int) -> bytes:
        return block[starts[first] : ends[after - 1] + 1]

    records, count = strict_records(reading, lines, np.flatnonzero(~is_plain), len(ends), is_end=is_end)
    records = [record for record in records if not record.is_blank]
    is_record = is_plain.copy()
    is_record[[record.line for record in records]] = True
    rows = rows_before + np.cumsum(is_record)
    result = [reading.schema.empty_table()]
    if is_plain.all():
        result.append(read_plain(reading, block, rows))
    elif is_plain.any():
        kept = np.repeat(is_plain, ends - starts + 1)[: len(block)]
        result.append(read_plain(reading, np.frombuffer(block, np.uint8)[kept].tobytes(), rows[is_plain]))
    if records:
        result.append(read_strictly(reading, records, rows))
    undecodable = sum(None in record.texts for record in records)
    return pa.concat_tables(result), undecodable, block[starts[count] :] if count < len(ends) else b""
