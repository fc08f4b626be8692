"""Deliveries written into their bronze tables, several in a commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.ingest.bronze.batches import has_records, record_batches
from jobs.ingest.bronze.content import Problem, Unusable
from jobs.ingest.bronze.delivery import Delivery
from jobs.lake.delta import Lake

COMMIT_FILES, COMMIT_BYTES = 200, 1 << 25


def count_nothing(lake: Lake, delivered: Landing, delivery: Delivery) -> None:
    """Give a delivery without records its row of ops.load: the loader, which counts bronze rows, never meets it."""
    counts = {name: 0 for name in contracts.table("ops.load").column_names if name.startswith("records_")}
    row = {
        "source": delivered.source,
        "delivery_id": delivery.delivery_id,
        "source_file": delivery.source_file,
        "file_sha256": delivery.sha256,
        "arrived_on": delivery.arrived_on,
        "ingested_at": delivery.ingested_at,
        "recorded_at": delivery.ingested_at,
        **counts,
    }
    lake.append_rows("ops.load", [row], transaction=f"{delivered.source}:{delivery.delivery_id}")


def groups(pending: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Deliveries of one source that are taken in one commit: a thousand daily files are no thousand commits."""
    group: list[Delivery] = []
    size = 0
    for delivery in pending:
        if group and (len(group) == COMMIT_FILES or size + delivery.stamp.size > COMMIT_BYTES):
            yield group
            group, size = [], 0
        group.append(delivery)
        size += delivery.stamp.size
    if group:
        yield group


def write(lake: Lake, delivered: Landing, group: Sequence[Delivery]) -> list[str]:
    """Write deliveries into their bronze table in one commit that carries their hashes: taken twice, they land once.

    Files are read where they lie, on the driver and in blocks; Spark would add seconds and nothing else.

    Returns:
        Those without a record. They are in the ledger before they are taken, so that a kill between the two loses
        nothing.

    Raises:
        Unusable: one of them could not be read to its end; nothing of any was taken.
    """
    name = f"bronze.{delivered.source}"
    without_records = [delivery for delivery in group if not has_records(delivery, delivered)]
    for delivery in without_records:
        count_nothing(lake, delivered, delivery)
    stopped: list[Unusable] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for delivery in group:
                yield from record_batches(delivery, delivered)
        except Unusable as error:
            stopped.append(error)
            raise

    records = pa.RecordBatchReader.from_batches(arrow_schema(contracts.table(name)), batches())
    try:
        lake.append_rows(name, records, transaction=[delivery.delivery_id for delivery in group])
    except Exception:
        if stopped:  # the writer tells of it in words of its own
            raise stopped[0] from None
        raise
    return [delivery.source_file for delivery in without_records]


def write_each(
    lake: Lake, delivered: Landing, group: Sequence[Delivery]
) -> Iterator[tuple[Delivery, list[str], Problem | None]]:
    """Write deliveries together, or, where one of them breaks off, each by itself; what became of each."""
    try:
        without_records = write(lake, delivered, group)
    except Unusable as error:
        if len(group) == 1:
            yield group[0], [], error.problem
            return
        for delivery in group:
            yield from write_each(lake, delivered, [delivery])
        return
    yield from ((delivery, without_records, None) for delivery in group)
