import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jobs.stats.levels.cusum import assess_shift, build_reference, calibrate_limit, cusum, monte_carlo_p

residuals = hnp.arrays(float, (3, 12), elements=st.floats(-5, 5))


def test_the_recursion_by_hand() -> None:
    z = np.array([[-1.0, -2.0, 3.0, -1.5]])
    trace = cusum(z, "down")
    np.testing.assert_allclose(trace.statistic, [[0.5, 2.0, 0.0, 1.0]])
    np.testing.assert_array_equal(trace.start, [[0, 0, -1, 3]])


def test_an_alarm_resets_the_sum() -> None:
    trace = cusum(np.full((1, 6), -1.5), "down", limit=1.5)
    np.testing.assert_array_equal(trace.alarm, [[False, True, False, True, False, True]])
    np.testing.assert_allclose(trace.statistic, [[1.0, 2.0, 1.0, 2.0, 1.0, 2.0]])


def test_an_unknown_period_neither_adds_nor_forgives() -> None:
    trace = cusum(np.array([[-2.0, np.nan, -2.0]]), "down")
    np.testing.assert_allclose(trace.statistic, [[1.5, np.nan, 3.0]])


@given(residuals)
def test_up_mirrors_down(z: np.ndarray) -> None:
    np.testing.assert_array_equal(cusum(z, "up").statistic, cusum(-z, "down").statistic)


@given(residuals)
def test_the_sum_is_what_the_best_run_up_to_now_sums_to(z: np.ndarray) -> None:
    steps = -z - 0.5
    best = [[max(0.0, max(s[i : t + 1].sum() for i in range(t + 1))) for t in range(z.shape[1])] for s in steps]
    np.testing.assert_allclose(cusum(z, "down").statistic, best, atol=1e-9)


def test_the_limit_holds_its_rate_on_series_it_has_not_seen() -> None:
    rng = np.random.default_rng(5)
    limit = calibrate_limit(rng.standard_normal((2000, 60)), 0.01, "down", burn_in=10)
    fresh = cusum(rng.standard_normal((2000, 60)), "down", limit).alarm[:, 10:]
    assert 0.0085 < fresh.mean() < 0.0115


def test_monte_carlo_p_is_a_rank_and_never_zero() -> None:
    reference = np.array([[0.0, 1.0, 2.0, np.nan, 3.0]])
    np.testing.assert_allclose(monte_carlo_p(np.array([0.0, 2.0, 9.0, np.nan]), reference), [1.0, 0.6, 0.2, np.nan])


def test_each_series_is_judged_by_its_own_class() -> None:
    rng = np.random.default_rng(8)
    narrow = build_reference(rng.normal(scale=0.5, size=(400, 40)), 0.02, "down", burn_in=5)
    wide = build_reference(rng.normal(scale=2.0, size=(400, 40)), 0.02, "down", burn_in=5)
    z = np.full((2, 3), -1.5)
    _, p = assess_shift(z, np.array([0, 1]), {0: narrow, 1: wide})
    assert narrow.limit < wide.limit
    assert np.all(p[0] < p[1])
    assert np.all(np.diff(p, axis=1) <= 0)


def test_a_class_without_reference_is_an_error() -> None:
    reference = build_reference(np.random.default_rng(1).normal(size=(50, 20)), 0.05, "down")
    with pytest.raises(KeyError):
        assess_shift(np.zeros((1, 4)), np.array([2]), {0: reference})
