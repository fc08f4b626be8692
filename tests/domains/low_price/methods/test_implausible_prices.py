"""A mass in another unit is told from a low price, and moves nothing that others are assessed by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.methods.comparables.windows import can_compare
from jobs.domains.low_price.methods.implausible_prices import is_off_middle, is_off_reference, without_price
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import make_lots

FACTOR = 50.0


def off_reference(price: float, freight: float = np.nan, reference: float = 2.0, survey: float = np.nan) -> bool:
    lots = make_lots(1, price=price, freight=freight)
    return bool(
        is_off_reference(lots, np.array([reference]), np.array([survey]), FACTOR, LOW_PRICE.reference.freight)[0]
    )


@pytest.mark.parametrize("unit", [1000.0, 0.001])
@pytest.mark.parametrize("price", [0.7, 2.0, 6.0])
def test_a_mass_in_tonnes_or_grams_is_told_whatever_the_price(unit: float, price: float) -> None:
    """The freight per kg is as wrong as the price, and is in the reference that the lot is held against."""
    freight = 0.3 * price * unit
    assert off_reference(price * unit, freight, reference=1.7 + freight)


@given(st.floats(0.05, 20.0))
def test_no_price_that_goods_can_have_is_taken_for_one(ratio: float) -> None:
    assert not off_reference(2.0 * ratio, freight=0.0)


def test_without_a_reference_the_survey_price_tells_and_without_both_nothing_does() -> None:
    assert off_reference(0.002, reference=np.nan, survey=2.0)
    assert not off_reference(0.002, reference=np.nan)


def test_before_a_reference_is_known_the_products_own_lots_tell() -> None:
    lots = make_lots(product=[0, 0, 0, 0, 1, 1, 1], price=[1800.0, 2.1, 1.9, 0.3, 1800.0, 2000.0, 1.9])
    assert is_off_middle(lots, FACTOR).tolist() == [True, False, False, False, False, False, True]


def test_of_two_that_differ_nobody_can_tell() -> None:
    assert not is_off_middle(make_lots(price=[2000.0, 2.0]), FACTOR).any()


def test_a_lot_without_a_price_or_a_product_is_not_told() -> None:
    assert not is_off_middle(make_lots(product=[0, 0, 0, -1], price=[0.0, np.nan, 2.0, 2000.0]), FACTOR).any()


def test_a_lot_whose_price_is_taken_away_is_no_comparable() -> None:
    lots = without_price(make_lots(price=[2.0, 0.002]), np.array([False, True]))
    assert can_compare(lots).tolist() == [True, False]
