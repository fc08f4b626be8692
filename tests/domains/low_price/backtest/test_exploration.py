"""Exploring keeps the detection alive where fraud moves, and costs its share where it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jobs.domains.low_price.backtest.drift.exploration import (
    PRICE_ONLY,
    Drift,
    exploration_rows,
    policy_name,
    run_drift,
)
from jobs.domains.low_price.backtest.drift.stream import PRICE, StreamShape, make_stream

pytestmark = pytest.mark.slow

SMALL = StreamShape(months=30, lots=10_000, life=12.0, prevalence=0.05)
SHARES = (0.0, 0.2)
EXPLORING, BLIND = policy_name(0.2), policy_name(0.0)


def revenue(drift: Drift, policy: str, months: slice) -> float:
    """Revenue found, of the most that could be."""
    at = drift.policies.index(policy)
    return drift.detected[at, :, months].sum() / drift.best[at, :, months].sum()


@pytest.fixture(scope="module")
def moving() -> Drift:
    return run_drift([2], SMALL, shares=SHARES)


def test_where_fraud_moves_exploring_finds_what_ranking_alone_stops_seeing(moving: Drift) -> None:
    first, last = slice(0, 3), slice(-6, None)
    assert revenue(moving, BLIND, last) < revenue(moving, BLIND, first) - 0.1
    assert revenue(moving, EXPLORING, last) > revenue(moving, BLIND, last) + 0.1


def test_where_nothing_moves_exploring_costs_something_and_less_than_its_share() -> None:
    still = run_drift([2], replace(SMALL, life=np.inf, months=9), shares=SHARES)
    blind, exploring = (revenue(still, policy, slice(3, None)) for policy in (BLIND, EXPLORING))
    assert 0.8 * blind < exploring < blind


def test_every_policy_faces_the_same_lots(moving: Drift) -> None:
    assert (moving.best == moving.best[0]).all()
    assert (moving.cases == moving.cases[0]).all()
    assert (moving.detected <= moving.best).all()


def test_the_same_seed_gives_the_same_figures() -> None:
    one, again = (run_drift([5], replace(SMALL, months=5), shares=(0.2,)) for _ in range(2))
    np.testing.assert_array_equal(one.detected, again.detected)


def test_rows_pool_the_worlds_and_hold_their_value_in_the_interval() -> None:
    result = np.array([[[1.0, 2.0], [3.0, 0.0]]])  # one policy, two worlds, two months
    best = np.array([[[2.0, 4.0], [6.0, 8.0]]])
    rows = list(
        exploration_rows(
            Drift(
                policies=(PRICE_ONLY,),
                capacity=0.05,
                detected=result,
                best=best,
                owed=best,
                detected_cases=result,
                cases=best,
            )
        )
    )
    values = {(row["group_id"], row["measure"]): row["value"] for row in rows}
    assert values["month:01", "revenue_found"] == pytest.approx(4 / 8)
    assert values["month:02", "cases_found"] == pytest.approx(2 / 12)
    assert values["all", "revenue_found"] == pytest.approx(6 / 20)
    assert all(row["lower"] <= row["value"] <= row["upper"] for row in rows)
    assert {row["threshold"] for row in rows} == {None}


def test_a_policy_is_told_by_its_share() -> None:
    ones = np.ones((1, 1, 1))
    rows = exploration_rows(
        Drift(
            policies=(policy_name(0.05),),
            capacity=0.05,
            detected=ones,
            best=ones,
            owed=ones,
            detected_cases=ones,
            cases=ones,
        )
    )
    assert {(row["rule"], row["threshold"]) for row in rows} == {("explore_05", 0.05)}


def test_a_stream_has_the_cases_it_says_and_moved_ones_are_priced_as_others() -> None:
    stream = make_stream(2, replace(SMALL, months=40))
    assert np.mean([month.is_true.mean() for month in stream]) == pytest.approx(0.05, abs=0.002)
    first, last = stream[0], stream[-1]
    assert (first.tells[first.is_true, PRICE] > 1).mean() > 0.95
    shown = np.argmax(last.tells[last.is_true], axis=1)
    assert (shown != PRICE).mean() == pytest.approx(2 / 3, abs=0.08)
    assert last.tells[last.is_true, PRICE][shown != PRICE].mean() < 0
    assert ((last.shortfall > 0) == last.is_true).all()


def test_three_honest_lots_stand_out_for_each_case_most_by_price() -> None:
    month = make_stream(2, replace(SMALL, months=1, lots=100_000, shift=20.0))[0]
    honest = month.tells[~month.is_true] > 10
    assert honest.any(axis=1).sum() / month.is_true.sum() == pytest.approx(3, abs=0.1)
    assert honest[:, PRICE].sum() / honest.sum() == pytest.approx(0.8, abs=0.02)
