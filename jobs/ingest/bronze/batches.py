"""A delivered file as batches of its bronze table, so that its size does not matter.

A file whose header, or most of whose first lines, are in another encoding is rejected as one record, since nothing of
it can be trusted; so is an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from jobs.contracts import bronze_table
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.ingest.bronze.blocks import Reading, read_block
from jobs.ingest.bronze.content import CHANGED, Unusable, first_line, lines_of, look_at_stamp, open_content, read_header
from jobs.ingest.bronze.delivery import Delivery
from jobs.ingest.bronze.lines import decode
from jobs.ingest.bronze.records import Layout

BLOCK_BYTES = 1 << 24


def line_blocks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The rest of a file in blocks of whole lines, each with whether it is the last, which may lack a line end."""
    begun = b""
    while len(chunk := file.read(BLOCK_BYTES)) == BLOCK_BYTES:
        whole, end, rest = chunk.rpartition(b"\n")
        if end:
            yield begun + whole + end, False
        begun = rest if end else begun + rest
    yield begun + chunk, True


def has_records(delivery: Delivery, delivered: Landing) -> bool:
    """Whether a delivery holds anything but a header that can be read."""
    with open_content(delivery.path) as content:
        header = first_line(content)
        texts = (decode(line, delivered.encoding) for line in lines_of(content))
        return not header or any(text is None or text.strip() for text in texts)


def record_batches(delivery: Delivery, delivered: Landing) -> Iterator[pa.RecordBatch]:
    """Rows of the source's bronze table, one a physical record of the delivery.

    Raises:
        Unusable: its header is not that of the contract, it can not be read to its end, or changed meanwhile.
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
        columns = read_header(header, header.endswith("\n"), delivered)
        reading = Reading(
            layout=Layout(delivered=delivered, columns=columns, header=header), schema=schema, lineage=lineage
        )
        rows, open_record = 0, b""
        for block, is_end in line_blocks(file):
            table, undecodable, open_record = read_block(reading, open_record + block, rows, is_end=is_end)
            if not rows and 2 * undecodable > len(table):
                yield unreadable("file_undecodable")
                return
            rows += len(table)
            yield from table.to_batches()
    if look_at_stamp(delivery.path) != delivery.stamp:
        raise Unusable(CHANGED)
