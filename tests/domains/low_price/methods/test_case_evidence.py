"""Evidence beside the reference price: a survey that contradicts it, and patterns that multiply the odds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domains.low_price.methods.case_evidence import (
    log_odds,
    multiply_odds,
    weigh_patterns,
    weigh_survey,
    weigh_trade,
)
from tests.builders.configs import LOW_PRICE

CONFIG = replace(LOW_PRICE.evidence, survey_weight=2.0, pattern_odds={"LP-HUG": 10.0, "LP-WEIGHT": 4.0})
NAN = np.nan


def test_a_survey_counts_twice_against_a_reference_that_followed_the_cases() -> None:
    assert weigh_survey(np.array([0.0]), np.array([-0.6]), CONFIG)[0] == pytest.approx(-0.4)


def test_what_is_not_known_does_not_count() -> None:
    result = weigh_survey(np.array([-0.3, NAN, NAN]), np.array([NAN, -0.5, NAN]), CONFIG)
    np.testing.assert_allclose(result, [-0.3, -0.5, NAN])


def test_a_pattern_multiplies_the_odds_and_two_multiply_twice() -> None:
    both = {"LP-HUG": np.array([False, True, True]), "LP-WEIGHT": np.array([False, False, True])}
    chance = multiply_odds(np.full(3, 0.5), weigh_patterns(both, 3, CONFIG))
    np.testing.assert_allclose(chance, [1 / 2, 10 / 11, 40 / 41])


def test_a_lot_of_usual_price_can_lead_by_its_pattern() -> None:
    chance = multiply_odds(np.array([0.02, 0.15]), weigh_patterns({"LP-HUG": np.array([True, False])}, 2, CONFIG))
    assert chance[0] > chance[1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_chances_stay_chances_in_their_order(model: list[float]) -> None:
    chance = np.sort(np.array(model))
    raised = multiply_odds(chance, np.full(len(chance), 10.0))
    assert ((raised > 0) & (raised < 1)).all()
    assert (np.diff(raised) >= 0).all()
    assert (raised >= np.clip(chance, 0, 1 - 1e-9) - 1e-12).all()


def test_a_pattern_without_a_factor_is_refused() -> None:
    with pytest.raises(KeyError):
        weigh_patterns({"LP-NEW": np.array([True])}, 1, CONFIG)


def test_two_cheap_lots_of_a_trade_make_the_third_more_suspect_and_nobody_elses() -> None:
    peer_log_odds = np.array([4.0, 4.0, 0.0, 0.0, 0.0])
    config = replace(CONFIG, trade_weight=0.5, trade_worth=2.0)
    factor = weigh_trade(peer_log_odds, np.array([0, 0, 0, 1, -1]), config)
    np.testing.assert_allclose(np.log(factor), [0.5, 0.5, 1.0, 0.0, 0.0])


def test_a_lot_whose_price_nobody_knows_lends_nothing_and_is_lent_to() -> None:
    config = replace(CONFIG, trade_weight=0.5, trade_worth=1.0)
    factor = weigh_trade(np.array([4.0, NAN]), np.array([0, 0]), config)
    np.testing.assert_allclose(np.log(factor), [0.0, 1.0])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(-1, 2)), max_size=12), st.randoms())
def test_what_a_trade_lends_does_not_depend_on_the_order_of_its_lots(lots: list, random) -> None:  # type: ignore[no-untyped-def]
    chance = np.array([each for each, _ in lots], dtype=float)
    trade = np.array([each for _, each in lots], dtype=int)
    order = np.array(random.sample(range(len(lots)), len(lots)), dtype=int)
    peer_log_odds = log_odds(chance, 0.03, CONFIG)
    np.testing.assert_array_equal(
        weigh_trade(peer_log_odds, trade, CONFIG)[order], weigh_trade(peer_log_odds[order], trade[order], CONFIG)
    )


def test_without_any_pattern_the_odds_stay() -> None:
    assert weigh_patterns({}, 2, CONFIG).tolist() == [1.0, 1.0]
