"""What speaks for the importer, looked for before any alert.

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
from jobs.domains.low_price.methods.comparables.market_fall import FallRule, find_market_fall
from jobs.domains.low_price.methods.comparables.quantity_discount import CurveRule, expect_quantity_discount
from jobs.domains.low_price.methods.comparables.windows import (
    DayIndex,
    Window,
    can_compare,
    lowest_adjusted,
    number_keys,
)
from jobs.domains.low_price.methods.lots import Lots

_SAME = ("product", "specification", "origin", "trade_level", "exporter")


@dataclass(frozen=True, kw_only=True)
class ExculpationRule:
    """Figures of the search.

    Attributes:
        vouching: days of shipment of lots that speak for the importer; later ones are as good as earlier ones.
        rounding: what "at the same price" leaves open, as a share: value and mass are declared rounded.
        least_discount: log price that a discount for quantity must at least explain.
        explained_ratio: declared over reference, the discount taken out, from which the price is explained.
        fall: of the market.
        curve: of price over mass.
    """

    vouching: Window
    rounding: float
    least_discount: float
    explained_ratio: float
    fall: FallRule
    curve: CurveRule


@dataclass(frozen=True, kw_only=True)
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
    is_discredited: BoolArray,
    on_file: Mapping[str, BoolArray],
    rule: ExculpationRule,
) -> Exculpation:
    """Everything that speaks for each assessed lot.

    Args:
        ratio: declared over reference, shape (M,).
        is_discredited: LP-COPY or LP-HUG was found in the network, by number of the exporter group.
        on_file: what records say of each lot, by code, shape (M,): lower_grade_found, contract_on_file,
            ruling_on_file.
    """
    voucher = find_voucher(assessed, pool, is_discredited, rule)
    market = find_market_fall(assessed, pool, rule.fall)
    discount = expect_quantity_discount(assessed, pool, rule.curve)
    with np.errstate(invalid="ignore"):
        by_quantity = (discount < -rule.least_discount) & (ratio * np.exp(-discount) >= rule.explained_ratio)
    return Exculpation(
        voucher=voucher,
        is_capped=voucher >= 0,
        reasons={
            "accepted_third_party": voucher >= 0,
            "market_fall": market.explains,
            "quantity_discount": by_quantity & (ratio < rule.explained_ratio),
            **on_file,
        },
        market_log_change=market.log_change,
        quantity_log_change=discount,
    )


def find_voucher(assessed: Lots, pool: Lots, is_discredited: BoolArray, rule: ExculpationRule) -> IntArray:
    """Pool row of the lowest lot that vouches for each assessed one, -1 where there is none, shape (M,).

    Same product, specification, origin, trade level and exporter; shipped within the window; of an unrelated
    importer; examined and final; at or below the assessed price once freight is equal.
    """
    window = rule.vouching
    clean = np.append(~is_discredited, False)  # an exporter group that is not stated takes the last
    group = np.where(pool.exporter_group < len(is_discredited), pool.exporter_group, -1)
    rows = np.flatnonzero(can_compare(pool) & pool.is_examined & clean[group])
    pool = pool.take(rows)
    ours, theirs = number_keys([getattr(assessed, n) for n in _SAME], [getattr(pool, n) for n in _SAME])
    # An assessed importer that is not stated cannot be shown to be unrelated.
    ours = np.where((assessed.importer_group >= 0) & (assessed.shipped >= 0), ours, -1)
    index = DayIndex(theirs, pool.shipped)
    start, stop = index.ranges(ours, assessed.shipped - window.before, assessed.shipped + window.after)
    lowest, place = lowest_adjusted(assessed, pool.take(index.rows), start, stop)
    with np.errstate(invalid="ignore"):
        vouches = (place >= 0) & (lowest <= assessed.price * (1 + rule.rounding))
    return np.where(vouches, np.append(rows[index.rows], -1)[place], -1)
