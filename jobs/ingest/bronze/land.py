"""Takes new files of the landing folder into bronze, each once and whole."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Landing
from jobs.ingest.bronze.blocks import has_records, record_batches
from jobs.ingest.bronze.records import Delivery, check_header, file_hash
from jobs.lake.delta import Lake

log = logging.getLogger(__name__)
COMMIT_FILES, COMMIT_BYTES = 200, 1 << 25
STATED_ARRIVAL = re.compile(r"_known_(\d{4}-\d{2}-\d{2})(?=[_.])")


@dataclass(kw_only=True)
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
            path=path,
            source_file=str(path.relative_to(folder)),
            sha256=file_hash(path),
            arrived_on=stated or today,
            is_arrival_stated=stated is not None,
            ingested_at=ingested_at,
        )


def unknown_places(folder: Path) -> list[str]:
    """Folders and files below the landing folder that no contract names, so that nothing is passed over silently."""
    patterns: dict[str, list[str]] = {}
    for delivered in contracts.landings():
        patterns.setdefault(delivered.folder, []).append(delivered.pattern)
    result = []
    for place in sorted(folder.iterdir()):
        if place.name.startswith("."):
            continue
        if not place.is_dir() or place.name not in patterns:
            result.append(place.name)
            continue
        known = {path for pattern in patterns[place.name] for path in place.glob(pattern)}
        result += [str(path.relative_to(folder)) for path in sorted(place.iterdir()) if path not in known]
    return result


def count_nothing(lake: Lake, delivered: Landing, delivery: Delivery) -> None:
    """Give a delivery without records its row of ops.load: the loader, which counts bronze rows, never meets it."""
    counts = {name: 0 for name in contracts.table("ops.load").column_names if name.startswith("records_")}
    row = {
        "source": delivered.source,
        "source_file": delivery.source_file,
        "file_sha256": delivery.sha256,
        "arrived_on": delivery.arrived_on,
        "ingested_at": delivery.ingested_at,
        **counts,
    }
    lake.append_rows("ops.load", [row], transaction=f"{delivered.source}:{delivery.sha256}")


def groups(pending: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Deliveries of one source that are taken in one commit: a thousand daily files are no thousand commits."""
    group: list[Delivery] = []
    size = 0
    for delivery in pending:
        more = delivery.path.stat().st_size
        if group and (len(group) == COMMIT_FILES or size + more > COMMIT_BYTES):
            yield group
            group, size = [], 0
        group.append(delivery)
        size += more
    if group:
        yield group


def take(lake: Lake, delivered: Landing, group: Sequence[Delivery]) -> list[str]:
    """Write deliveries into their bronze table in one commit that carries their hashes: taken twice, they land once.

    Files are read where they lie, on the driver and in blocks; Spark would add seconds and nothing else.

    Returns:
        Those without a record. They are in the ledger before they are taken, so that a kill between the two loses
        nothing.
    """
    name = f"bronze.{delivered.source}"
    without_records = [delivery for delivery in group if not has_records(delivery, delivered)]
    for delivery in without_records:
        count_nothing(lake, delivered, delivery)
    batches = chain.from_iterable(record_batches(delivery, delivered) for delivery in group)
    records = pa.RecordBatchReader.from_batches(arrow_schema(contracts.table(name)), batches)
    lake.append_rows(name, records, transaction=[delivery.sha256 for delivery in group])
    log.debug("bronze: took %s", [delivery.source_file for delivery in group])
    return [delivery.source_file for delivery in without_records]


def land(lake: Lake, folder: Path, ingested_at: datetime, today: date) -> Landed:
    """Take every file that is new, all headers checked before the first is taken.

    Raises:
        ContractError: the landing folder is missing, or a file does not keep its contract.
    """
    if not folder.is_dir():
        raise contracts.ContractError(
            f"the landing folder {folder} does not exist: set CUSTOMS_LANDING, or make a world with "
            "`python -m jobs sample`"
        )
    landed = Landed(unknown=unknown_places(folder))
    pending: dict[str, list[Delivery]] = {}
    for delivered in contracts.landings():
        result = {each.sha256: each for each in deliveries(folder, delivered, ingested_at, today)}
        taken = lake.holds(f"bronze.{delivered.source}", *result)
        for sha256, delivery in result.items():
            if sha256 not in taken:
                extra = check_header(delivery.path, delivered)
                if extra and not delivered.is_wide:
                    landed.extra[delivery.source_file] = list(extra)
                pending.setdefault(delivered.source, []).append(delivery)
    for source, new_files in pending.items():
        for group in groups(new_files):
            landed.without_records += take(lake, contracts.landing(source), group)
        landed.taken[source] = [delivery.source_file for delivery in new_files]
    return landed
