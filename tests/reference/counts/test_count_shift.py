import numpy as np

from jobs.stats.levels.cusum import cusum
from tests.builders.configs import ALLOWANCE
from tests.reference.counts.count_shift import count_reference, density_class, quiet_residuals, simulate_counts

SEASON = (np.arange(180) / 52.18) % 1.0
AT = np.arange(140, 180)


def test_classes_are_by_the_usual_count_and_survive_unknown_periods() -> None:
    expected = np.array([[0.2, 0.4, 9.0], [5.0, np.nan, 5.0], [80.0, 90.0, 70.0], [np.nan] * 3])
    assert density_class(expected).tolist() == [0, 1, 2, 0]


def test_simulated_counts_have_the_mean_and_dispersion_asked_for() -> None:
    y = simulate_counts(np.full((2, 200_000), 4.0), np.array([[1.0], [3.0]]), np.random.default_rng(1))
    np.testing.assert_allclose(y.mean(axis=1), 4.0, rtol=0.02)
    np.testing.assert_allclose(y.var(axis=1) / y.mean(axis=1), [1.0, 3.0], rtol=0.03)


def test_sparse_counts_have_another_limit_than_dense_ones_and_each_holds_on_new_series() -> None:
    limits = {}
    for name, level in (("sparse", 0.3), ("dense", 40.0)):
        levels, phi = np.full(110, level), np.full(110, 1.5)
        reference = count_reference(levels, phi, SEASON, "week", AT, 0.02, "down", np.random.default_rng(2))
        limits[name] = reference.limit
        fresh = quiet_residuals(levels, phi, SEASON, "week", AT, np.random.default_rng(3))
        alarms = cusum(fresh, "down", reference.limit, ALLOWANCE).alarm[:, 15:]
        assert 0.01 < alarms.mean() < 0.03
    assert limits["sparse"] < limits["dense"] - 0.1
