"""gold.freshness: how new each source was on a night, against what its contract promises."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.contracts.messages import LANGUAGES, say
from jobs.contracts.model import Landing
from jobs.ingest.bronze.journal import Journal, reason_of
from jobs.lake.as_of import current_sql, known_by
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake

Stopped = Mapping[str, Mapping[str, Any]]  # by source: a file that could not be taken
Newest = Mapping[str, tuple[date, datetime]]  # by source: newest period, and when its newest value became known


def end_of_period(start: date, landing: Landing) -> date:
    """Last day of a period of the source."""
    if landing.publication.unit == "day":
        return start
    return start.replace(day=monthrange(start.year, start.month)[1])


def assess_freshness(
    landing: Landing, night: date, newest: tuple[date, datetime] | None, stopped: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One row of gold.freshness.

    Args:
        landing: the source's contract.
        night: the night.
        newest: the newest period known on the night and when it became known; None where nothing was.
        stopped: the row of ops.delivery of a file that could not be taken; the source is late whatever its age.
    """
    row: dict[str, Any] = {"night": night, "source": landing.source, "promised_days": landing.freshness_days}
    if stopped is not None:
        code, params = reason_of(dict(stopped))
        row |= {f"reason_{lang}": say(code, lang, params) for lang in LANGUAGES}
        row["set_aside_at"] = stopped["set_aside_at"]
    if newest is None:
        return {**row, "status": "late" if stopped else "missing"}
    period, known_at = newest
    age = (night - end_of_period(period, landing)).days
    status = "ok" if age <= landing.freshness_days and stopped is None else "late"
    return {**row, "last_period": period, "last_known_at": known_at, "age_days": age, "status": status}


def assess_sources(newest: Newest, night: date, stopped: Stopped | None = None) -> pa.Table:
    """Rows of gold.freshness: every source that has a landing contract."""
    sources, halted = contracts.landings(), stopped or {}
    rows = [assess_freshness(each, night, newest.get(each.source), halted.get(each.source)) for each in sources]
    return table_of("gold.freshness", rows)


def newest_periods(lake: Lake, night: date) -> dict[str, tuple[date, datetime]]:
    """The newest period of each source as known on the night, from the silver tables' files and without Spark."""
    stored = [contract.name for contract in contracts.tables("silver") if lake.exists(contract.name)]
    newest: dict[str, tuple[date, datetime]] = {}
    with duckdb.connect() as connection:
        for name in stored:
            connection.register("stored", lake.dataset(name))
            rows = current_sql(contracts.table(name), "stored")
            of_source = f"""
                select source, max(period_start) as period, arg_max(known_at, (period_start, known_at)) as known_at
                from ({rows}) where {known_by(night)} group by source"""
            for row in connection.sql(of_source).to_arrow_table().to_pylist():
                seen = (row["period"], row["known_at"])
                newest[row["source"]] = max(newest.get(row["source"], seen), seen)
    return newest


def freshness(lake: Lake, night: date) -> pa.Table:
    """Rows of gold.freshness of a night."""
    return assess_sources(newest_periods(lake, night), night, stopped_sources(lake))


def stopped_sources(lake: Lake) -> dict[str, dict[str, Any]]:
    """By source the newest row of ops.delivery of a file that is set aside, with when it was first found so."""
    journal = Journal.read(lake)
    return {row["source"]: {**row, "set_aside_at": journal.since(row)} for row in journal.standing()}


def run(lake: Lake, night: date) -> None:
    """Replace the night of gold.freshness."""
    lake.replace_night_rows("gold.freshness", freshness(lake, night), night)
