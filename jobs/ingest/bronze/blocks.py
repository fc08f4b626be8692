"""A delivered file as batches of its bronze table, block by block, so that its size does not matter.

Nearly all lines of a large file are plain: as many commas as the header has, no quotation mark, no control character,
text in the contract's encoding. Arrow splits those at once. Every other line goes to the strict reader
(`records.read_records`), which alone assesses what can be read; for a plain line both come to the same.

A line that is in another encoding is rejected by itself; a file whose header or most of whose first lines are, is
rejected as one record, since nothing of it can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from jobs.contracts import bronze_table
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.ingest.bronze.content import CHANGED, Stamp, Unusable, first_line, lines_of, open_content
from jobs.ingest.bronze.delivery import Delivery
from jobs.ingest.bronze.records import KEPT_OF_RAW, LONGEST_RECORD, decode, read_header, read_records

BLOCK_BYTES = 1 << 24
COMMA, LINE_FEED, RETURN, QUOTE, DELETE = b',\n\r"\x7f'
FIRST_PRINTABLE = 32
SPACED = (b" ,", b", ", b"\n ", b" \n", b" \r")  # without one of these no value of an ASCII block needs trimming


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the lines of one delivery are read.

    Attributes:
        delivered: the contract.
        name: the file, for messages.
        header, columns: its first line, and the names in it.
        schema: of the bronze table.
        lineage: what is the same in all its rows.
    """

    delivered: Landing
    name: str
    header: str
    columns: list[str]
    schema: pa.Schema
    lineage: Mapping[str, object]

    @property
    def is_always_strict(self) -> bool:
        """Whether no line is plain: columns that the contract does not name, a single column, or no UTF-8."""
        is_wider = set(self.columns) != set(self.delivered.columns)
        return is_wider or len(self.columns) == 1 or not self.delivered.encoding.startswith("utf-8")


def line_blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in blocks of whole lines; the last line may lack its end."""
    begun = b""
    while len(chunk := file.read(BLOCK_BYTES)) == BLOCK_BYTES:
        whole, end, rest = chunk.rpartition(b"\n")
        if end:
            yield begun + whole + end
        begun = rest if end else begun + rest
    if begun or chunk:
        yield begun + chunk


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
    is_plain = plain_lines(np.frombuffer(block, np.uint8), starts, ends, len(reading.columns) - 1)
    is_plain[ends == len(block)] = False
    is_plain[find_headers(reading, block, starts, ends)] = False
    if decode(block, reading.delivered.encoding) is None:
        for line in np.flatnonzero(is_plain):
            is_plain[line] = decode(block[starts[line] : ends[line] + 1], reading.delivered.encoding) is not None
    return is_plain


def find_headers(
    reading: Reading, block: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lines that are the header again, as in files that were joined; the strict reader says so of them."""
    header, content = reading.header.strip("\r\n").encode(), np.frombuffer(block, np.uint8)
    alike = np.isin(ends - starts - len(header), (0, 1))
    for place, byte in enumerate(header[:4]):  # few lines of data begin as the header does
        alike &= content[np.minimum(starts + place, len(content) - 1)] == byte
    same = [line for line in np.flatnonzero(alike) if block[starts[line] : ends[line]].rstrip(b"\r") == header]
    return np.array(same, dtype=np.int64)


def read_plain(reading: Reading, lines: bytes, rows: NDArray[np.int64]) -> pa.Table:
    """Rows of the bronze table from plain lines with their numbers."""
    texts = csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(column_names=reading.columns, block_size=len(lines) + 1),
        parse_options=csv.ParseOptions(quote_char=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(reading.columns, pa.string())),
    )
    count = len(rows)
    of_file = {
        name: pa.repeat(pa.scalar(value, reading.schema.field(name).type), count)
        for name, value in reading.lineage.items()
    }
    nothing = {name: pa.nulls(count, pa.string()) for name in ("reject_reason", "raw_record")}
    no_extra = pa.array([[]] * count, reading.schema.field("extra_columns").type)
    is_trim = lines.isascii() and lines[:1] != b" " and not any(pair in lines for pair in SPACED)
    own = {name: texts[name] if is_trim else pc.utf8_trim_whitespace(texts[name]) for name in reading.columns}
    columns = {**of_file, **nothing, **own, "source_row": pa.array(rows), "extra_columns": no_extra}
    return pa.table([columns[name] for name in reading.schema.names], schema=reading.schema)


