"""One delivered file and what is known of its arrival."""

from __future__ import annotations

import hashlib
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
        ingested_at: when the ingest began, and in microseconds the file's place in it.
    """

    path: Path
    source_file: str
    sha256: str
    stamp: Stamp
    arrived_on: date
    is_arrival_stated: bool
    ingested_at: datetime

    @property
    def delivery_id(self) -> str:
        """Identity of the delivery among those of its source: the same content on another day is another delivery."""
        return hashlib.sha256(f"{self.arrived_on.isoformat()}:{self.sha256}".encode()).hexdigest()[:12]
