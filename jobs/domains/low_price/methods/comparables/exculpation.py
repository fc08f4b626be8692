"""What speaks for the importer, looked for before any alert (DOMAIN 2E).

One thing caps a level at 2: customs has examined and accepted, for good, the same price of an importer who
has nothing to do with this one, for the same goods of the same exporter at about the same time. Korea's Tax
Tribunal cancelled an assessment on black sesame for this. Everything else is stated with the alert and caps
nothing: a market that fell, a discount for quantity, a lower grade found, a contract or ruling on file.

Nobody vouches for itself. Importers of one connected component are one; a price nobody examined proves
nothing, so that a ring's lots do not carry each other; and of an exporter whose network copies prices or hugs
a published reference no lot is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.market_fall import find_market_fall
from jobs.domains.low_price.methods.comparables.quantity_discount import expect_quantity_discount
from jobs.domains.low_price.methods.comparables.windows import (
    REVIEW,
    DayIndex,
    Window,
    can_compare,
    lowest_adjusted,
    number_keys,
)
from jobs.domains.low_price.methods.lots import Lots

_SAME = ("product", "specification", "origin", "trade_level", "exporter")
ROUNDING = 1e-3  # "at the same price": value and mass are declared rounded
LEAST_DISCOUNT = 0.05
EXPLAINED_RATIO = 0.8


@dataclass(frozen=True)
class Exculpation:
    """What speaks for M lots, shape (M,).

    Attributes:
        voucher: row in the pool of the accepted third-party lot that caps the level, -1 without one.
        is_capped: there is one.
        reasons: what holds, by code: accepted_third_party, market_fall, quantity_discount, and the codes of what
            is on file.
        market_log_change: how far the market moved; NaN where unknown.
        quantity_log_change: log price the lot's mass explains, 0 or less.
    """

    voucher: IntArray
    is_capped: BoolArray
    reasons: dict[str, BoolArray] = field(default_factory=dict)
    market_log_change: FloatArray | None = None
    quantity_log_change: FloatArray | None = None


def search_exculpation(
    assessed: Lots,
    pool: Lots,
    ratio: FloatArray,
    is_tainted: BoolArray,
    on_file: Mapping[str, BoolArray] | None = None,
    window: Window = REVIEW,
) -> Exculpation:
    """Everything that speaks for each assessed lot.

    Args:
        ratio: declared over reference, shape (M,).
        is_tainted: LP-COPY or LP-HUG was found in the network, by number of the exporter group.
        on_file: what records say of each lot, by code, shape (M,): lower_grade_found, contract_on_file,
            ruling_on_file.
    """
    voucher = find_voucher(assessed, pool, is_tainted, window)
    market = find_market_fall(assessed, pool)
    discount = expect_quantity_discount(assessed, pool)
    with np.errstate(invalid="ignore"):
        by_quantity = (discount < -LEAST_DISCOUNT) & (ratio * np.exp(-discount) >= EXPLAINED_RATIO)
    return Exculpation(
        voucher=voucher,
        is_capped=voucher >= 0,
        reasons={
            "accepted_third_party": voucher >= 0,
            "market_fall": market.explains,
            "quantity_discount": by_quantity & (ratio < EXPLAINED_RATIO),
            **(on_file or {}),
        },
        market_log_change=market.log_change,
        quantity_log_change=discount,
    )


def find_voucher(assessed: Lots, pool: Lots, is_tainted: BoolArray, window: Window = REVIEW) -> IntArray:
    """Pool row of the lowest lot that vouches for each assessed one, -1 where there is none, shape (M,).

    Same product, specification, origin, trade level and exporter; shipped within the window; of an unrelated
    importer; examined and final; at or below the assessed price once freight is equal.
    """
    clean = np.append(~is_tainted, False)  # an exporter group that is not stated takes the last
    group = np.where(pool.exporter_group < len(is_tainted), pool.exporter_group, -1)
    rows = np.flatnonzero(can_compare(pool) & pool.is_examined & clean[group])
    pool = pool.take(rows)
    ours, theirs = number_keys([getattr(assessed, n) for n in _SAME], [getattr(pool, n) for n in _SAME])
    # A assessed importer that is not stated cannot be shown to be unrelated.
    ours = np.where((assessed.importer_group >= 0) & (assessed.shipped >= 0), ours, -1)
    index = DayIndex(theirs, pool.shipped)
    start, stop = index.ranges(ours, assessed.shipped - window.before, assessed.shipped + window.after)
    lowest, place = lowest_adjusted(assessed, pool.take(index.rows), start, stop)
    with np.errstate(invalid="ignore"):
        vouches = (place >= 0) & (lowest <= assessed.price * (1 + ROUNDING))
    return np.where(vouches, np.append(rows[index.rows], -1)[place], -1)