def read_strictly(reading: Reading, lines: list[tuple[int, bytes, str | None]]) -> list[dict[str, object]]:
    """Records of lines, each given with its number, its bytes and the text they state, none where they state none."""
    records: list[dict[str, object]] = [
        {
            "source_row": row,
            "reject_reason": "record_undecodable",
            "raw_record": line.decode("utf-8", "backslashreplace").rstrip()[:KEPT_OF_RAW],
        }
        for row, line, text in lines
        if text is None
    ]
    readable = [(row, text) for row, _, text in lines if text is not None]
    read = read_records("".join([reading.header, *[text for _, text in readable]]), reading.delivered, reading.name)
    return records + [{**record, "source_row": row} for (row, _), record in zip(readable, read, strict=True)]


def read_block(reading: Reading, block: bytes, rows_before: int) -> tuple[pa.Table, int]:
    """Rows of the bronze table from a block of lines, and how many of them are in another encoding."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == LINE_FEED)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate([[0], ends[:-1] + 1])
    is_plain = find_plain(reading, block, starts, ends)
    odd = [(line, block[starts[line] : ends[line] + 1]) for line in np.flatnonzero(~is_plain)]
    texts = [decode(content, reading.delivered.encoding) for _, content in odd]
    is_record = np.ones(len(ends), bool)
    is_record[[line for (line, _), text in zip(odd, texts, strict=True) if text is not None and not text.strip()]] = (
        False
    )
    rows = rows_before + np.cumsum(is_record)
    strict = [
        (int(rows[line]), content, text) for (line, content), text in zip(odd, texts, strict=True) if is_record[line]
    ]
    result = []
    if is_plain.any():
        whole = is_plain.all()
        kept = (
            block
            if whole
            else np.frombuffer(block, np.uint8)[np.repeat(is_plain, ends - starts + 1)[: len(block)]].tobytes()
        )
        result.append(read_plain(reading, kept, rows[is_plain]))
    if strict:
        records = [{**record, **reading.lineage} for record in read_strictly(reading, strict)]
        result.append(pa.Table.from_pylist(records, schema=reading.schema))
    table = pa.concat_tables(result) if result else reading.schema.empty_table()
    return table, sum(text is None for _, _, text in strict)


def has_records(delivery: Delivery, delivered: Landing) -> bool:
    """Whether a delivery holds anything but a header that can be read."""
    with open_content(delivery.path) as content:
        header = first_line(content)
        texts = (decode(line, delivered.encoding) for line in lines_of(content))
        return not header or any(text is None or text.strip() for text in texts)


def record_batches(delivery: Delivery, delivered: Landing) -> Iterator[pa.RecordBatch]:
    """Rows of the source's bronze table, one a physical record of the delivery.

    Raises:
        Unusable: the file can not be read to its end, or changed meanwhile.
    """
    schema = arrow_schema(bronze_table(f"bronze.{delivered.source}", delivered.source))
    lineage = {
        "delivery_id": delivery.delivery_id,
        "source_file": delivery.source_file,
        "file_sha256": delivery.sha256,
        "arrived_on": delivery.arrived_on,
        "is_arrival_stated": delivery.is_arrival_stated,
        "ingested_at": delivery.ingested_at,
    }

    def unreadable(reason: str) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist([{**lineage, "source_row": 0, "reject_reason": reason}], schema=schema)

    with open_content(delivery.path) as file:
        header = decode(first_line(file), delivered.encoding)
        if header is None:
            yield unreadable("file_undecodable")
            return
        if not header:
            yield unreadable("file_empty")
            return
        columns = read_header(header, delivered, delivery.source_file)
        reading = Reading(
            delivered=delivered,
            name=delivery.source_file,
            header=header,
            columns=columns,
            schema=schema,
            lineage=lineage,
        )
        rows = 0
        for block in line_blocks(file):
            table, undecodable = read_block(reading, block, rows)
            if not rows and 2 * undecodable > len(table):
                yield unreadable("file_undecodable")
                return
            rows += len(table)
            yield from table.to_batches()
    try:
        is_unchanged = Stamp.of(delivery.path.stat()) == delivery.stamp
    except OSError:  # it is gone
        is_unchanged = False
    if not is_unchanged:
        raise Unusable(CHANGED)
