"""One delivered file and what is known of its arrival."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jobs.contracts.scope_file import FullTable, ScopeFile
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
        scope: what it covers, where a scope file beside it says so.
        noted: size and time by which it is known again, with those of its scope file.
    """

    path: Path
    source_file: str
    sha256: str
    stamp: Stamp
    arrived_on: date
    is_arrival_stated: bool
    ingested_at: datetime
    scope: ScopeFile | FullTable | None = None
    noted: Stamp | None = None

    @property
    def delivery_id(self) -> str:
        """Identity of the delivery among those of its source: the same content on another day is another delivery.

        What it covers is part of its content: two codes without trade leave files of equal bytes.
        """
        content = f"{self.arrived_on.isoformat()}:{self.sha256}{self.stated_scope or ''}"
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def stated_scope(self) -> str | None:
        """The scope as text, the same for the same scope; None where none is stated."""
        return self.scope.model_dump_json() if self.scope else None
