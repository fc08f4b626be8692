"""The two rules to beat do what they say, on lots a reader can count."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.low_price.backtest.baselines import kalman_2007, median_mad
from jobs.domains.low_price.backtest.baselines.kalman_2007 import KalmanConfig
from jobs.domains.low_price.backtest.baselines.median_mad import MedianConfig
from tests.builders.configs import LOW_PRICE
from tests.builders.markets import plain_lots
from tests.reference.risk_threshold import risk_threshold_only

FREIGHT = LOW_PRICE.reference.freight
FIELDS = ("product", "specification", "origin")
KALMAN = KalmanConfig(fields=FIELDS, walk=0.03, spread=0.3, worth=5.0, least=5)
MEDIAN = MedianConfig(fields=FIELDS, days=90, most=120, least=5, least_sd=0.03)


def assess_by_median(lots, config=MEDIAN):
    return median_mad.assess_by_median(lots, config, FREIGHT)


def assess_by_kalman(lots, config=KALMAN):
    return kalman_2007.assess_by_kalman(lots, config, FREIGHT)


def lots_of(price, declared, **columns):
    return plain_lots(
        price=np.asarray(price, dtype=float), declared=np.asarray(declared), freight=np.zeros(len(price)), **columns
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_median_rule_is_the_median_and_deviation_of_the_days_before(seed):
    rng = np.random.default_rng(seed)
    declared, origin, price = np.sort(rng.integers(0, 60, 80)), rng.integers(0, 2, 80), np.exp(rng.normal(0, 0.3, 80))
    result = assess_by_median(lots_of(price, declared, origin=origin), replace(MEDIAN, days=20, least=3))
    for lot in range(80):
        past = (declared < declared[lot]) & (declared >= declared[lot] - 20) & (origin == origin[lot])
        if past.sum() < 3:
            assert np.isnan(result.z[lot])
            continue
        middle = np.median(np.log(price[past]))
        deviation = 1.4826 * np.median(np.abs(np.log(price[past]) - middle))
        assert np.log(result.reference_usd_per_kg[lot]) == pytest.approx(middle)
        assert result.spread[lot] == pytest.approx(max(deviation, 0.03))
        assert result.n[lot] == past.sum()


def test_only_the_latest_lots_of_a_full_window_are_looked_at():
    result = assess_by_median(lots_of([9, 9, 9, 1, 1, 1, 1], [0, 1, 2, 3, 4, 5, 6]), replace(MEDIAN, most=3, least=3))
    assert result.reference_usd_per_kg[6] == pytest.approx(1.0)


def test_the_kalman_alarm_follows_every_lot_and_is_dragged_by_cheap_ones():
    price = np.append(np.ones(20), np.full(60, 0.5))
    result = assess_by_kalman(lots_of(price, np.arange(80)), replace(KALMAN, walk=0.1))
    assert result.r[20] == pytest.approx(0.5)
    assert result.r[79] > 0.9


def test_the_kalman_gain_is_that_of_a_random_walk():
    rng = np.random.default_rng(2)
    price = np.exp(rng.normal(0, 0.1, 4000))
    result = assess_by_kalman(lots_of(price, np.arange(4000)), replace(KALMAN, walk=0.1))
    steady = 0.1 * (0.1 + np.sqrt(0.1**2 + 4)) / 2  # variance before a lot, in units of that of a lot
    assert result.log_sd[-1] ** 2 / result.spread[-1] ** 2 == pytest.approx(steady, rel=0.02)


@pytest.mark.parametrize("assess", [assess_by_median, assess_by_kalman])
def test_a_rule_knows_no_lot_of_its_own_day_and_none_disputed(assess):
    price, declared = np.append(np.ones(10), [5.0, 5.0, 1.0]), np.append(np.arange(10), [10, 10, 11])
    disputed = price > 2
    result = assess(lots_of(price, declared, is_disputed=disputed))
    np.testing.assert_allclose(result.reference_usd_per_kg[10:], 1.0)


@pytest.mark.parametrize("assess", [assess_by_median, assess_by_kalman])
def test_too_few_lots_give_no_reference(assess):
    result = assess(lots_of(np.ones(5), np.arange(5)))
    assert np.isnan(result.z).all()
    assert assess(lots_of([], np.zeros(0, dtype=np.int64))).z.size == 0


def test_the_risk_threshold_is_half_of_the_average_without_outliers():
    lots = lots_of([1.0, 1.1, 0.9, 1.0, 1.0, 9.0, 4.0], [1, 2, 3, 4, 5, 6, 20])
    result = risk_threshold_only(lots, day=10)
    assert result.average[0] == pytest.approx(1.0)
    assert result.threshold[0] == pytest.approx(0.5)
    assert result.n[0] == 5


def test_each_origin_has_a_risk_threshold_of_its_own_and_none_without_lots():
    lots = lots_of([1.0, 3.0], [1, 1], origin=np.array([1, 2]))
    np.testing.assert_allclose(risk_threshold_only(lots, day=10).threshold, [0.5, 1.5])
    assert risk_threshold_only(lots, day=1).key.size == 0
