"""SC-DROP: far less of an item came from an origin in one month than its own past explains."""

from __future__ import annotations

from jobs.alerting.signal import Findings, findings_of
from jobs.domains.supply_chain.methods.mass import MassVerdict, quantity_notes

DETECTOR = "SC-DROP"


def find_drops(verdict: MassVerdict, short_under: int) -> Findings:
    """Findings in mass; a baseline of under `short_under` months says so."""
    return findings_of(
        verdict,
        DETECTOR,
        "down",
        p=verdict.p_drop,
        statistic=verdict.score(),
        unit="kg",
        reason=quantity_notes(verdict, short_under),
    )
