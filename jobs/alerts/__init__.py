"""Findings to alerts: one row an episode, ranked, with its sentences, evidence and what would change it.

Numbers are settled by the time an alert is made (`jobs.detect`); here they are put in order and into words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from jobs import contracts
from jobs.alerts.shortage import shortage_alerts
from jobs.alerts.transport import transport_alerts
from jobs.canonical import content_hash, rounded, table_of


def rank(alerts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The alerts with their places 1..n: by level, then by what is at stake, then by p; the name breaks ties."""

    def urgency(alert: dict[str, Any]) -> tuple[Any, ...]:
        return (-alert["level"], -(alert["score"] or 0.0), alert["p_value"] or 1.0, alert["subject_id"])

    return [{**alert, "rank": place} for place, alert in enumerate(sorted(alerts, key=urgency), start=1)]


def make_alerts(found: dict[str, pa.Table], night: date) -> pa.Table:
    """Rows of gold.alert of a night, from the night's findings alone.

    Args:
        found: the tables of `jobs.detect.find`, by name.
        night: the night.
    """
    made = rank([*shortage_alerts(found, night), *transport_alerts(found, night)])
    contract = contracts.table("gold.alert")
    rows = []
    for alert in made:
        row = {**alert, "rules_version": contracts.rules_version(), "code_version": code_version()}
        row = {name: rounded(row.get(name)) for name in contract.column_names}
        rows.append({**row, "content_hash": content_hash(row, contract)})
    return table_of("gold.alert", rows)


def code_version() -> str:
    """Version of the installed program."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("customs-early-warning")
    except PackageNotFoundError:
        return "unknown"
