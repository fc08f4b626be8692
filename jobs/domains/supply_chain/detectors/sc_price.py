"""SC-PRICE: the unit value of an item from an origin off its own past, or on a new level."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings
from jobs.domains.supply_chain.methods.unit_price import PriceVerdict


def find_price_moves(price: PriceVerdict) -> Findings:
    """The rise in unit value: what a shortage shows; a fall is the low-price domain's question."""
    spike = price.spike
    shifted = np.nan_to_num(price.p_shift_up, nan=1.0) < np.nan_to_num(spike.p_surge, nan=1.0)
    z = spike.z if spike.z is not None else np.full(spike.observed.shape, np.nan)
    return Findings(
        detector_id="SC-PRICE",
        direction="up",
        observed=spike.observed,
        expected=spike.expected,
        lower=spike.lower,
        upper=spike.upper,
        p=price.p_up,
        statistic=z,
        baseline_n=spike.baseline_n,
        unit="usd_per_kg",
        reason={"price_level_shift": shifted, "price_spike": ~shifted & np.isfinite(price.p_up)},
    )
