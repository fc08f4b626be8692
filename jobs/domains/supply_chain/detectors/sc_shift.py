"""SC-SHIFT: a little less than expected of an item from an origin, for long."""

from __future__ import annotations

from jobs.alerting.signal import Findings, findings_of
from jobs.domains.supply_chain.methods.mass import MassVerdict, quantity_notes
from jobs.domains.supply_chain.methods.shortage import Shortage

DETECTOR = "SC-SHIFT"


def find_lasting_falls(verdict: MassVerdict, shortage: Shortage, short_under: int) -> Findings:
    """Findings in mass; the statistic is the CUSUM of the shortfalls."""
    return findings_of(
        verdict,
        DETECTOR,
        "down",
        p=shortage.p_shift,
        statistic=shortage.shift,
        unit="kg",
        reason=quantity_notes(verdict, short_under),
    )
