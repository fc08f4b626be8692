"""What a capacity finds: nights keep to it, and recall, precision and their intervals count what was looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.backtest.leaks import audit_trial
from jobs.domains.low_price.backtest.scores import Scores
from jobs.domains.low_price.backtest.trial import (
    BASELINES,
    CAPACITIES,
    HONEST,
    ORACLE,
    OURS,
    Trial,
    choose_nightly,
    tally,
)

TEN, FIVE = CAPACITIES.index(0.10), CAPACITIES.index(0.05)


def trial(scores: dict[str, np.ndarray], scheme: np.ndarray, nights: int = 1) -> Trial:
    """Lots in equal nights, cases cut by a fifth, no look-alikes."""
    n = len(scheme)
    return Trial(
        night=np.repeat(np.arange(nights), n // nights),
        scores=scores,
        scheme=scheme,
        cut=np.where(scheme >= 0, 0, -1),
        is_look_alike=np.zeros(n, dtype=bool),
        features={},
        known=np.zeros(n, dtype=np.int64),
    )


def by_position(*cases: int, n: int = 100, scheme: int = 0) -> np.ndarray:
    result = np.full(n, HONEST)
    result[list(cases)] = scheme
    return result


def ranked(*first: int, n: int = 100) -> np.ndarray:
    """A score that looks at these lots first, in this order."""
    score = np.zeros(n)
    score[list(first)] = np.arange(len(first), 0, -1)
    return score


def all_rankings(**given: np.ndarray) -> dict[str, np.ndarray]:
    return {name: given.get(name, np.zeros(100)) for name in (OURS, *BASELINES, ORACLE)}


def test_each_night_looks_at_its_own_largest_scores() -> None:
    night = np.array([0, 0, 1, 1])
    chosen = choose_nightly(np.array([5.0, 4.0, 1.0, 2.0]), night, 0.5)
    assert chosen.tolist() == [True, False, False, True]


def test_what_a_small_night_cannot_use_goes_to_the_next() -> None:
    chosen = choose_nightly(np.ones(8), np.repeat(np.arange(4), 2), 0.25)
    assert np.bincount(np.repeat(np.arange(4), 2), chosen).tolist() == [0, 1, 0, 1]


def test_a_lot_without_a_score_comes_last() -> None:
    assert choose_nightly(np.array([np.nan, -9.0, np.nan]), np.zeros(3), 0.34).tolist() == [False, True, False]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.sampled_from(CAPACITIES), st.integers(0, 99))
def test_over_all_nights_the_capacity_is_kept_to_the_lot(sizes: list[int], capacity: float, seed: int) -> None:
    night = np.repeat(np.arange(len(sizes)), sizes)
    chosen = choose_nightly(np.random.default_rng(seed).normal(size=len(night)), night, capacity)
    assert chosen.sum() == int(np.floor(capacity * len(night) + 1e-9))


def test_recall_and_precision_count_the_cases_looked_at() -> None:
    scores = all_rankings(ours=ranked(3, 7, 50), oracle=ranked(3, 7, 9))
    result = Scores.of(list(scores), [tally(trial(scores, by_position(3, 7, 9)), 1)])
    ours, oracle = (result.rankings.index(name) for name in (OURS, ORACLE))
    assert result.recall().value[ours, CAPACITIES.index(0.02)] == pytest.approx(2 / 3)
    assert result.precision().value[oracle, FIVE] == pytest.approx(3 / 5)
    assert result.share_of_oracle().value[CAPACITIES.index(0.01)] == 1.0


def test_recall_of_a_scheme_and_of_a_cut_counts_only_its_cases() -> None:
    scheme = by_position(3) + by_position(8, scheme=1) - HONEST
    scores = all_rankings(ours=ranked(8))
    result = Scores.of(list(scores), [tally(trial(scores, scheme), 2)])
    assert result.recall(scheme=1).value[0, 0] == 1.0
    assert result.recall(scheme=0).value[0, 0] == 0.0
    assert np.isnan(result.recall(cut=2).value[0, 0])


def test_the_gain_is_over_the_better_baseline_of_all_worlds() -> None:
    worlds = []
    for first in (1, 2):
        scores = all_rankings(ours=ranked(first), median_mad=ranked(*([1] if first == 1 else [])))
        worlds.append(tally(trial(scores, by_position(first)), 1))
    gain, better = Scores.of(list(scores), worlds).gain()
    assert better[0] == "median_mad"
    assert gain.value[0] == pytest.approx(0.5)
    assert (gain.lower[0], gain.upper[0]) == (0.0, 1.0)


def test_looks_that_go_to_look_alikes_are_counted() -> None:
    scores = all_rankings(ours=ranked(1, 2))
    whole = trial(scores, by_position(50))
    alike = replace(whole, is_look_alike=ranked(1) > 0)
    share = Scores.of(list(scores), [tally(alike, 1)]).look_alike_share().value
    assert share[0, CAPACITIES.index(0.02)] == pytest.approx(0.5)


def test_a_feature_that_knows_the_label_is_found_leaking_and_noise_is_not() -> None:
    rng = np.random.default_rng(5)
    scheme = np.where(rng.random(4000) < 0.1, 0, HONEST)
    lots = trial({OURS: np.zeros(4000)}, scheme, nights=40)
    noise, stated = rng.normal(size=4000), (scheme >= 0) * 1.0
    assert audit_trial(replace(lots, features={"noise": noise, "other": rng.normal(size=4000)}), 1).is_clean
    assert not audit_trial(replace(lots, features={"noise": noise, "told": stated}), 1).is_clean


def test_a_feature_of_the_day_after_is_found_leaking() -> None:
    rng = np.random.default_rng(5)
    lots = trial({OURS: np.zeros(4000)}, np.where(rng.random(4000) < 0.1, 0, HONEST), nights=40)
    late = replace(lots, features={"noise": rng.normal(size=4000)}, known=lots.night + 1)
    assert not audit_trial(late, 1).is_clean
