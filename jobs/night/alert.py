"""Findings to alerts: one row an episode, ranked, with its sentences, evidence and what would change it.

Numbers are settled by the time an alert is made (`jobs.night.detect`); a domain puts them in order and into words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import pyarrow as pa

from jobs import contracts, domains
from jobs.alerting.domain import Domain
from jobs.contracts import register
from jobs.lake.canonical import content_hash, table_of
from jobs.lake.delta import Lake
from jobs.night.program import code_version


def read_findings(lake: Lake, night: date) -> dict[str, pa.Table]:
    """What the alerts of all domains are made of: the night's signals, and each domain's own tables."""
    tables = {"gold.signal": lake.rows("gold.signal", night=night)}
    for each in domains.DOMAINS:
        tables |= {name: lake.rows(name, night=night, where=where) for name, where in each.alert_facts.items()}
    return tables


def make_alerts(findings: Mapping[str, pa.Table], night: date, asked: Collection[Domain] | None = None) -> pa.Table:
    """Rows of gold.alert of a night, from the night's findings alone.

    Args:
        findings: tables of gold by name, as `read_findings` or a domain's `detect` gives them; of a domain whose
            tables are not among them no alert is made.
        night: the night.
        asked: the domains; all of them when not given.
    """
    chosen = domains.DOMAINS if asked is None else asked
    rows = [
        {**alert, "rules_version": register.rules_version(each.name), "code_version": code_version()}
        for each in chosen
        if each.alert_facts.keys() <= findings.keys()
        for alert in each.make_alerts(findings, night)
    ]
    table = table_of("gold.alert", rows)
    # The hash is of the row as it is stored: an empty map reads back as an empty list.
    hashes = [content_hash(row, contracts.table("gold.alert")) for row in table.to_pylist()]
    return table.set_column(table.schema.get_field_index("content_hash"), "content_hash", pa.array(hashes, pa.string()))
