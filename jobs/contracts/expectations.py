"""Contracts as Great Expectations suites over the profile of a silver table.

Importing this module imports Great Expectations, which takes seconds: `jobs.ingest.gate.warm_up` does it beside other
work. Each class below is an expectation of its own, so that a stored result says by name what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import great_expectations as gx
from great_expectations.expectations import ExpectColumnValuesToBeBetween

from jobs.contracts.model import Landing, Table

STOP, WARN = "critical", "warning"  # how Great Expectations calls what stops a night and what is only shown
SEVERITIES = {STOP: "stop", WARN: "warn"}


class ExpectKeyToBeUnique(ExpectColumnValuesToBeBetween):
    """No business key, with the time at which it became known, stands twice."""


class ExpectColumnToBeFilled(ExpectColumnValuesToBeBetween):
    """A column that the contract does not let be empty never is."""


class ExpectCodesToBeListed(ExpectColumnValuesToBeBetween):
    """A column of codes holds codes of its closed list only."""


class ExpectVolumeToHold(ExpectColumnValuesToBeBetween):
    """The table has not lost rows since the last night that passed."""


class ExpectQuarantineToBeSmall(ExpectColumnValuesToBeBetween):
    """Few of the records that each source delivered last were set aside or unreadable."""


class ExpectFilesToBeReadable(ExpectColumnValuesToBeBetween):
    """No file of a source's last delivery was empty or in another encoding."""


class ExpectSourceToBeFresh(ExpectColumnValuesToBeBetween):
    """The newest period of a source is not older than its contract promises, in days before the night."""


class ExpectCountriesWithinTotal(ExpectColumnValuesToBeBetween):
    """In no item-month do the countries add up to more than the national total."""


def suite(contract: Table, sources: Sequence[Landing], rows_before: int | None) -> gx.ExpectationSuite:
    """What is asked of a silver table; `meta["about"]` names the columns or the source an expectation is about.

    An empty profile column holds every expectation: there was nothing to assess.

    Args:
        contract: the table.
        sources: landing contracts that feed it and have delivered.
        rows_before: rows it had when a night before last passed; None where none has.
    """
    checks = contract.checks
    key = [*contract.key, "known_at"] if contract.is_bitemporal else contract.key
    asked: list[ExpectColumnValuesToBeBetween] = [
        ExpectKeyToBeUnique(column="repeated_keys", max_value=0, severity=STOP, meta={"about": ", ".join(key)}),
        *(
            ExpectColumnToBeFilled(column=f"empty_{c.name}", max_value=0, severity=STOP, meta={"about": c.name})
            for c in contract.columns
            if not c.is_nullable
        ),
        *(
            ExpectCodesToBeListed(column=f"unlisted_{name}", max_value=0, severity=STOP, meta={"about": name})
            for name in checks.codes
        ),
        *(
            ExpectSourceToBeFresh(
                column=f"age_{each.source}", max_value=each.freshness_days, severity=WARN, meta={"about": each.source}
            )
            for each in sources
        ),
        ExpectFilesToBeReadable(column="unreadable_files", max_value=0, severity=WARN, meta={"about": "source_file"}),
    ]
    if checks.volume_ratio is not None:
        least = 0 if rows_before is None else int(checks.volume_ratio * rows_before)
        asked.append(ExpectVolumeToHold(column="row_count", min_value=least, severity=STOP, meta={"about": "known_at"}))
    if checks.quarantine_share is not None:
        asked.append(
            ExpectQuarantineToBeSmall(
                column="quarantine_share",
                max_value=checks.quarantine_share,
                meta={"about": "quality_flags"},
                severity=WARN,
            )
        )
    if checks.totals:
        about = {"about": "value_usd"}
        asked.append(ExpectCountriesWithinTotal(column="exceeded_totals", max_value=0, severity=WARN, meta=about))
    return gx.ExpectationSuite(name=contract.name, expectations=asked)
