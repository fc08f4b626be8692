"""Findings to alerts: one row an episode, ranked, with its sentences, evidence and what would change it.

Numbers are settled by the time an alert is made (`jobs.night.detect`); here they are put in order and into words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from jobs import contracts
from jobs.contracts import register
from jobs.domains.low_price.alerts import low_price_alerts
from jobs.domains.supply_chain.alerts.common_move import common_alerts
from jobs.domains.supply_chain.alerts.shortage import shortage_alerts
from jobs.domains.supply_chain.alerts.transport import transport_alerts
from jobs.lake.canonical import content_hash, table_of


def rank(alerts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The alerts of a kind with their places 1..n: by level, then by what is at stake, then by p.

    The name breaks ties.
    """

    def urgency(alert: dict[str, Any]) -> tuple[Any, ...]:
        return (-alert["level"], -(alert["score"] or 0.0), alert["p_value"] or 1.0, alert["subject_id"])

    return [{**alert, "rank": place} for place, alert in enumerate(sorted(alerts, key=urgency), start=1)]


def make_alerts(result: dict[str, pa.Table], night: date) -> pa.Table:
    """Rows of gold.alert of a night, from the night's findings alone.

    Args:
        detected: the tables of `jobs.night.detect.find`, by name; of a kind whose tables are not there no alert is
            made.
        night: the night.
    """
    made: list[dict[str, Any]] = []
    if "gold.subject_month" in result:
        made += rank([*shortage_alerts(result, night), *common_alerts(result, night), *transport_alerts(result, night)])
    if "gold.lot" in result:
        made += low_price_alerts(result, night)
    rows = [
        {**alert, "rules_version": register.rules_version(alert["kind"]), "code_version": code_version()}
        for alert in made
    ]
    table = table_of("gold.alert", rows)
    # The hash is of the row as it is stored: an empty map reads back as an empty list.
    hashes = [content_hash(row, contracts.table("gold.alert")) for row in table.to_pylist()]
    return table.set_column(table.schema.get_field_index("content_hash"), "content_hash", pa.array(hashes, pa.string()))


def code_version() -> str:
    """Version of the installed program."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("customs-early-warning")
    except PackageNotFoundError:
        return "unknown"
