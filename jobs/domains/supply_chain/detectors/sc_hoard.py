"""SC-HOARD: far more than usual arrives while the price rises."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings, findings_of
from jobs.domains.supply_chain.methods.hoarding import Hoarding
from jobs.stats.verdict import Verdict


def find_hoarding(hoarding: Hoarding, quantity: Verdict) -> Findings:
    """Findings in mass; newcomers and air share are unknown in monthly statistics and said to be."""
    unknown_parts = hoarding.is_testable & ~hoarding.is_known[..., 2:].all(axis=-1)
    return findings_of(
        quantity,
        "SC-HOARD",
        "up",
        p=hoarding.p,
        statistic=np.where(np.isfinite(hoarding.ratio), hoarding.ratio, np.nan),
        unit="kg",
        reason={"buyers_unknown": unknown_parts},
    )
