"""SC-SHORT: supply broke one, two or three months ago.

The one detector that is tested against the night's family; the others say what it saw.
"""

from __future__ import annotations

from jobs.alerting.signal import Findings, findings_of
from jobs.domains.supply_chain.methods.mass import MassVerdict, quantity_notes
from jobs.domains.supply_chain.methods.shortage import Shortage

DETECTOR = "SC-SHORT"


def find_shortages(verdict: MassVerdict, shortage: Shortage, short_under: int) -> Findings:
    """Findings in mass; the statistic is the largest log likelihood ratio of a break."""
    return findings_of(
        verdict,
        DETECTOR,
        "down",
        p=shortage.p_short,
        statistic=shortage.short,
        unit="kg",
        reason=quantity_notes(verdict, short_under),
    )
