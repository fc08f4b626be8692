"""Prices per kg that no market explains: mass or value must stand in another unit, and the lot states no price at all.

A mass in tonnes or grams makes the price per kg a thousand times, or a thousandth, of what it is. What a line says of
itself often betrays that (packages, gross mass), and then it does not come this far; goods in bulk, or two masses in
the same wrong unit, betray nothing but the price. Under-pricing ends far earlier: the deepest cases known lie near a
fifth of the reference, honest lots within a few times of it. Between a fifth and a thousandth a factor of fifty leaves
room on both sides: a slip on a lot that is truly twenty times off is still told, and a price of 0.15 of the reference
is never mistaken for one.

Two questions, because one such lot must neither be assessed nor move what others are assessed by. Before a reference is
fitted there is only the middle of the product's own lots; a lot whose reference is known is held against that, free of
freight, so that the night and a single declaration answer alike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.price import FreightRule, contained_freight, freight_free_log_price
from jobs.stats.robust.medians import group_median


def is_off_middle(lots: Lots, factor: float) -> BoolArray:
    """Lots whose price is over `factor` times off the median of their product's lots, (N,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_price = np.where(lots.price > 0, np.log(lots.price), np.nan)
    middle, _ = group_median(log_price, lots.product, int(lots.product.max(initial=-1)) + 1)
    return is_far(log_price - np.append(middle, np.nan)[lots.product], factor)


def is_off_reference(
    lots: Lots, reference: FloatArray, survey_price: FloatArray, factor: float, freight: FreightRule
) -> BoolArray:
    """Lots whose price is over `factor` times off what such goods cost, (N,).

    Args:
        lots: the lots.
        reference: USD per kg with the lot's own freight, as `assess_prices` gives it; NaN where there is none.
        survey_price: stands in where there is no reference; NaN where there is none either.
        factor: how far off.
        freight: of lots that do not state it.
    """
    # A mass in the wrong unit makes the freight per kg as wrong as the price.
    bare = reference - contained_freight(lots, freight)
    expected = np.where(np.isfinite(reference), bare, survey_price)
    with np.errstate(divide="ignore", invalid="ignore"):
        return is_far(freight_free_log_price(lots, freight) - np.log(expected), factor)


def is_far(log_ratio: FloatArray, factor: float) -> BoolArray:
    """Whether a log ratio is further than a factor from 0 on either side; NaN is not.

    >>> is_far(np.log([0.2, 0.001, 1000.0, np.nan]), factor=50).tolist()
    [False, True, True, False]
    """
    far: BoolArray = np.abs(log_ratio) > np.log(factor)
    return far


def without_price(lots: Lots, of: BoolArray) -> Lots:
    """The lots, those chosen without a price: nothing tests it, and nothing is compared with it."""
    return replace(lots, price=np.where(of, np.nan, lots.price))
