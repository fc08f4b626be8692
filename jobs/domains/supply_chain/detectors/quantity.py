"""SC-DROP, SC-SHORT, SC-SHIFT and SC-SURGE: too little or too much of an item from an origin."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings
from jobs.arrays import FloatArray
from jobs.domains.supply_chain.methods.mass import MassVerdict
from jobs.domains.supply_chain.methods.shortage import Shortage

SHORT = 24
TESTED = "SC-SHORT"  # the one detector that is tested against the night's family; the others say what it saw


def find_drops_and_surges(verdict: MassVerdict, shortage: Shortage) -> list[Findings]:
    """Findings of the mass model in both directions; a baseline under 24 months says so."""
    z = verdict.z if verdict.z is not None else np.full(verdict.observed.shape, np.nan)
    return [
        _finding(TESTED, "down", verdict, shortage.p_short, shortage.short),
        _finding("SC-DROP", "down", verdict, shortage.p_drop, z),
        _finding("SC-SHIFT", "down", verdict, shortage.p_shift, shortage.shift),
        _finding("SC-SURGE", "up", verdict, verdict.p_surge, z),
    ]


def _finding(detector: str, direction: str, verdict: MassVerdict, p: FloatArray, statistic: FloatArray) -> Findings:
    reason = {
        "empty_month": verdict.observed == 0,
        "short_baseline": verdict.is_testable & (verdict.baseline_n < SHORT),
    }
    return Findings(
        detector_id=detector,
        direction=direction,
        observed=verdict.observed,
        expected=verdict.expected,
        lower=verdict.lower,
        upper=verdict.upper,
        p=p,
        statistic=statistic,
        baseline_n=verdict.baseline_n,
        unit="kg",
        reason=reason,
    )
