"""LP-COPY: prices shared to a tenth of a cent by strangers, and figures nobody bargained for."""

from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.detectors import lp_copy
from tests.builders.configs import LOW_PRICE
from tests.calibration.patterns import copying_world, detected, realised

pytestmark = pytest.mark.slow

find_copying = partial(lp_copy.find_copying, rule=LOW_PRICE.copy, peers=LOW_PRICE.patterns.peers)


def draws():
    return np.random.default_rng(0)


def market(copies, price_of, period_count=20, strangers=30):
    """A market of `strangers` exporter-importer pairs a period at their own prices; exporters 0 and 1 in it at
    `price_of(period)` where `copies`."""
    rng = np.random.default_rng(1)
    exporter, period = (a.ravel() for a in np.indices((strangers, period_count)))
    price = np.round(3 * np.exp(rng.normal(0, 0.15, len(period))), 3)
    price = np.where((exporter < 2) & copies, price_of(period), price)
    return price, np.zeros(len(period), dtype=int), period, exporter, exporter + 100


def test_honest_networks_keep_the_level():
    rng = np.random.default_rng(2)
    world = copying_world(rng, 0.0)
    assert realised(find_copying(**world)) <= 0.01
    assert 0.001 <= realised(find_copying(**world | {"draws": draws()}, rng=rng)) <= 0.013


def test_rings_that_copy_half_of_their_prices_are_found():
    result = find_copying(**copying_world(np.random.default_rng(3), 0.5, firms=1500))
    _, by_bh, false = detected(result, 1500)
    assert by_bh > 0.5
    assert false < 0.1


def test_two_strangers_at_one_odd_price_each_period_are_found():
    price, *keys = market(True, lambda t: 2.847 + 0.013 * t)
    result = find_copying(price, *keys, draws())
    assert (result.p[:2] < 1e-6).all()
    assert result.reason_codes(0, 0.05)[0] == "same_price_across"
    assert result.is_evidence[keys[2] < 2].all()


def test_two_strangers_at_one_round_price_prove_nothing():
    price, *keys = market(True, lambda t: np.where(t % 2, 3.0, 2.0))
    assert (find_copying(price, *keys, draws()).parts["same_price_across"][:2] > 0.1).all()


def test_related_importers_may_pay_the_same():
    price, goods, period, exporter, importer = market(True, lambda t: 2.847 + 0.013 * t)
    importer = np.where(exporter < 2, 100, importer)
    result = find_copying(price, goods, period, exporter, importer, draws())
    assert (result.parts["same_price_across"][:2] > 0.1).all()


def one_price_a_month(by):
    """40 exporters with two importers over 12 periods; those in `by` sell both at one price."""
    exporter, period, importer = (a.ravel() for a in np.indices((40, 12, 2)))
    rng = np.random.default_rng(4)
    own, common = rng.uniform(2, 4, len(period)), rng.uniform(2, 4, (40, 12))[exporter, period]
    price = np.round(np.where(np.isin(exporter, by), common, own), 3)
    return price, np.zeros(len(period), dtype=int), period, exporter, exporter * 2 + importer


def test_one_exporter_with_one_price_for_strangers_is_unusual_where_none_sells_by_list():
    result = find_copying(*one_price_a_month([0]), draws())
    assert result.parts["same_price_within"][0] < 1e-4


def test_where_half_sell_by_list_it_is_not():
    result = find_copying(*one_price_a_month(np.arange(0, 40, 2)), draws())
    assert (result.parts["same_price_within"] > 0.1).all()


@pytest.mark.parametrize("n", [40, 160])
def test_invented_figures_that_love_two_digits_are_found(n):
    rng = np.random.default_rng(5)
    figures = np.concatenate([100 + 10 * rng.choice(80, n // 2, replace=False) + d for d in (3, 7)])
    keys = [np.zeros(n, dtype=int)] * 4
    assert find_copying(figures / 100, *keys, draws()).parts["digit_heaping"][0] < 1e-3


def test_round_prices_and_a_repeated_contract_are_no_heap():
    round_prices = np.r_[np.arange(100, 500, 5) / 100, np.full(500, 2.37)]
    keys = [np.zeros(len(round_prices), dtype=int)] * 4
    assert np.isnan(find_copying(round_prices, *keys, draws()).parts["digit_heaping"][0])


def test_the_answer_repeats():
    world = copying_world(np.random.default_rng(6), 0.5, firms=300)
    a, b = (find_copying(**world | {"draws": draws()}) for _ in range(2))
    assert np.array_equal(a.p, b.p, equal_nan=True)
