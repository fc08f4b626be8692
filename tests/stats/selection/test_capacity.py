"""The night's choice: exact chances, no ties, the same draw in any order; estimates unbiased over the policy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.stats.selection.capacity import (
    AT_RANDOM,
    BY_RANK,
    BY_UNCERTAINTY,
    NONE,
    Policy,
    allocate,
    inclusion_chances,
    permanent_numbers,
    weigh_uncertainty,
)
from tests.reference.inverse_propensity import estimate_mean, estimate_total

LOTS = 60
RNG = np.random.default_rng(8)
SCORE, LEARNING = RNG.gamma(0.5, 100, LOTS), RNG.gamma(0.7, 10, LOTS)
KEYS = RNG.integers(0, 2**63, LOTS).astype(np.uint64)
POLICY = Policy(capacity=20, exploration=0.5, uncertain=0.5)
SEEDS = 4_000


def choose(seed=1, night=100, policy=POLICY, rows=slice(None), score=SCORE):
    return allocate(score[rows], LEARNING[rows], KEYS[rows], night, seed, policy)


@pytest.fixture(scope="module")
def draws():
    """The choice of the same night under many seeds."""
    return [choose(seed) for seed in range(SEEDS)]


def test_nine_tenths_by_rank_and_one_tenth_split_between_chance_and_uncertainty():
    assert Policy(capacity=100, exploration=0.1, uncertain=0.5).split(5_000) == (90, 5, 5)
    assert Policy(capacity=30, exploration=0.1, uncertain=0.5).split(5_000) == (27, 2, 1)
    assert Policy(capacity=100, exploration=0.0, uncertain=0.5).split(40) == (40, 0, 0)


def test_the_best_are_ranked_first_and_every_part_gets_its_number():
    result = choose()
    best = np.argsort(-SCORE)[:10]
    assert (result.selection[best] == BY_RANK).all()
    assert [(result.selection == code).sum() for code in (BY_RANK, AT_RANDOM, BY_UNCERTAINTY, NONE)] == [10, 5, 5, 40]
    assert (result.propensity[best] == 1).all()


def test_every_lot_is_chosen_as_often_as_its_logged_chance_says(draws):
    chance = draws[0].propensity
    often = np.mean([each.is_chosen for each in draws], axis=0)
    error = (often - chance) / np.sqrt(np.maximum(chance * (1 - chance), 1e-12) / SEEDS)
    assert np.abs(error).max() < 4.2
    assert chance.sum() == pytest.approx(POLICY.capacity)


def test_the_estimated_total_is_unbiased_over_the_policy_and_the_naive_one_is_not(draws):
    """What is hidden: the finding grows with the score, so the chosen lots are not like the others."""
    truth = SCORE * 0.3 + 5
    totals = [estimate_total(truth[d.is_chosen], d.propensity[d.is_chosen]) for d in draws]
    values = np.array([each.value for each in totals])
    assert abs(values.mean() - truth.sum()) < 4 * values.std() / np.sqrt(SEEDS)
    naive = np.mean([truth[d.is_chosen].mean() for d in draws]) * LOTS
    assert naive > 1.3 * truth.sum()
    assert np.mean([each.standard_error for each in totals]) == pytest.approx(values.std(), rel=0.15)


def test_the_estimated_mean_lies_around_the_mean_with_the_error_it_states(draws):
    truth = (RNG.random(LOTS) < 0.4).astype(float)
    means = [estimate_mean(truth[d.is_chosen], d.propensity[d.is_chosen]) for d in draws]
    values = np.array([each.value for each in means])
    assert values.mean() == pytest.approx(truth.mean(), abs=0.02)
    assert np.mean([each.standard_error for each in means]) == pytest.approx(values.std(), rel=0.15)


def test_the_order_of_the_lots_changes_nothing():
    order = np.random.default_rng(1).permutation(LOTS)
    result, turned = choose(), choose(rows=order)
    np.testing.assert_array_equal(result.selection[order], turned.selection)
    np.testing.assert_array_equal(result.rank[order], turned.rank)
    np.testing.assert_allclose(result.propensity[order], turned.propensity)


def test_another_night_or_seed_explores_other_lots():
    chosen = {tuple(np.flatnonzero(choose(*each).selection > BY_RANK)) for each in ((1, 100), (2, 100), (1, 101))}
    assert len(chosen) == 3


def test_equal_scores_get_different_ranks_settled_by_their_keys():
    flat = np.ones(LOTS)
    result = choose(score=flat)
    assert sorted(result.rank) == list(range(1, LOTS + 1))
    order = np.arange(LOTS)[::-1]
    np.testing.assert_array_equal(result.rank[order], choose(score=flat, rows=order).rank)


def test_two_lots_of_one_key_are_refused():
    with pytest.raises(ValueError, match="keys"):
        allocate(SCORE, LEARNING, np.zeros(LOTS, np.uint64), 1, 1, POLICY)


def test_without_exploration_the_rest_has_no_chance_and_gives_no_estimate():
    result = choose(policy=Policy(capacity=20, exploration=0.0, uncertain=0.5))
    assert sorted(set(result.propensity)) == [0.0, 1.0]
    with pytest.raises(ValueError, match="propensity"):
        estimate_total(SCORE, result.propensity)


def test_a_night_smaller_than_the_capacity_is_looked_at_in_full():
    result = choose(policy=Policy(capacity=100, exploration=0.1, uncertain=0.5))
    assert result.is_chosen.all()
    assert (result.propensity == 1).all()


def test_a_lot_without_a_reference_ranks_last_and_can_still_be_drawn():
    score = SCORE.copy()
    score[7] = np.nan
    result = choose(score=score)
    assert result.rank[7] == LOTS
    assert result.propensity[7] > 0


def test_the_largest_are_certain_and_the_others_share_what_is_left():
    np.testing.assert_allclose(inclusion_chances(np.array([10.0, 1, 1, 2]), 2), [1, 0.25, 0.25, 0.5])


@settings(max_examples=200)
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=40), st.integers(0, 40))
def test_chances_sum_to_the_number_drawn(sizes, count):
    count = min(count, len(sizes))
    chance = inclusion_chances(np.array(sizes), count)
    assert chance.sum() == pytest.approx(count)
    assert ((chance >= 0) & (chance <= 1)).all()


@settings(max_examples=100)
@given(st.integers(0, 60), st.integers(0, 70), st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**6))
def test_the_capacity_is_spent_in_full_and_never_passed(lots, capacity, exploration, uncertain, seed):
    result = choose(
        seed, policy=Policy(capacity=capacity, exploration=exploration, uncertain=uncertain), rows=slice(0, lots)
    )
    assert result.is_chosen.sum() == min(capacity, lots)
    assert result.propensity[result.is_chosen].min(initial=1) > 0


def test_permanent_numbers_are_uniform_and_streams_are_unrelated():
    keys = np.arange(20_000, dtype=np.uint64)  # keys as regular as can be
    one, other = (permanent_numbers(keys, 5, 6, stream) for stream in (1, 2))
    counts = np.bincount((one * 20).astype(int))
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 44  # chi-squared of 19, p .001
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


def test_uncertainty_is_largest_at_an_even_chance_and_grows_with_revenue():
    weight = weigh_uncertainty(np.array([0.0, 0.1, 0.5, 0.9, 0.5]), np.array([10.0, 10, 10, 10, 20]))
    np.testing.assert_allclose(weight, [0, 3, 5, 3, 10])
