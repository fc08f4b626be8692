"""One delivered file and what is known of its arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jobs.ingest.bronze.content import Stamp


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A file that is read.

    Attributes:
        path: where it lies.
        source_file: its path below the landing folder, for people and for the lake.
        sha256: of its bytes.
        stamp: its size and time when they were read.
        arrived_on: the day on which it became known.
        is_arrival_stated: whether its name states that day.
        ingested_at: when the ingest began.
    """

    path: Path
    source_file: str
    sha256: str
    stamp: Stamp
    arrived_on: date
    is_arrival_stated: bool
    ingested_at: datetime
