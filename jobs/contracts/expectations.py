"""Contracts as Great Expectations suites over the profile of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from jobs.contracts.model import Table

Severity = Literal["stop", "warn"]


@dataclass(frozen=True)
class Asked:
    """One expectation of a table's profile, and what its failure does.

    Attributes:
        measure: column of the profile.
        lower, upper: bounds the measure has to keep; None where there is none.
        severity: `stop` ends the night, `warn` is shown.
    """

    measure: str
    lower: float | None
    upper: float | None
    severity: Severity


def asked_of(contract: Table, rows_before: int | None) -> list[Asked]:
    """What is asked of a silver table: its key, its columns, its codes, its volume, its quarantine, its totals.

    Args:
        contract: the table.
        rows_before: rows it had when it last passed; None at the first time.
    """
    asked = [
        Asked("duplicate_keys", None, 0, "stop"),
        Asked("missing_values", None, 0, "stop"),
        Asked("unknown_codes", None, 0, "stop"),
        Asked("late_sources", None, 0, "warn"),
    ]
    checks = contract.checks
    if checks.volume_ratio is not None and rows_before is not None:
        asked.append(Asked("row_count", float(int(checks.volume_ratio * rows_before)), None, "stop"))
    else:
        asked.append(Asked("row_count", 1, None, "warn"))
    if checks.quarantine_share is not None:
        asked.append(Asked("quarantine_share", None, checks.quarantine_share, "stop"))
    if checks.totals:
        asked.append(Asked("totals_exceeded", None, 0, "warn"))
    return asked


def suite(name: str, asked: list[Asked]) -> Any:
    """The Great Expectations suite of what is asked; `meta` carries the severity."""
    import great_expectations as gx

    expectations = [
        gx.expectations.ExpectColumnValuesToBeBetween(
            column=each.measure, min_value=each.lower, max_value=each.upper, meta={"severity": each.severity}
        )
        for each in asked
    ]
    return gx.ExpectationSuite(name=name, expectations=expectations)
