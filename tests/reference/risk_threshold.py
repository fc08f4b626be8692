"""Half of the outlier-free average price: a threshold of risk, never a value.

The figure used in the European Union. Its Court of Justice (Keladis, 29 January 2026) holds it for a sign of risk or a
last resort only: it may raise a question, it cannot set the customs value. Kept apart from the reference price so that
nothing takes one for the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import NO_KEY, pack_key
from jobs.domains.low_price.methods.reference.price import contained_freight
from jobs.domains.low_price.methods.reference.price_pools import median_by
from tests.builders.configs import LOW_PRICE

# Specification by origin, all trade levels.
RUNG = 1


@dataclass(frozen=True)
class RiskThreshold:
    """Thresholds in USD per kg free of freight, by group, (G,).

    Attributes:
        key: product, specification and origin, see `reference_keys`.
        average: mean of the lots within `cut` deviations of the median.
        threshold: `share` of it; for risk only.
        n: lots in the average.
    """

    key: IntArray
    average: FloatArray
    threshold: FloatArray
    n: IntArray


def risk_threshold_only(lots: Lots, day: int, days: int = 365, share: float = 0.5, cut: float = 3.0) -> RiskThreshold:
    """Thresholds from the accepted lots of the `days` before `day`.

    Args:
        lots: N lots.
        day: morning the threshold is for.
        days: how far back.
        share: of the average price.
        cut: deviations (1.4826 times the median absolute one, of log price) beyond which a lot is an outlier.
    """
    keys = pack_key(RUNG, {name: getattr(lots, name) for name in ("product", "specification", "origin")})
    bare = lots.price - contained_freight(lots, LOW_PRICE.reference.freight)
    used = lots.is_accepted & ~lots.is_disputed & (keys != NO_KEY) & (bare > 0)
    used &= (lots.declared < day) & (lots.declared >= day - days)
    if not used.any():
        return RiskThreshold(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
    key, group = np.unique(keys[used], return_inverse=True)
    price = bare[used]
    separate = np.abs(np.log(price) - median_by(group, np.log(price))[group])
    kept = separate <= cut * 1.4826 * median_by(group, separate)[group]
    n = np.bincount(group[kept], minlength=len(key))
    average = np.bincount(group[kept], price[kept], minlength=len(key)) / n
    return RiskThreshold(key, average, share * average, n)
