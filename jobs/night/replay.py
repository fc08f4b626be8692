"""An alert made again from what was known on its night, and compared byte for byte with what was stored."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.compute as pc

from jobs import contracts
from jobs.contracts.messages import both
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake
from jobs.night import detect
from jobs.night.alert import make_alerts


@dataclass(frozen=True)
class Replayed:
    """Attributes: the night, the alert's canonical JSON `stored` then and `made` now; equal when nothing differs."""

    night: date
    stored: str
    made: str

    @property
    def is_equal(self) -> bool:
        return self.stored == self.made

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
        LookupError: no such alert is stored (for that night).
    """
    stored = stored_alert(lake, alert_id, night)
    contract = contracts.table("gold.alert")
    result = detect.find(lake, stored["night"], [stored["kind"]], spent_capacity(lake, stored["night"]))
    again = [row for row in make_alerts(result.tables, stored["night"]).to_pylist() if row["alert_id"] == alert_id]
    made = canonical_json(again[0], contract) if again else ""
    return Replayed(stored["night"], canonical_json(stored, contract), made)


def spent_capacity(lake: Lake, night: date) -> int:
    """Lots that the night chose: the capacity it had, whatever the setting says today."""
    return len(lake.rows("gold.alert", ["alert_id"], night=night, where=[("kind", "=", "low_price")]))


def stored_alert(lake: Lake, alert_id: str, night: date | None) -> dict[str, Any]:
    """The stored row of an alert on its newest night, or on the one named."""
    stored = lake.rows("gold.alert", night=night)
    present = stored.filter(pc.equal(stored["alert_id"], alert_id)).sort_by([("night", "descending")]).to_pylist()
    if not present:
        raise LookupError(both("error.no_alert_on" if night else "error.no_alert", alert_id=alert_id, night=night))
    return dict(present[0])
