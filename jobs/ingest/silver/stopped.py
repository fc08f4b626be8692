"""Deliveries that are set aside whole for what their typed rows show.

Of statistics those of which too much is wrong: a third of a statistic is no statistic. Of declarations, papers, results
and events each record stands for itself, and the sound ones are always taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from jobs import contracts
from jobs.ingest.bronze.content import Problem
from jobs.ingest.bronze.journal import SET_ASIDE, TAKEN, Journal, problem_columns
from jobs.lake.delta import Lake

AFTER_ITS_TAKING = timedelta(milliseconds=500)  # later than any file of its ingest, and still of it


def is_unsound(row: Mapping[str, Any]) -> bool:
    """Whether so many records of a delivery are wrong that none of it is taken.

    Args:
        row: how its records ended, as in ops.load.
    """
    checks = contracts.table(contracts.landing(row["source"]).feeds).checks
    wrong = row["records_quarantined"] + row["records_rejected"]
    is_much = wrong > (checks.quarantine_share or 1.0) * row["records_in"]
    return checks.is_statistic and is_much and wrong >= checks.quarantine_least


def find_unsound(row: Mapping[str, Any]) -> Problem:
    """What is said of a delivery of which so many records are wrong; `row` as for `is_unsound`."""
    share = contracts.table(contracts.landing(row["source"]).feeds).checks.quarantine_share or 1.0
    wrong = row["records_quarantined"] + row["records_rejected"]
    return Problem("unsound", {"n": str(wrong), "of": str(row["records_in"]), "limit": f"{share:.0%}"})


def stopped_deliveries(lake: Lake) -> set[tuple[str, str]]:
    """Sources and ids of the deliveries that were set aside whole after they had been read."""
    ended = [row for row in Journal.read(lake).rows if row["delivery_state"] in (TAKEN, SET_ASIDE)]
    latest = {(row["source"], row["delivery_id"]): row for row in ended if row["delivery_id"]}
    return {of for of, row in latest.items() if row["delivery_state"] == SET_ASIDE}


def note_stopped(lake: Lake, stopped: Sequence[tuple[Mapping[str, Any], Problem]]) -> None:
    """Say in ops.delivery that deliveries are set aside whole for what their typed rows showed, and why.

    Args:
        stopped: of each delivery its names as in ops.load (`source`, `source_file`, `delivery_id`, `file_sha256`,
            `arrived_on`, `ingested_at`), and its problem. Said twice, it is noted once.
    """
    journal = Journal.read(lake)
    for row, problem in stopped:
        before = journal.latest.get((row["source"], row["source_file"]), {})
        if before.get("reason_code") == problem.code and before["delivery_id"] == row["delivery_id"]:
            continue  # a try of this load that was killed has said so
        about = {name: row[name] for name in ("source", "source_file", "delivery_id", "file_sha256", "arrived_on")}
        noted = {
            **{name: before.get(name) for name in ("size_bytes", "modified_at")},
            **about,
            **problem_columns(problem),
            "ingested_at": max(row["ingested_at"], before.get("ingested_at", row["ingested_at"])) + AFTER_ITS_TAKING,
        }
        lake.append_rows("ops.delivery", [noted])
