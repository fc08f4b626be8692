"""The stored reference price and the assessment by it: the same numbers by night and at the counter, never from later
lots.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.low_price.methods.reference import price, price_filter
from jobs.domains.low_price.methods.reference.keys import BITS, number_rows, rung_keys
from jobs.domains.low_price.methods.reference.price import (
    StoredReference,
    contained_freight,
    reference_at,
    stack_rows,
)
from tests.builders.configs import LOW_PRICE
from tests.builders.markets import Market, plain_lots, simulate_lots

FREIGHT = LOW_PRICE.reference.freight
assess_prices = partial(price.assess_prices, freight=FREIGHT)
fit_reference = partial(price_filter.fit_reference, config=LOW_PRICE.reference)

SMALL = Market(products=2, lots=1_500, days=200, lookalikes=3.0)


def days(*values):
    return np.array(values)


def rows(key, day, log_price, log_sd=0.1, drift=0.0001):
    n = len(key)
    return StoredReference(
        key=np.array(key),
        day=np.array(day),
        log_price=np.array(log_price, dtype=float),
        log_sd=np.full(n, log_sd),
        drift=np.full(n, drift),
        spread=np.full(n, 0.2),
        n=np.full(n, 7),
    )


@pytest.mark.parametrize("day", [60, 150])
def test_a_declaration_alone_is_judged_exactly_as_by_the_nights_batch(day):
    lots = simulate_lots(SMALL, 3).lots
    batch = assess_prices(lots, fit_reference(lots))
    on_file = fit_reference(lots, until=day).latest()
    today = np.flatnonzero(lots.declared == day)
    for lot in today:
        alone = assess_prices(lots.take(np.array([lot])), on_file)
        for name in ("reference_usd_per_kg", "log_sd", "spread", "n", "rung", "r", "z"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(batch, name)[lot], err_msg=name)


def test_both_ways_agree_on_lots_whose_group_is_new():
    lots = simulate_lots(replace(SMALL, lots=200, days=100), 3).lots
    batch = assess_prices(lots, fit_reference(lots))
    strangers = np.flatnonzero((batch.rung > 0) & (lots.declared > 10))[:8]
    assert strangers.size == 8
    for lot in strangers:
        alone = assess_prices(lots.take(np.array([lot])), fit_reference(lots, until=int(lots.declared[lot])))
        assert (alone.rung[0], alone.n[0], alone.z[0]) == (batch.rung[lot], batch.n[lot], batch.z[lot])


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1_000), st.integers(10, 90), st.floats(0.1, 10.0))
def test_no_reference_knows_lots_of_its_own_day_or_later(seed, day, factor):
    lots = simulate_lots(replace(SMALL, lots=200, days=100), seed).lots
    changed = replace(lots, price=np.where(lots.declared >= day, lots.price * factor, lots.price))
    before, after = (assess_prices(each, fit_reference(each)) for each in (lots, changed))
    known = lots.declared <= day
    np.testing.assert_allclose(
        (lots.price / before.r)[known], (changed.price / after.r)[known], rtol=1e-5, equal_nan=True
    )


@pytest.mark.parametrize("column", ["is_disputed", "is_accepted"])
def test_disputed_and_unaccepted_lots_are_judged_but_in_no_reference(column):
    world = simulate_lots(replace(SMALL, cases=0.0), 5)
    odd = np.arange(len(world.lots)) % 3 == 0
    marked = replace(world.lots, **{column: odd if column == "is_disputed" else ~odd})
    cheap = replace(marked, price=np.where(odd, marked.price / 2, marked.price))
    plain, other = assess_prices(marked, fit_reference(marked)), assess_prices(cheap, fit_reference(cheap))
    np.testing.assert_allclose(plain.z[~odd], other.z[~odd])
    assert np.nanmedian(other.r[odd]) == pytest.approx(0.5, abs=0.05)


def test_the_row_of_the_day_or_the_last_before_it_answers_and_grows_less_sure():
    stored = rows([5, 5, 5], [10, 20, 30], [1.0, 2.0, 3.0])
    result = reference_at(stored, np.array([[5], [5], [5], [5]]), days(9, 10, 29, 130))
    np.testing.assert_array_equal(result.log_price, [np.nan, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(result.vintage, [-1, 10, 20, 30])
    assert result.log_sd[3] == pytest.approx(np.sqrt(0.1**2 + 100 * 0.0001))


def test_a_pool_answers_only_for_groups_not_on_file_and_the_surest_first():
    stored = stack_rows([rows([1], [5], [1.0], 0.9), rows([2], [5], [2.0], 0.3), rows([3], [5], [3.0], 0.2)])
    result = reference_at(stored, np.array([[1, 2, 3], [9, 2, 3], [9, 9, 9]]), days(5, 5, 5))
    np.testing.assert_array_equal(result.rung, [0, 2, -1])
    np.testing.assert_array_equal(result.log_price, [1.0, 3.0, np.nan])


def test_nothing_on_file_gives_no_reference_and_no_error():
    lots = plain_lots(declared=days(1, 2), price=np.array([1.0, 2.0]))
    result = assess_prices(lots, stack_rows([]))
    assert np.isnan(result.z).all()
    assert (result.rung == -1).all()


def test_prices_are_compared_free_of_freight_and_reported_with_it():
    lots = plain_lots(declared=days(3, 3), price=np.array([1.2, 1.7]), freight=np.array([0.2, 0.7]))
    result = assess_prices(lots, rows([int(rung_keys(lots)[0, 0])], [3], [0.0]))
    np.testing.assert_allclose(result.reference_usd_per_kg, [1.2, 1.7])
    np.testing.assert_allclose(result.z, [0.0, 0.0], atol=1e-12)


def test_freight_that_is_missing_or_cannot_be_is_taken_as_usual():
    lots = plain_lots(declared=days(1, 1, 1), price=np.ones(3), freight=np.array([0.3, np.nan, 0.95]))
    np.testing.assert_allclose(contained_freight(lots, replace(FREIGHT, usual=0.1)), [0.3, 0.1, 0.1])


def test_an_unstated_grade_has_no_group_but_the_pools_that_do_not_need_it():
    lots = plain_lots(declared=days(1), price=np.ones(1), specification=days(-1))
    np.testing.assert_array_equal(rung_keys(lots)[0] >= 0, [False, False, False, False, True, True])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*(st.integers(0, (1 << bits) - 2) for bits in BITS)), min_size=2, max_size=2, unique=True))
def test_different_groups_have_different_keys_and_no_rung_takes_anothers(codes):
    product, specification, origin, level = np.array(codes).T
    lots = plain_lots(
        declared=days(1, 1),
        price=np.ones(2),
        product=product,
        specification=specification,
        origin=origin,
        trade_level=level,
    )
    keys = rung_keys(lots)
    assert keys[0, 0] != keys[1, 0]
    assert len(np.unique(keys)) == 12 - (keys[0, 1:] == keys[1, 1:]).sum()


def test_a_code_too_large_for_a_key_is_refused_by_name():
    lots = plain_lots(declared=days(1), price=np.ones(1), origin=days(1 << 12))
    with pytest.raises(ValueError, match="origin"):
        rung_keys(lots)


def test_rows_are_numbered_by_their_combination():
    np.testing.assert_array_equal(number_rows(days(5, 5, -1, 5), days(1, 2, 1, 1)), [1, 2, 0, 1])
