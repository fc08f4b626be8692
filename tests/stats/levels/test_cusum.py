import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jobs.stats.levels.cusum import CusumTrace, Direction, calibrate_limit
from jobs.stats.levels.cusum import cusum as run
from tests.builders.configs import ALLOWANCE

residuals = hnp.arrays(float, (3, 12), elements=st.floats(-5, 5))


def cusum(z: np.ndarray, direction: Direction, limit: float = np.inf) -> CusumTrace:
    return run(z, direction, limit, ALLOWANCE)


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
    limit = calibrate_limit(rng.standard_normal((2000, 60)), 0.01, "down", ALLOWANCE, 10)
    fresh = cusum(rng.standard_normal((2000, 60)), "down", limit).alarm[:, 10:]
    assert 0.0085 < fresh.mean() < 0.0115
