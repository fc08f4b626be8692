"""Adaptive conformal intervals: promised coverage on any world, no look-ahead; proper scores."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from jobs.stats.forecasting.conformal import (
    calibrate,
    conformal_radius,
    interval_score,
    weighted_interval_score,
)
from tests.builders.configs import INTERVALS


def coverage(lower: np.ndarray, upper: np.ndarray, truth: np.ndarray) -> float:
    """Share of the known truths that lie within their intervals; NaN where there is none."""
    known = ~(np.isnan(lower) | np.isnan(upper) | np.isnan(truth))
    return float(np.mean((truth >= lower)[known] & (truth <= upper)[known])) if known.any() else float("nan")


def world(spread, horizons=3, series=200, seed=1):
    """Truth (S, N) with the given spread in each period, and forecasts (S, H, N) of zero."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(series, len(spread))) * spread
    return np.zeros((series, horizons, len(spread))), truth


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_stationary_errors_are_covered_as_promised(alpha):
    forecast, truth = world(np.ones(120))
    made = calibrate(forecast, truth, INTERVALS, alpha=alpha)
    for h in range(3):
        assert coverage(made.lower[:, h, 40:], made.upper[:, h, 40:], truth[:, 40:]) == pytest.approx(
            1 - alpha, abs=0.02
        )


def test_coverage_recovers_after_the_spread_trebles_and_plain_conformal_lags():
    forecast, truth = world(np.where(np.arange(160) < 80, 1.0, 3.0))
    adaptive, plain = (
        calibrate(forecast, truth, replace(INTERVALS, gamma=g, memory=80), alpha=0.1) for g in (0.05, 0.0)
    )

    def covered(made):
        return coverage(made.lower[:, 0, 90:130], made.upper[:, 0, 90:130], truth[:, 90:130])

    assert covered(adaptive) > 0.84
    assert covered(adaptive) > covered(plain) + 0.05


@settings(max_examples=40, deadline=None)
@given(arrays(float, (2, 200), elements=st.floats(1, 1e6)), st.sampled_from([0.05, 0.1, 0.3]))
def test_long_run_misses_approach_alpha_on_any_sequence(truth, alpha):
    """Gibbs & Candes, proposition 1: |mean miss - alpha| <= (max(alpha, 1 - alpha) + gamma) / (gamma N).

    Errors are kept from being exactly zero: a perfect forecast is never missed, however often that is wanted.
    """
    gamma = 0.1
    made = calibrate(np.zeros((2, 1, 200)), truth, replace(INTERVALS, gamma=gamma), alpha=alpha)
    assessed = ~np.isnan(made.upper[:, 0])
    misses = np.array([made.is_miss[s, 0][assessed[s]].mean() for s in range(2)])
    bound = (max(alpha, 1 - alpha) + gamma) / (gamma * assessed.sum(axis=1))
    assert (np.abs(misses - alpha) <= bound + 1e-9).all()


def test_an_interval_reads_nothing_newer_than_its_own_issue():
    forecast, truth = world(np.ones(40))
    a = calibrate(forecast, truth, INTERVALS, alpha=0.1)
    changed = truth.copy()
    changed[:, 30:] += 100
    b = calibrate(forecast, changed, INTERVALS, alpha=0.1)
    for row, ahead in enumerate((1, 2, 3)):
        first_hit = 30 + ahead
        assert np.array_equal(a.upper[:, row, :first_hit], b.upper[:, row, :first_hit], equal_nan=True)
        assert not np.array_equal(a.upper[:, row, first_hit:], b.upper[:, row, first_hit:])


def test_future_targets_get_intervals_and_short_histories_none():
    forecast, truth = world(np.ones(30))
    truth[:, 27:] = np.nan
    made = calibrate(forecast, truth, INTERVALS, alpha=0.1)
    assert np.isfinite(made.upper[:, :, 27:]).mean() > 0.9
    assert np.isnan(made.upper[:, 0, :6]).all()
    assert not made.is_miss[:, :, 27:].any()


def test_a_wider_scale_widens_the_interval_in_step():
    forecast, truth = world(np.ones(40))
    a = calibrate(forecast, truth, INTERVALS, alpha=0.1)
    scale = np.ones_like(forecast)
    scale[..., -1] = 4.0
    b = calibrate(forecast, truth, INTERVALS, alpha=0.1, scale=scale)
    assert np.allclose(b.upper[..., -1], 4 * a.upper[..., -1])


def test_radius_is_the_textbook_order_statistic():
    errors = np.arange(1.0, 20.0)
    assert conformal_radius(errors, np.float64(0.1), INTERVALS.errors_least) == 18.0
    assert np.isinf(conformal_radius(errors, np.float64(0.01), INTERVALS.errors_least))
    assert conformal_radius(errors, np.float64(1.2), INTERVALS.errors_least) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.floats(-50, 50), st.floats(0, 20), st.floats(-50, 50))
def test_the_interval_score_is_least_for_the_interval_that_holds_the_truth(centre, half, truth):
    score = interval_score(np.array(centre - half), np.array(centre + half), np.array(truth), 0.1)
    assert score >= 2 * half - 1e-9
    moved = interval_score(np.array(truth - half), np.array(truth + half), np.array(truth), 0.1)
    assert moved <= score + 1e-9


def test_weighted_score_of_many_intervals_approaches_the_crps_of_a_normal():
    alphas = np.arange(0.02, 1.0, 0.02)
    upper = stats.norm.ppf(1 - alphas / 2)
    y = 0.7
    crps = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
    score = weighted_interval_score(np.array(0.0), -upper, upper, np.array(y), alphas)
    assert score == pytest.approx(crps, rel=0.05)


def test_a_point_mass_scores_its_absolute_error():
    alphas = np.array([0.1, 0.5])
    ends = np.array([3.0, 3.0])
    assert weighted_interval_score(np.array(3.0), ends, ends, np.array(5.0), alphas) == pytest.approx(2.0)
