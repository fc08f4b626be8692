"""An alert made again from what was known on its night, and compared byte for byte with what was stored."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc

from jobs import contracts, domains
from jobs.alerting.domain import Domain
from jobs.contracts.messages import both
from jobs.contracts.register import rules_version
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake
from jobs.night.alert import make_alerts
from jobs.night.program import code_version


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
    tables = domain.detect(lake.at(detected_at(lake, stored)), stored["night"], spent_capacity(lake, stored)).tables
    alerts = make_alerts(tables, stored["night"], [domain]).to_pylist()
    made = next((row for row in alerts if row["alert_id"] == alert_id), None)
    return compare(stored, made, {"rules_version": rules_version(domain.name), "code_version": code_version()})


def compare(stored: Mapping[str, Any], made: Mapping[str, Any] | None, made_by: Mapping[str, str]) -> Replayed:
    """The two rows of an alert side by side.

    Args:
        stored: as the night stored it.
        made: as made now; None where the night gives no such alert any more.
        made_by: versions of the rules and of the program that made it.
    """
    contract = contracts.table("gold.alert")
    stored_by = {name: stored[name] for name in made_by}
    unequal = {} if stored_by == made_by else dict.fromkeys(("rules_version", "code_version", "content_hash"))
    return Replayed(
        night=stored["night"],
        stored=canonical_json({**stored, **unequal}, contract),
        made="" if made is None else canonical_json({**made, **unequal}, contract),
        stored_by=stored_by,
        made_by=made_by,
    )


def domain_of(alert: Mapping[str, Any]) -> Domain:
    """Whose alert it is."""
    for each in domains.DOMAINS:
        if each.name == alert["kind"]:
            return each
    raise LookupError(both("replay.no_domain", kind=alert["kind"]))


def detected_at(lake: Lake, alert: Mapping[str, Any]) -> datetime | None:
    """When the findings behind an alert were made: on what the lake learned later they could not rest.

    None where no run of the night is on record.
    """
    runs = [row for row in lake.rows("ops.run", night=alert["night"]).to_pylist() if row["status"] == "ok"]
    alerted = [row["started_at"] for row in runs if row["run_id"] == alert["run_id"] and row["task"] == "alert"]
    started = [row["started_at"] for row in runs if row["task"] == "detect"]
    return max((each for each in started if alerted and each <= alerted[0]), default=None)


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
