"""An alert made again from what was known on its night, and compared byte for byte with what was stored."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.compute as pc

from jobs import contracts, domains
from jobs.alerting.domain import Domain
from jobs.contracts.messages import both
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts

MADE_BY = ("rules_version", "code_version")


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """An alert as stored and as made now.

    Attributes:
        night: of the alert.
        stored, made: canonical JSON of all columns that are compared; equal when nothing differs. Under other rules or
            another program the versions of both and the hash, which contains them, are left out of the comparison.
        stored_by, made_by: versions of the rules and of the program, then and now.
    """

    night: date
    stored: str
    made: str
    stored_by: Mapping[str, str]
    made_by: Mapping[str, str]

    @property
    def is_equal(self) -> bool:
        return self.stored == self.made

    @property
    def is_same_program(self) -> bool:
        """Whether rules and program are those of the night, so that a difference is a failure."""
        return self.stored_by == self.made_by

    def difference(self) -> str:
        """Where the two differ, column by column."""
        stored, made = (text.replace(',"', ',\n"').splitlines() for text in (self.stored, self.made))
        return "\n".join(difflib.unified_diff(stored, made, "stored", "made now", lineterm="", n=0))


def replay(lake: Lake, alert_id: str, night: date | None) -> Replayed:
    """Make an alert's night again, in memory, from silver as it was known then.

    Args:
        lake: the lake.
        alert_id: the alert.
        night: which of its nights; the newest when not named.

    Raises:
        LookupError: no such alert is stored (for that night), or nobody asks its question any more.
    """
    stored = stored_alert(lake, alert_id, night)
    domain = domain_of(stored)
    tables = domain.detect(lake, stored["night"], spent_capacity(lake, stored)).tables
    alerts = make_alerts(tables, stored["night"], [domain]).to_pylist()
    made = next((row for row in alerts if row["alert_id"] == alert_id), None)
    return compare(stored, made)


def compare(stored: Mapping[str, Any], made: Mapping[str, Any] | None) -> Replayed:
    """The two rows of an alert side by side; `made` is None where the night gives no such alert any more."""
    contract = contracts.table("gold.alert")
    stored_by, made_by = ({name: row[name] for name in MADE_BY} if row else {} for row in (stored, made))
    if made is not None and stored_by != made_by:
        stored, made = ({**row, "rules_version": None, "content_hash": None} for row in (stored, made))
    return Replayed(
        night=stored["night"],
        stored=canonical_json(stored, contract),
        made=canonical_json(made, contract) if made is not None else "",
        stored_by=stored_by,
        made_by=made_by or stored_by,
    )


def domain_of(alert: Mapping[str, Any]) -> Domain:
    """Whose alert it is."""
    for each in domains.DOMAINS:
        if each.name == alert["kind"]:
            return each
    raise LookupError(both("replay.no_domain", kind=alert["kind"]))


def spent_capacity(lake: Lake, alert: Mapping[str, Any]) -> int:
    """Alerts of the kind on the night: the capacity it had, whatever the setting says today."""
    return len(lake.rows("gold.alert", ["alert_id"], night=alert["night"], where=[("kind", "=", alert["kind"])]))


def stored_alert(lake: Lake, alert_id: str, night: date | None) -> dict[str, Any]:
    """The stored row of an alert on its newest night, or on the one named."""
    stored = lake.rows("gold.alert", night=night)
    present = stored.filter(pc.equal(stored["alert_id"], alert_id)).sort_by([("night", "descending")]).to_pylist()
    if not present:
        code = "error.no_alert_on" if night else "error.no_alert"
        raise LookupError(both(code, alert_id=alert_id, night=night))
    return dict(present[0])
