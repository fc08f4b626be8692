"""Takes new files of the landing folder into bronze, each once and in one commit."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable

from jobs import contracts
from jobs.bronze.records import Delivery, check_header, file_hash, record_batches
from jobs.contracts.model import Landing
from jobs.contracts.spark import struct_type
from jobs.lake import Lake

log = logging.getLogger(__name__)
STATED_ARRIVAL = re.compile(r"_known_(\d{4}-\d{2}-\d{2})(?=[_.])")
COMMITS_AT_ONCE = 3


@dataclass
class Landed:
    """What an ingest found in the landing folder.

    Attributes:
        taken: files taken now, by source.
        unknown: folders and files no contract names, reported and left where they are.
        extra: columns that files bring beyond their contract, by file.
    """

    taken: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    extra: dict[str, list[str]] = field(default_factory=dict)


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


def already_taken(lake: Lake, table: str, found: Iterable[Delivery]) -> set[str]:
    """Hashes of the deliveries that bronze holds: each commit carries its file's hash as transaction id."""
    if not lake.exists(table):
        return set()
    log_of_table = DeltaTable(lake.path(table))
    return {each.sha256 for each in found if log_of_table.transaction_version(each.sha256) is not None}


def take(lake: Lake, delivered: Landing, delivery: Delivery) -> None:
    """Write one delivery into its bronze table; the file is read where Spark runs the task."""
    table = f"bronze.{delivered.source}"

    def read(_: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return record_batches(delivery, delivered)

    one_task = lake.spark.range(0, 1, 1, numPartitions=1)
    rows = one_task.mapInArrow(read, struct_type(contracts.table(table)))
    lake.append(table, rows, transaction=delivery.sha256)
    log.info("bronze: took %s", delivery.source_file)


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
        taken = already_taken(lake, f"bronze.{delivered.source}", found.values())
        for sha256, delivery in found.items():
            if sha256 not in taken:
                extra = check_header(delivery.path, delivered)
                if extra and not delivered.is_wide:
                    landed.extra[delivery.source_file] = list(extra)
                pending.append((delivered, delivery))
    with ThreadPoolExecutor(COMMITS_AT_ONCE) as pool:
        for future in [pool.submit(take, lake, *each) for each in pending]:
            future.result()
    for delivered, delivery in pending:
        landed.taken.setdefault(delivered.source, []).append(delivery.source_file)
    return landed
