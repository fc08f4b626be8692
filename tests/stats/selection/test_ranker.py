"""The learned ranker: what price cannot tell it learns, from nothing newer than its decision, to the same bytes."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from jobs.stats.selection import ranker as ranking
from jobs.stats.selection.ranker import (
    Decisions,
    contributions,
    rank_chance,
    share_detected,
)
from tests.builders.configs import LOW_PRICE

CONFIG = LOW_PRICE.learned.ranker
train_ranker = partial(ranking.train_ranker, config=CONFIG)
try_challenger = partial(ranking.try_challenger, config=CONFIG)
NAMES = ("importer_age", "freight_share")


def decisions(lots=3_000, nights=60, seed=1, informative=True):
    """Cheap lots, half honest; those of young importers are not, where that is `informative`."""
    rng = np.random.default_rng(seed)
    age, freight = rng.random(lots), rng.random(lots)
    chance = rng.uniform(0.1, 0.9, lots)
    odds = np.log(chance / (1 - chance)) + (np.where(age < 0.3, 2.0, -2.0) if informative else 0.0)
    decided = np.sort(rng.integers(0, nights, lots))
    return Decisions(
        features=np.stack([age, freight], axis=1),
        chance=chance,
        decided=decided,
        newest_feature=decided - 1,
        known=decided + 5,
        is_positive=rng.random(lots) < 1 / (1 + np.exp(-odds)),
        propensity=np.ones(lots),
        shortfall=rng.gamma(1.0, 1e6, lots),
    )


LABELS = decisions()
RANKER = train_ranker(LABELS, NAMES, 100)


def loss(chance, is_positive):
    return -np.mean(np.log(np.where(is_positive, chance, 1 - chance)))


def test_what_price_cannot_tell_is_learned():
    fresh = decisions(seed=2)
    learned = rank_chance(RANKER, fresh.features, fresh.chance)
    assert loss(learned, fresh.is_positive) < loss(fresh.chance, fresh.is_positive) - 0.25


def test_the_price_goes_on_counting_among_lots_with_the_same_history():
    alike = np.tile([0.8, 0.5], (3, 1))
    assert (np.diff(rank_chance(RANKER, alike, np.array([0.1, 0.5, 0.9]))) > 0).all()


def test_the_same_labels_give_the_same_text():
    assert train_ranker(decisions(), NAMES, 100) == RANKER


def test_contributions_sum_to_the_log_odds_and_name_what_counted():
    fresh = decisions(lots=200, seed=3)
    parts = contributions(RANKER, fresh.features, fresh.chance)
    chance = rank_chance(RANKER, fresh.features, fresh.chance)
    np.testing.assert_allclose(parts.sum(axis=1), np.log(chance / (1 - chance)), atol=1e-6)
    size = np.abs(parts).mean(axis=0)
    assert size[0] > 5 * size[1]
    assert (parts[fresh.features[:, 0] < 0.25, 0] > 0).all()


def test_features_newer_than_the_decision_are_refused():
    newest = LABELS.newest_feature.copy()
    newest[17] = LABELS.decided[17] + 1
    with pytest.raises(ValueError, match="row 17"):
        train_ranker(replace(LABELS, newest_feature=newest), NAMES, 100)


def test_a_label_counts_only_from_the_night_after_it_was_known():
    night = 30
    later = LABELS.known >= night
    turned = replace(LABELS, is_positive=np.where(later, ~LABELS.is_positive, LABELS.is_positive))
    assert train_ranker(turned, NAMES, night) == train_ranker(LABELS, NAMES, night)
    assert train_ranker(turned, NAMES, night + 1) != train_ranker(LABELS, NAMES, night + 1)


@pytest.mark.parametrize("lots", [0, 50])
def test_a_few_labels_make_no_model(lots):
    assert train_ranker(LABELS.take(np.arange(lots)), NAMES, 100) is None


def test_a_choice_by_the_features_does_not_bias_what_is_learned():
    """Lots of young importers are looked at nine times as often; the chance stated for the others still comes true."""
    rng = np.random.default_rng(5)
    lots = decisions(lots=20_000)
    seen = lots.take(rng.random(len(lots)) < np.where(lots.features[:, 0] < 0.3, 0.9, 0.1))
    fresh = decisions(lots=20_000, seed=6)
    learned = rank_chance(train_ranker(seen, NAMES, 100), fresh.features, fresh.chance)
    for group in (fresh.features[:, 0] < 0.3, fresh.features[:, 0] >= 0.3):
        assert learned[group].mean() == pytest.approx(fresh.is_positive[group].mean(), abs=0.02)


def test_a_price_model_that_is_off_for_all_lots_alike_is_put_right():
    """No feature tells anything, so the trees have nothing to split and the constant must do it."""
    lots = decisions(informative=False)
    boastful = replace(lots, features=np.zeros_like(lots.features), chance=lots.chance**0.25)
    learned = rank_chance(train_ranker(boastful, NAMES, 100), boastful.features, boastful.chance)
    assert boastful.chance.mean() > lots.is_positive.mean() + 0.2
    assert learned.mean() == pytest.approx(lots.is_positive.mean(), abs=0.01)


WEEKS = np.arange(20, 61, 5)


def test_a_better_challenger_is_promoted_and_an_idle_one_is_not():
    better = try_challenger(LABELS, LABELS.chance, NAMES, WEEKS, 0.1)
    assert better.is_promoted
    assert len(better.nights) == len(WEEKS) - 1
    honest = decisions(informative=False)
    assert not try_challenger(honest, honest.chance, NAMES, WEEKS, 0.1).is_promoted


def test_the_trial_tells_the_chance_given_at_the_time():
    """That of a week comes from a model of what was found before it; labels of other weeks have none."""
    trial = try_challenger(LABELS, LABELS.chance, NAMES, WEEKS, 0.1)
    week = (LABELS.decided >= 30) & (LABELS.decided < 35)
    then = train_ranker(LABELS, NAMES, 30)
    assert trial.chance[week] == pytest.approx(rank_chance(then, LABELS.features[week], LABELS.chance[week]))
    assert np.isnan(trial.chance[LABELS.decided < 20]).all()


def test_a_week_in_which_nothing_was_owed_is_not_compared():
    free = replace(LABELS, shortfall=np.where(LABELS.decided < 30, 0.0, LABELS.shortfall))
    assert try_challenger(free, LABELS.chance, NAMES, WEEKS, 0.1).nights.min() == 30


def test_chance_alone_seldom_promotes():
    idle = [decisions(lots=1_500, seed=seed, informative=False) for seed in range(10, 22)]
    assert sum(try_challenger(each, each.chance, NAMES, WEEKS[::2], 0.1).is_promoted for each in idle) <= 2


def test_without_past_nights_nobody_is_promoted():
    assert not try_challenger(LABELS, LABELS.chance, NAMES, np.array([0, 5]), 0.1).is_promoted


def test_the_share_found_on_three_lots_by_hand():
    """Weights 1, 2 and 1; a capacity of half holds the first and half of the second."""
    lots = LABELS.take(np.arange(3))
    lots = replace(
        lots,
        propensity=np.array([1.0, 0.5, 1.0]),
        is_positive=np.array([True, True, False]),
        shortfall=np.array([4.0, 3.0, 9.0]),
    )
    assert share_detected(np.array([3.0, 2.0, 1.0]), lots, 0.5) == pytest.approx((4 + 3) / (4 + 6))
