"""Takes new files of the landing folder into bronze, each once and in one commit."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import pyarrow as pa

from jobs import contracts
from jobs.bronze.records import Delivery, check_header, file_hash, record_batches
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.lake import Lake

log = logging.getLogger(__name__)
STATED_ARRIVAL = re.compile(r"_known_(\d{4}-\d{2}-\d{2})(?=[_.])")


@dataclass
class Landed:
    """What an ingest found in the landing folder.

    Attributes:
        taken: files taken now, by source.
        unknown: folders and files no contract names, reported and left where they are.
        extra: columns that files bring beyond their contract, by file.
        without_records: files taken now that have a header and nothing below it.
    """

    taken: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    extra: dict[str, list[str]] = field(default_factory=dict)
    without_records: list[str] = field(default_factory=list)


def stated_arrival(name: str) -> date | None:
    """The date on which a delivery says it became known, from `_known_YYYY-MM-DD` in its name."""
    match = STATED_ARRIVAL.search(name)
    return date.fromisoformat(match[1]) if match else None


def deliveries(folder: Path, delivered: Landing, ingested_at: datetime, today: date) -> Iterator[Delivery]:
    """Files of one landing contract, in the order of their names."""
    for path in sorted((folder / delivered.folder).glob(delivered.pattern)):
        stated = stated_arrival(path.name)
        yield Delivery(
            path=path, source_file=str(path.relative_to(folder)), sha256=file_hash(path),
            arrived_on=stated or today, is_arrival_stated=stated is not None, ingested_at=ingested_at,
        )  # fmt: skip


def unknown_places(folder: Path) -> list[str]:
    """Folders and files below the landing folder that no contract names, so that nothing is passed over silently."""
    patterns: dict[str, list[str]] = {}
    for delivered in contracts.landings():
        patterns.setdefault(delivered.folder, []).append(delivered.pattern)
    found = []
    for place in sorted(folder.iterdir()):
        if place.name.startswith("."):
            continue
        if not place.is_dir() or place.name not in patterns:
            found.append(place.name)
            continue
        known = {path for pattern in patterns[place.name] for path in place.glob(pattern)}
        found += [str(path.relative_to(folder)) for path in sorted(place.iterdir()) if path not in known]
    return found


def count_nothing(lake: Lake, delivered: Landing, delivery: Delivery) -> None:
    """Give a delivery without records its row of ops.load: the loader, which counts bronze rows, never meets it."""
    counts = {name: 0 for name in contracts.table("ops.load").column_names if name.startswith("records_")}
    row = {
        "source": delivered.source, "source_file": delivery.source_file, "file_sha256": delivery.sha256,
        "arrived_on": delivery.arrived_on, "ingested_at": delivery.ingested_at, **counts,
    }  # fmt: skip
    lake.append_rows("ops.load", [row], transaction=delivery.sha256)


def take(lake: Lake, delivered: Landing, delivery: Delivery) -> bool:
    """Write one delivery into its bronze table in one commit that carries its hash: taken twice, it lands once.

    A file is read where it lies, on the driver and in batches; Spark would add seconds a file and nothing else.

    Returns:
        Whether it brought a record. One that did not is in the ledger before it is taken, so that a kill between
        the two loses nothing.
    """
    name = f"bronze.{delivered.source}"
    schema = arrow_schema(contracts.table(name))
    batches = record_batches(delivery, delivered)
    first = next(batches, None)
    if first is None:
        count_nothing(lake, delivered, delivery)
    records = pa.RecordBatchReader.from_batches(schema, chain([first] if first else [], batches))
    lake.append_rows(name, records, transaction=delivery.sha256)
    log.debug("bronze: took %s", delivery.source_file)
    return first is not None


def land(lake: Lake, folder: Path, ingested_at: datetime, today: date) -> Landed:
    """Take every file that is new, all headers checked before the first is taken.

    Raises:
        ContractError: the landing folder is missing, or a file does not keep its contract.
    """
    if not folder.is_dir():
        raise contracts.ContractError(
            f"the landing folder {folder} does not exist: set CUSTOMS_LANDING, or make a world with `python -m jobs sample`"
        )
    landed = Landed(unknown=unknown_places(folder))
    pending: list[tuple[Landing, Delivery]] = []
    for delivered in contracts.landings():
        found = {each.sha256: each for each in deliveries(folder, delivered, ingested_at, today)}
        taken = lake.holds(f"bronze.{delivered.source}", *found)
        for sha256, delivery in found.items():
            if sha256 not in taken:
                extra = check_header(delivery.path, delivered)
                if extra and not delivered.is_wide:
                    landed.extra[delivery.source_file] = list(extra)
                pending.append((delivered, delivery))
    for delivered, delivery in pending:
        if not take(lake, delivered, delivery):
            landed.without_records.append(delivery.source_file)
        landed.taken.setdefault(delivered.source, []).append(delivery.source_file)
    return landed
