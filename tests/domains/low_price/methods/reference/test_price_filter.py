"""The filtered reference price: coverage, cheap lots, cheap firms, a falling market, thin groups."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.methods.reference import price, price_filter
from jobs.domains.low_price.methods.reference.price import freight_free_log_price
from jobs.domains.low_price.methods.reference.price_panel import index_lots
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import DAY, make_lots
from tests.builders.markets import Market, plain_lots, simulate_lots
from tests.calibration.reference_price import RIVALS, oracle_z, recall, reference_error

pytestmark = pytest.mark.slow

FREIGHT = LOW_PRICE.reference.freight
assess_prices = partial(price.assess_prices, freight=FREIGHT)
fit_reference = partial(price_filter.fit_reference, config=LOW_PRICE.reference)

WORLD = Market(products=4, lots=8_000, days=540)


def assessed(market, seed=21):
    world = simulate_lots(market, seed)
    return world, assess_prices(world.lots, fit_reference(world.lots))


@pytest.mark.parametrize("spread", [0.10, 0.25])
def test_the_interval_covers_the_true_price_and_the_spread_is_that_of_honest_lots(spread):
    world, result = assessed(replace(WORLD, spread=spread, cases=0.0, market_walk=0.010))
    error, sd = reference_error(world, result)
    assert 0.90 <= np.mean(np.abs(error) < 1.96 * sd) <= 0.97
    assert abs(error.mean()) < 0.03
    assert np.nanmedian(result.spread) == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize(("share", "by_firm"), [(0.2, False), (0.1, True)])
def test_many_lots_cut_by_half_hardly_move_it(share, by_firm):
    market = replace(WORLD, cases=share, cuts=(0.5,), by_firm=by_firm)
    world, result = assessed(market)
    error, _ = reference_error(world, result)
    assert abs(error.mean()) < 0.04
    kalman, _ = reference_error(world, RIVALS["kalman 2007"](world.lots))
    assert kalman.mean() < error.mean() - 0.05


def test_a_fall_of_the_whole_market_is_followed_within_a_week():
    world, result = assessed(replace(WORLD, fall=(400, float(np.log(0.7)))))
    error = np.log(result.reference_usd_per_kg) - world.log_price
    fell = (world.lots.product % 2 == 0) & (world.lots.declared >= 407) & (world.lots.declared < 420)
    assert np.nanmean(error[fell]) < 0.08


def one_group(price, declared, **columns):
    return plain_lots(
        price=np.asarray(price, dtype=float), declared=np.asarray(declared), freight=np.zeros(len(price)), **columns
    )


def test_goods_whose_region_nobody_knows_start_from_the_pools_they_have():
    """No rung that asks for a region has any pool."""
    lots = one_group([2.0, 2.1, 1.9, 2.0], [0, 1, 2, 3], origin=np.array([0, 0, 1, 1]), region=np.full(4, -1))
    assert np.isfinite(fit_reference(lots).log_price).all()


def last_log_price(lots):
    stored = fit_reference(lots, until=int(lots.declared.max()) + 1).latest()
    return stored.log_price[0]


def test_the_run_of_one_firm_weighs_less_than_the_same_lots_of_many():
    day = np.repeat(np.arange(40), 2)
    price = np.where(day >= 30, 0.5, 1.0) * np.exp(np.random.default_rng(2).normal(0, 0.1, 80))
    many = np.arange(80)
    run = np.where(day >= 30, 99, many)
    assert (
        last_log_price(one_group(price, day, importer=run)) > last_log_price(one_group(price, day, importer=many)) + 0.1
    )


def test_a_firm_that_was_cheap_before_is_heard_less():
    rng = np.random.default_rng(4)
    day = np.repeat(np.arange(100), 2)
    importer = np.where(np.arange(200) % 2 == 0, np.arange(200), 7)
    cheap = importer == 7
    price = np.where(cheap, 0.75, 1.0) * np.exp(rng.normal(0, 0.1, 200))
    known = one_group(price, day, importer=importer)
    unknown = one_group(price, day, importer=np.arange(200))
    assert abs(last_log_price(known)) < 0.05
    assert last_log_price(unknown) < last_log_price(known) - 0.03


def test_a_firm_that_is_nearly_always_cheap_leaves_the_price_known():
    """A hundred and fifty lots at a third of the price, with an honest market beside them and one lot of the firm
    above.
    """
    rng = np.random.default_rng(4)
    days = np.repeat(np.arange(150), 3)
    firm = np.tile([1, 2, 99], 150)
    price = np.where(firm == 99, 0.7, 2.0) * np.exp(rng.normal(0, 0.1, 450))
    price[-1] = 20.0
    lots = make_lots(importer=firm, declared=DAY + days, shipped=DAY + days - 10, price=price)
    result = assess_prices(lots, fit_reference(lots, until=DAY + 200)).reference_usd_per_kg
    assert np.isfinite(result[-3:]).all()
    assert result[-2] == pytest.approx(2.0, rel=0.1)


def test_a_group_without_lots_moves_with_its_market():
    rng = np.random.default_rng(6)
    day = np.repeat(np.arange(120), 4)
    origin = np.where(day < 40, np.arange(480) % 4, np.arange(480) % 3)
    price = np.exp(np.where(day >= 60, -0.4, 0.0) + rng.normal(0, 0.1, 480))
    stored = fit_reference(one_group(price, day, origin=origin, region=origin), until=120).latest()
    silent = stored.log_price[np.argsort(stored.key)][3]
    assert silent == pytest.approx(-0.4, abs=0.15)


def test_few_lots_shrink_towards_their_relatives():
    rng = np.random.default_rng(7)
    day, origin = np.repeat(np.arange(60), 5), np.arange(300) % 5
    price = np.exp(rng.normal(0, 0.1, 300))
    thin = one_group(
        np.append(price, np.exp(0.6)), np.append(day, 60), origin=np.append(origin, 5), region=np.append(origin, 5)
    )
    stored = fit_reference(thin, until=61).latest()
    assert 0.1 < stored.log_price[np.argsort(stored.key)][5] < 0.55


def test_lots_of_the_last_ninety_days_are_counted():
    lots = one_group(np.ones(5), np.array([0, 10, 10, 50, 95]))
    assert fit_reference(lots, until=100).latest().n[0] == 4
    assert fit_reference(lots, until=300).latest().n[0] == 0


def test_firms_weigh_by_the_lots_of_the_window_up_to_their_own_day():
    lots = one_group(np.ones(4), np.array([0, 5, 5, 60]), importer=np.array([1, 1, 2, 1]))
    panel = index_lots(lots, correlation=0.5, window=30, freight=FREIGHT)
    np.testing.assert_allclose(np.sort(panel.group_weight), [1 / 1.5, 1, 1, 1])


def test_related_firms_count_as_one():
    day = np.zeros(3, dtype=int)
    lots = one_group(np.ones(3), day, importer=np.arange(3), importer_group=np.array([4, 4, 5]))
    assert sorted(index_lots(lots, 0.5, 30, FREIGHT).group_weight) == pytest.approx([1 / 1.5, 1 / 1.5, 1])


def test_order_of_the_lots_does_not_matter():
    world = simulate_lots(replace(WORLD, lots=500), 8)
    shuffled = world.lots.take(np.random.default_rng(1).permutation(500))
    one, other = fit_reference(world.lots), fit_reference(shuffled)
    np.testing.assert_array_equal(one.key, other.key)
    np.testing.assert_allclose(one.log_price, other.log_price, atol=1e-5)


def test_cases_are_found_nearly_as_by_an_oracle_and_better_than_by_the_baselines():
    world, result = assessed(Market(lookalikes=3.0), seed=22)
    mine, best = recall(world, result.z), recall(world, oracle_z(world))
    assert mine >= 0.90 * best
    for rival in RIVALS.values():
        assert mine > recall(world, rival(world.lots).z)


def test_no_lots_give_no_rows():
    empty = one_group([], np.zeros(0, dtype=np.int64))
    assert len(fit_reference(empty, until=3)) == 0
    assert freight_free_log_price(empty, FREIGHT).size == 0
