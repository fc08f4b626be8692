"""LP-REF: a lot's price against the reference price of its goods on its day. A ground to ask; it sets no value."""

from __future__ import annotations

import numpy as np

from jobs.domains.low_price.methods.price_test import PriceRule, PriceTest
from jobs.domains.low_price.methods.reference.price import PriceAssessment


def assess_reference(own: PriceAssessment, rule: PriceRule) -> PriceTest:
    """The reference price as a ground: its own z, which is free of freight. Reason: below_reference."""
    with np.errstate(invalid="ignore"):
        is_low = (own.r < rule.low_ratio) & (own.z < rule.low_z)
    known = np.isfinite(own.z)
    return PriceTest(
        reference=np.where(known, own.reference_usd_per_kg, np.nan),
        log_sd=np.hypot(own.log_sd, own.spread),
        ratio=np.where(known, own.r, np.nan),
        z=own.z,
        n=np.where(known, own.n, 0),
        is_low=is_low,
        reasons={"below_reference": is_low},
    )
