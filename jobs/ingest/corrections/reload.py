"""Reads deliveries again by the contracts of today: what they state now is recorded, what they no longer state goes.

The day of a delivery stays, so that what follows is known as it was; the record of it is new. Records and deliveries
that were taken back stay so. Files of the source that could not be taken and still lie in the landing folder are opened
again by the next ingest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from jobs import contracts
from jobs.contracts.messages import both
from jobs.ingest.bronze.journal import AGAIN, Journal
from jobs.ingest.silver.again import load_again
from jobs.ingest.silver.scopes.keeping import keep_coverage
from jobs.lake.delta import Lake


@dataclass(frozen=True, kw_only=True)
class Reloaded:
    """What reading again came to.

    Attributes:
        loads: rows of ops.load of the deliveries as they end now.
        reopened: names of files that the next ingest opens again.
    """

    loads: list[dict[str, Any]]
    reopened: list[str]


def reload(lake: Lake, source: str, since: date | None = None) -> Reloaded:
    """Read the deliveries of a source again.

    Args:
        lake: the lake.
        source: the source.
        since: day of the first delivery to be read; all where none is named.

    Raises:
        LookupError: there is no such source, or it has no such delivery.
    """
    if source not in {each.source for each in contracts.landings()}:
        raise LookupError(
            both("reload.no_source", source=source, known=", ".join(e.source for e in contracts.landings()))
        )
    reopened = reopen(lake, source)
    ended = load_again(lake, source, lambda row: since is None or row["arrived_on"] >= since)
    if not ended and not reopened:
        raise LookupError(both("reload.nothing", source=source))
    keep_coverage(lake)
    return Reloaded(loads=ended, reopened=reopened)


def reopen(lake: Lake, source: str) -> list[str]:
    """Forget files of a source that were set aside, so that the next ingest opens them again; their names."""
    standing = [row for row in Journal.read(lake).standing() if row["source"] == source and not row["delivery_id"]]
    now = datetime.now(UTC)
    empty = dict.fromkeys(contracts.table("ops.delivery").column_names)
    about = [{"source": source, "source_file": row["source_file"]} for row in standing]
    rows = [{**empty, **each, "delivery_state": AGAIN, "ingested_at": now} for each in about]
    if rows:
        lake.append_rows("ops.delivery", rows)
    return [row["source_file"] for row in standing]
