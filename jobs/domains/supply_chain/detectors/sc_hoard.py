"""SC-HOARD: far more than usual arrives while the price rises."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings
from jobs.domains.supply_chain.methods.hoarding import Hoarding
from jobs.stats.verdict import Verdict


def find_hoarding(hoarding: Hoarding, quantity: Verdict) -> Findings:
    """Findings in mass; newcomers and air share are unknown in monthly statistics and said to be."""
    unknown_parts = hoarding.is_testable & ~hoarding.is_known[..., 2:].all(axis=-1)
    return Findings(
        detector_id="SC-HOARD",
        direction="up",
        observed=quantity.observed,
        expected=quantity.expected,
        lower=quantity.lower,
        upper=quantity.upper,
        p=hoarding.p,
        statistic=np.where(np.isfinite(hoarding.ratio), hoarding.ratio, np.nan),
        baseline_n=quantity.baseline_n,
        unit="kg",
        reason={"buyers_unknown": unknown_parts},
    )
