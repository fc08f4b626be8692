"""Invoice splitting: what ends at the threshold is found, small lots as such are not."""

import numpy as np
import pytest

from jobs.domains.low_price.detectors.lp_split import find_splitting
from tests.calibration.patterns import detected, realised, splitting_world

THRESHOLD = 10_000.0


def assessed(value, bundle, party=None):
    value = np.asarray(value, dtype=float)
    party = np.zeros(len(value), dtype=int) if party is None else party
    return find_splitting(value, THRESHOLD, party, np.zeros(len(value), dtype=int), np.asarray(bundle))


def test_honest_parties_keep_the_level():
    p, randomised = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        world = splitting_world(rng, 0.0)
        p.append(realised(find_splitting(**world)))
        randomised.append(realised(find_splitting(**world, rng=rng)))
    assert np.mean(p) <= 0.01
    assert 0.005 <= np.mean(randomised) <= 0.013


def test_parties_that_split_all_they_can_are_found():
    result = find_splitting(**splitting_world(np.random.default_rng(5), 1.0, mean=100))
    _, by_bh, false = detected(result, 3000)
    assert by_bh > 0.5
    assert false < 0.1


def test_six_shipments_of_two_lots_just_under_are_one_in_three_to_the_sixth():
    value = np.tile([9500.0, 9700.0], 6)
    result = assessed(value, np.repeat(np.arange(6), 2))
    assert result.parts["split_under_threshold"][0] == pytest.approx(3.0**-6)
    assert result.statistic[0] == 6
    assert result.is_evidence.all()


def test_lots_just_over_the_threshold_are_not_split():
    result = assessed(np.tile([10_000.0, 10_400.0], 6), np.repeat(np.arange(6), 2))
    assert result.p[0] == 1.0
    assert not result.is_evidence.any()


def test_many_small_lots_far_below_the_threshold_prove_nothing():
    rng = np.random.default_rng(1)
    result = assessed(rng.uniform(500, 5000, 300), np.repeat(np.arange(30), 10))
    assert not result.is_testable.any()


def test_lots_of_different_shipments_are_not_one_split():
    result = assessed(np.tile([9500.0, 9700.0], 6), np.arange(12))
    assert np.isnan(result.parts["split_under_threshold"][0])


def test_one_contract_of_one_value_is_one_decision():
    assert assessed(np.full(50, 9800.0), np.arange(50)).p[0] == pytest.approx(1 / 3)


def test_lots_without_a_bill_of_lading_or_party_are_left_out():
    result = assessed([9500.0, 9500.0, 9500.0], [-1, 1, 1], party=np.array([0, -1, 0]))
    assert result.row.tolist() == [-1, -1, 0]
