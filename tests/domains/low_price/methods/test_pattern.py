"""The tools the patterns share: numbering, medians with votes, honest spread, rates held against peers."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jobs.domains.low_price.methods import pattern
from jobs.domains.low_price.methods.pattern import (
    Pattern,
    least_of,
    number_groups,
    weighted_median,
)
from tests.builders.configs import LOW_PRICE

PEERS = LOW_PRICE.patterns.peers
excess_over_peers = partial(pattern.excess_over_peers, peers=PEERS)
honest_variance = partial(pattern.honest_variance, peers=PEERS)

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@given(pairs)
def test_rows_get_one_number_for_each_combination_of_keys(rows):
    a, b = np.array(rows).T
    codes, first = number_groups(a, b)
    combinations = sorted(set(rows))
    assert [combinations[c] for c in codes] == rows
    assert [rows[i] for i in first] == combinations
    assert first.tolist() == [rows.index(each) for each in combinations]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9), st.integers(1, 4)), min_size=1, max_size=30))
def test_a_weighted_median_is_the_median_of_repeated_values(rows):
    key, value, weight = np.array(rows).T
    codes, first = number_groups(key)
    result = weighted_median(value.astype(float), weight.astype(float), codes)
    for g in range(len(first)):
        whole = np.sort(np.repeat(value[codes == g], weight[codes == g]))
        assert result[g] == whole[(len(whole) - 1) // 2]


@pytest.mark.parametrize(("between", "phi"), [(0.5, 1.0), (0.0, 1.0), (0.0, 0.25)])
def test_the_spread_of_honest_groups_is_found_among_a_tenth_of_dishonest_ones(between, phi):
    rng = np.random.default_rng(3)
    sampling = rng.uniform(0.2, 2.0, 4000)
    true = phi * sampling + between
    deviation = rng.normal(0, np.sqrt(true))
    deviation[:400] -= 30
    assert np.median(honest_variance(deviation, sampling) / true) == pytest.approx(1.0, abs=0.45)


def test_too_few_groups_have_no_known_spread():
    assert np.isnan(honest_variance(np.zeros(9), np.ones(9))).all()


def test_rates_that_vary_from_group_to_group_keep_their_level():
    rng = np.random.default_rng(4)
    n = rng.integers(5, 60, 6000)
    k = rng.binomial(n, rng.beta(1, 9, 6000))
    p = excess_over_peers(k, n, rng=np.random.default_rng(5))
    assert 0.005 <= np.mean(p <= 0.01) <= 0.013
    assert np.mean(stats.binom.sf(k - 1, n, k.sum() / n.sum()) <= 0.01) > 0.05  # what ignoring the habits would do


def test_a_ring_does_not_widen_the_law_it_is_judged_by():
    k, n = np.zeros(300, dtype=int), np.full(300, 20)
    k[:9] = 20
    k[9:60] = 1
    p = excess_over_peers(k, n)
    assert (p[:9] < 1e-6).all()
    assert (p[9:] > 0.1).all()


def test_where_a_third_of_the_peers_do_it_always_nobody_is_unusual():
    k = np.where(np.arange(300) % 3 == 0, 20, 0)
    assert (excess_over_peers(k, np.full(300, 20)) > 0.1).all()


def test_no_trials_are_no_test():
    p = excess_over_peers(np.r_[0, np.ones(20)].astype(int), np.r_[0, np.full(20, 5)])
    assert np.isnan(p[0])
    assert np.isfinite(p[1:]).all()


def test_bonferroni_counts_only_the_tests_made():
    p = least_of(np.array([0.01, 0.01, np.nan, 0.9]), np.array([0.4, np.nan, np.nan, 0.8]))
    assert p[:2].tolist() == [0.02, 0.01]
    assert np.isnan(p[2])
    assert p[3] == 1.0


def test_reason_codes_come_strongest_first():
    one = np.array([0])
    parts = {
        "weak": np.array([0.2]),
        "clear": np.array([0.01]),
        "clearest": np.array([0.001]),
        "none": np.array([np.nan]),
    }
    result = Pattern(
        group=one,
        market=one,
        p=np.array([0.004]),
        statistic=np.array([3.0]),
        n=one,
        parts=parts,
        row=one,
        is_evidence=np.array([True]),
    )
    assert result.reason_codes(0, 0.05) == ["clearest", "clear"]
