"""The choice: intervals from what was known, the textbook score, and naive unless beaten."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.stats.forecasting import choice
from jobs.stats.forecasting.models import AUTO_ETS, SEASONAL_NAIVE, recent_origins

pytestmark = pytest.mark.slow


def months_of(length: int) -> np.ndarray:
    return np.arange(length) + np.datetime64("2021-01", "M")


def test_half_widths_are_conformal_order_statistics():
    errors = np.arange(1.0, 20.0)[:, None] * np.array([1, -1])[np.arange(19) % 2][:, None]
    assert choice.half_widths(errors, (0.5, 0.2, 0.05))[0].tolist() == [10, 16, 19]


def test_half_widths_do_not_shrink_with_the_step_and_need_six_errors():
    errors = np.column_stack([np.full(6, 5.0), np.full(6, 5.0), np.full(6, 1.0), np.full(6, 1.0)])
    assert (np.diff(choice.half_widths(errors), axis=0) >= 0).all()
    assert np.isnan(choice.half_widths(np.ones((5, 1)))).all()


def test_forecasts_laid_out_by_target_stand_over_their_months():
    laid = choice.by_target(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([3, 4]), 6)
    nan = np.nan
    np.testing.assert_array_equal(
        laid, [[nan, nan, nan, 1, 4, nan], [nan, nan, nan, nan, 2, 5], [nan, nan, nan, nan, nan, 3]]
    )


def test_the_first_scored_forecast_is_scored_by_hand():
    """Six misses of 2 known at the seventh origin, a miss of 5 there: (5/2 + .25*(4 + 12) + .1*(4 + 30)) / 2.5."""
    y = np.array([*[10.0] * 6, *[12.0] * 6, 15.0])
    origins = np.arange(6, 13)
    scores = choice.score_past(y, np.full((7, 1), 10.0), origins)
    assert np.isnan(scores[:6]).all()
    assert scores[6, 0] == pytest.approx((2.5 + 0.25 * (4 + 4 * 3) + 0.1 * (4 + 10 * 3)) / 2.5)


def test_an_interval_uses_only_errors_known_at_its_origin():
    origins = np.array([12, 13, 14])
    known = choice.errors_known_at(np.ones((3, 2)), origins, 14)
    np.testing.assert_array_equal(np.isfinite(known), [[True, True], [True, False], [False, False]])


def test_conformal_intervals_cover_as_promised_on_exchangeable_errors():
    rng = np.random.default_rng(8)
    past, new = rng.standard_t(4, (4000, 39, 1)), rng.standard_t(4, 4000)
    half = np.array([choice.half_widths(errors, (0.5, 0.2, 0.05))[0] for errors in past])
    covered = (np.abs(new)[:, None] <= half).mean(axis=0)
    np.testing.assert_allclose(covered, [0.5, 0.8, 0.95], atol=0.025)


def test_naive_is_kept_on_a_tie_and_without_evidence():
    assert choice.best_model({SEASONAL_NAIVE: 2.0, AUTO_ETS: 2.0}, 30) == SEASONAL_NAIVE
    assert choice.best_model({SEASONAL_NAIVE: 2.0, AUTO_ETS: 1.0}, 3) == SEASONAL_NAIVE
    assert choice.best_model({SEASONAL_NAIVE: 2.0, AUTO_ETS: 1.0}, 30) == AUTO_ETS


def test_a_level_that_moved_is_left_to_smoothing_and_a_repeating_year_to_naive():
    rng = np.random.default_rng(4)
    walk = 1e4 + np.cumsum(rng.normal(0, 300, 42))
    year = np.tile(rng.lognormal(9, 1, 12), 4)[:42]
    models = (SEASONAL_NAIVE, AUTO_ETS)
    assert choice.choose_model(walk, months_of(42), 3, models).model == AUTO_ETS
    assert choice.choose_model(year, months_of(42), 3, models).model == SEASONAL_NAIVE


def test_the_choice_carries_past_forecasts_to_seed_the_record():
    y = np.arange(1.0, 41.0)
    made = choice.choose_model(y, months_of(40), 4, (SEASONAL_NAIVE,))
    assert made.origins.tolist() == recent_origins(40).tolist()
    assert made.past[SEASONAL_NAIVE].shape == (12, 4)
    assert made.score[SEASONAL_NAIVE] > 0


def test_a_history_too_short_to_score_shows_naive():
    made = choice.choose_model(np.arange(1.0, 15.0), months_of(14), 3, (SEASONAL_NAIVE, AUTO_ETS))
    assert (made.model, made.scored) == (SEASONAL_NAIVE, 0)
    assert np.isnan(made.score[AUTO_ETS])
