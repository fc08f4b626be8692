"""The robust regression of a product's lots: its effects are found, cheap lots are not, and the rule of combination."""

from dataclasses import replace

import numpy as np
import pytest

from jobs.domains.low_price.methods.reference.price import Reference
from tests.builders.markets import plain_lots
from tests.reference.hedonic import HEDONIC, HedonicConfig, combine_references, fit_hedonic, hedonic_reference

DAY = 400
QUICK = HedonicConfig(starts=30)


def product(n=400, spread=0.1, cut=0.0, seed=1):
    """Lots of three origins whose price falls with mass and follows a world price; a share `cut` is cut by half."""
    rng = np.random.default_rng(seed)
    declared, origin = np.sort(rng.integers(0, DAY, n)), rng.integers(0, 3, n)
    mass, world = np.exp(rng.normal(9.5, 1.0, n)), 0.5 + 0.001 * declared
    level = 1.0 + 0.3 * (origin == 2) - 0.05 * np.log(mass / 1e4) + 0.8 * world
    price = np.exp(level + rng.normal(0, spread, n)) * np.where(rng.random(n) < cut, 0.5, 1.0)
    lots = plain_lots(price=price, declared=declared, origin=origin, net_mass_kg=mass, freight=np.zeros(n))
    return lots, world, level


def test_the_price_of_a_make_is_recovered_within_its_own_uncertainty():
    lots, world, level = product()
    result = hedonic_reference(fit_hedonic(lots, DAY, world, QUICK), lots, world)
    assert np.mean(np.abs(result.log_price - level) < 2 * result.log_sd) > 0.85
    assert result.spread[0] == pytest.approx(0.1, rel=0.15)


def test_a_fifth_of_lots_cut_by_half_do_not_lower_it_and_widen_it_little():
    lots, world, level = product(cut=0.2)
    result = hedonic_reference(fit_hedonic(lots, DAY, world, QUICK), lots, world)
    assert np.mean(result.log_price - level) == pytest.approx(0.0, abs=0.03)
    assert result.spread[0] < 0.2 < np.std(np.log(lots.price) - level)


def test_lots_of_the_day_and_later_are_not_in_it():
    lots, world, _ = product()
    later = replace(lots, price=np.where(lots.declared >= 300, lots.price * 3, lots.price))
    one, other = (fit_hedonic(each, 300, world, QUICK) for each in (lots, later))
    np.testing.assert_array_equal(one.coefficients, other.coefficients)


def test_an_origin_with_few_lots_has_no_effect_of_its_own():
    lots, world, _ = product()
    rare = replace(lots, origin=np.where(np.arange(400) < 5, 9, lots.origin))
    assert 9 not in fit_hedonic(rare, DAY, world, QUICK).origins


def test_columns_that_say_the_same_are_used_once():
    lots, world, level = product()
    twins = replace(lots, specification=lots.origin)
    result = hedonic_reference(fit_hedonic(twins, DAY, world, QUICK), twins, world)
    assert np.mean(result.log_price - level) == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("n", [0, 8])
def test_too_few_lots_carry_no_regression(n):
    lots, world, _ = product()
    assert fit_hedonic(lots.take(np.arange(n)), DAY, world[:n], QUICK) is None


def reference(log_price, log_sd, n, rung=0):
    one = np.ones(1)
    return Reference(
        log_price=log_price * one,
        log_sd=log_sd * one,
        spread=0.2 * one,
        n=np.array([n]),
        rung=np.array([rung]),
        vintage=np.array([5]),
    )


def test_an_own_reference_with_lots_enough_stands_alone():
    result = combine_references(reference(1.0, 0.3, 30), reference(2.0, 0.01, 500, HEDONIC))
    assert (result.log_price[0], result.log_sd[0]) == (1.0, pytest.approx(0.3))


def test_below_that_both_count_by_their_precision():
    result = combine_references(reference(1.0, 0.2, 3), reference(2.0, 0.0, 500, HEDONIC))
    assert result.log_price[0] == pytest.approx(1.5)
    assert result.log_sd[0] == pytest.approx(0.2 / np.sqrt(2))
    assert (result.n[0], result.rung[0]) == (3, 0)


def test_whichever_is_unknown_leaves_the_other():
    alone = combine_references(reference(np.nan, np.nan, 0, -1), reference(2.0, 0.1, 500, HEDONIC))
    assert (alone.log_price[0], alone.log_sd[0], alone.rung[0]) == (2.0, 0.1, HEDONIC)
    own = combine_references(reference(1.0, 0.3, 2), reference(np.nan, np.nan, 0, -1))
    assert (own.log_price[0], own.log_sd[0]) == (1.0, pytest.approx(0.3))
    neither = combine_references(reference(np.nan, np.nan, 0, -1), reference(np.nan, np.nan, 0, -1))
    assert np.isnan([neither.log_price[0], neither.log_sd[0]]).all()
