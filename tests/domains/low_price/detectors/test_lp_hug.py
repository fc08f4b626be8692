"""LP-HUG: bunching just above the reference is found, slopes, contracts and a market's habits are not."""

from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.detectors import lp_hug
from tests.builders.configs import LOW_PRICE
from tests.calibration.patterns import detected, hugging_world, realised

find_hugging = partial(lp_hug.find_hugging, rule=LOW_PRICE.hug)


def assessed(x, group=None, market=None, reference=None):
    """`find_hugging` of log distances x to a reference of 10 USD/kg."""
    x = np.asarray(x, dtype=float)
    reference = np.full(len(x), 10.0) if reference is None else reference
    group = np.zeros(len(x), dtype=int) if group is None else group
    return find_hugging(
        reference * np.exp(x), reference, group, np.zeros(len(x), dtype=int) if market is None else market
    )


@pytest.mark.parametrize("above", [0.0, 0.2])
def test_honest_prices_keep_the_level(above):
    rng = np.random.default_rng(1)
    world = hugging_world(rng, 0.0, firms=6000, above=above)
    assert 0.005 <= realised(find_hugging(**world, rng=rng)) <= 0.013
    assert realised(find_hugging(**world)) <= 0.01


def test_firms_that_hug_in_half_of_their_lots_are_found():
    world = hugging_world(np.random.default_rng(2), 0.5, firms=1000)
    at_one_percent, by_bh, false = detected(find_hugging(**world), 1000)
    assert at_one_percent > 0.8
    assert by_bh > 0.65
    assert false < 0.1


def test_ten_decisions_just_above_and_none_beside_are_one_in_three_to_the_tenth():
    result = assessed(np.linspace(0.001, 0.019, 10))
    assert result.p[0] == pytest.approx(3.0**-10)
    assert result.reason_codes(0, 0.05) == ["excess_mass"]
    assert result.is_evidence.all()


def test_just_below_is_not_hugging():
    result = assessed(-np.linspace(0.001, 0.019, 10))
    assert result.p[0] == 1.0
    assert not result.is_evidence.any()


def test_one_price_under_one_reference_is_one_decision():
    assert assessed(np.full(40, 0.01)).p[0] == pytest.approx(1 / 3)


def test_a_price_that_follows_twelve_references_is_twelve_decisions():
    result = assessed(np.full(12, 0.01), reference=np.arange(10.0, 22.0))
    assert result.n[0] == 12
    assert result.p[0] == pytest.approx(3.0**-12)


def test_where_the_whole_market_follows_the_reference_nobody_hugs():
    rng = np.random.default_rng(3)
    x = rng.uniform(0.0, 0.02, 400)
    result = assessed(x, group=np.repeat(np.arange(20), 20))
    assert (result.p > 0.2).all()


def test_a_large_ring_of_one_firm_does_not_become_what_is_usual():
    rng = np.random.default_rng(4)
    x = np.r_[rng.uniform(0, 0.02, 500), rng.uniform(-0.02, 0.04, 500)]
    group = np.r_[np.zeros(500, dtype=int), np.repeat(np.arange(1, 26), 20)]
    alone = assessed(np.r_[x, np.linspace(0.001, 0.019, 12)], group=np.r_[group, np.full(12, 99)])
    assert alone.p[-1] < 1e-4


def test_a_steep_density_is_no_bunching():
    rng = np.random.default_rng(5)
    x = rng.normal(0.25, 0.1, (2000, 60))
    x = x.ravel()
    result = assessed(x, group=np.repeat(np.arange(2000), 60))
    assert realised(result) <= 0.01


def test_lots_without_a_reference_or_a_group_are_left_out():
    reference = np.array([10.0, np.nan, 10.0])
    result = assessed([0.01, 0.01, 0.01], group=np.array([4, 4, -1]), reference=reference)
    assert result.group.tolist() == [4]
    assert result.n.tolist() == [1]
    assert result.row.tolist() == [0, -1, -1]
