"""SC-DROP and SC-SURGE on monthly mass: too little or too much of an item from an origin."""

from __future__ import annotations

import numpy as np

from jobs.methods.verdict import Verdict
from jobs.signals.findings import Findings

EMPTY_MONTH = "empty_month"
SHORT_BASELINE = "short_baseline"
SHORT = 24


def find_drops_and_surges(verdict: Verdict) -> list[Findings]:
    """Findings of the mass model in both directions; a baseline under 24 months says so."""
    reason = {EMPTY_MONTH: verdict.observed == 0, SHORT_BASELINE: verdict.is_testable & (verdict.baseline_n < SHORT)}
    z = verdict.z if verdict.z is not None else np.full(verdict.observed.shape, np.nan)
    return [
        Findings(
            detector_id=detector, direction=direction, observed=verdict.observed, expected=verdict.expected,
            lower=verdict.lower, upper=verdict.upper, p=p, statistic=z, baseline_n=verdict.baseline_n, unit="kg",
            reason=reason,
        )
        for detector, direction, p in (("SC-DROP", "down", verdict.p_drop), ("SC-SURGE", "up", verdict.p_surge))
    ]  # fmt: skip
