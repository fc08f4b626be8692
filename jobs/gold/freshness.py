"""gold.freshness: how new each source was on a night, against what its contract promises."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from functools import reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import contracts
from jobs.canonical import table_of
from jobs.contracts.model import Landing
from jobs.lake import Lake, end_of_night


def end_of_period(start: date, landing: Landing) -> date:
    """Last day of a period of the source."""
    if landing.publication.unit == "day":
        return start
    return start.replace(day=monthrange(start.year, start.month)[1])


def judge_freshness(landing: Landing, night: date, newest: tuple[date, datetime] | None) -> dict[str, Any]:
    """One row of gold.freshness.

    Args:
        landing: the source's contract.
        night: the night.
        newest: the newest period known on the night and when it became known; None where nothing was.
    """
    row: dict[str, Any] = {"night": night, "source": landing.source, "promised_days": landing.freshness_days}
    if newest is None:
        return {**row, "status": "missing"}
    period, known_at = newest
    age = (night - end_of_period(period, landing)).days
    status = "ok" if age <= landing.freshness_days else "late"
    return {**row, "last_period": period, "last_known_at": known_at, "age_days": age, "status": status}


def newest_periods(lake: Lake, night: date) -> dict[str, tuple[date, datetime]]:
    """The newest period of each source as known on the night, in one pass over the silver tables."""
    parts: list[DataFrame] = [
        lake.read(contract.name)
        .where(F.col("known_at") < F.lit(end_of_night(night)))
        .select("source", "period_start", "known_at")
        for contract in contracts.tables("silver")
        if lake.exists(contract.name)
    ]
    if not parts:
        return {}
    both = F.max(F.struct("period_start", "known_at"))
    rows = reduce(DataFrame.unionByName, parts).groupBy("source").agg(both.alias("newest")).toArrow().to_pylist()
    return {row["source"]: (row["newest"]["period_start"], row["newest"]["known_at"]) for row in rows}


def freshness(lake: Lake, night: date) -> pa.Table:
    """Rows of gold.freshness of a night: every source that has a landing contract."""
    newest = newest_periods(lake, night)
    return table_of(
        "gold.freshness", [judge_freshness(each, night, newest.get(each.source)) for each in contracts.landings()]
    )
