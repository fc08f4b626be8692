"""Deliveries of a file by itself, without a landing folder or a lake."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jobs import contracts
from jobs.contracts.model import Landing
from jobs.ingest.bronze.batches import record_batches
from jobs.ingest.bronze.content import Stamp
from jobs.ingest.bronze.delivery import Delivery

GSCPI = contracts.landing("gscpi")
HEADER = "date,value\n"  # of GSCPI


def delivery(path: Path) -> Delivery:
    """The delivery of a file."""
    return Delivery(
        path=path,
        source_file=path.name,
        sha256="0" * 64,
        stamp=Stamp.of(path.stat()),
        arrived_on=date(2024, 6, 20),
        is_arrival_stated=False,
        ingested_at=datetime(2024, 6, 20, tzinfo=UTC),
    )


def bronze_rows(path: Path, content: bytes, source: Landing = GSCPI) -> list[dict[str, Any]]:
    """Bronze rows of a file with this content, by their numbers."""
    path.write_bytes(content)
    rows = [row for batch in record_batches(delivery(path), source) for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: row["source_row"])
