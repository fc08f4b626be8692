"""SC-PRICE: the unit value of an item from an origin off its own past, or on a new level."""

from __future__ import annotations

import numpy as np

from jobs.alerting.signal import Findings, findings_of
from jobs.domains.supply_chain.methods.unit_price import PriceVerdict


def find_price_moves(price: PriceVerdict) -> Findings:
    """The rise in unit value: what a shortage shows; a fall is the low-price domain's question."""
    spike = price.spike
    shifted = np.nan_to_num(price.p_shift_up, nan=1.0) < np.nan_to_num(spike.p_surge, nan=1.0)
    return findings_of(
        spike,
        "SC-PRICE",
        "up",
        p=price.p_up,
        statistic=spike.score(),
        unit="usd_per_kg",
        reason={"price_level_shift": shifted, "price_spike": ~shifted & np.isfinite(price.p_up)},
    )
