"""Forecasts: textbook answers, floors, determinism, no look-ahead, short and lumpy histories."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jobs.stats.forecasting.models import (
    AUTO_ETS,
    MODELS,
    PROPHET,
    SEASONAL_NAIVE,
    explain_forecast,
    fit_forecast,
    past_errors,
    recent_origins,
    rolling_origin,
    round_significant,
)

pytestmark = pytest.mark.slow


def months_of(length: int) -> np.ndarray:
    return np.arange(length) + np.datetime64("2021-01", "M")


def seasonal_series(length: int) -> np.ndarray:
    """A rising series with a yearly season of +/-30 % and a little noise, no Korean calendar in it."""
    step = np.arange(length)
    noise = np.random.default_rng(5).normal(0, 0.03, length)
    return 1e5 * (1 + 0.01 * step) * (1 + 0.3 * np.sin(2 * np.pi * step / 12) + noise)


LUMPY = np.where(np.random.default_rng(2).random(40) < 0.7, 0.0, np.random.default_rng(3).lognormal(9, 2, 40))
HISTORIES = {
    "seasonal": seasonal_series(42),
    "short": seasonal_series(15),
    "lumpy": LUMPY,
    "zeros": np.zeros(30),
    "constant": np.full(30, 7.0),
    "falling to nothing": np.maximum(30.0 - np.arange(36), 0) * 1e6,
    "one spike": np.eye(1, 36, 20)[0] * 1e9,
    "two months": np.array([3.0, 4.0]),
    "tiny": seasonal_series(26) * 1e-9,
}


def test_seasonal_naive_repeats_the_last_year():
    y = np.arange(1.0, 31.0)
    assert fit_forecast(y, months_of(30), 14, SEASONAL_NAIVE).tolist() == [*range(19, 31), 19, 20]


def test_seasonal_naive_repeats_the_last_value_under_a_year():
    assert fit_forecast(np.array([5.0, 9.0]), months_of(2), 3, SEASONAL_NAIVE).tolist() == [9, 9, 9]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", HISTORIES)
def test_forecasts_are_finite_and_never_negative(name, model):
    y = HISTORIES[name]
    forecast = fit_forecast(y, months_of(len(y)), 6, model)
    assert forecast.shape == (6,)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


@settings(max_examples=25, deadline=None)
@given(arrays(float, st.integers(12, 45), elements=st.one_of(st.just(0.0), st.floats(0, 1e12))))
def test_exponential_smoothing_stays_usable_on_any_history(y):
    forecast = fit_forecast(y, months_of(len(y)), 4, AUTO_ETS)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


@pytest.mark.parametrize("model", MODELS)
def test_the_same_input_gives_the_same_bytes(model):
    y, months = seasonal_series(36), months_of(36)
    first, again = (fit_forecast(y, months, 6, model) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert [float(f"{value:.8e}") for value in first] == first.tolist()


@pytest.mark.parametrize("model", [AUTO_ETS, PROPHET])
def test_a_clear_season_and_trend_are_forecast_better_than_by_repeating_last_year(model):
    y, months = seasonal_series(48), months_of(48)
    error = {m: np.abs(fit_forecast(y[:42], months[:42], 6, m) - y[42:]).mean() for m in (model, SEASONAL_NAIVE)}
    assert error[model] < 0.6 * error[SEASONAL_NAIVE]


def test_the_parts_of_an_explained_forecast_multiply_to_it():
    parts = explain_forecast(seasonal_series(42), months_of(42), 6)
    fitted = parts.trend * (1 + parts.season_ratio + parts.calendar_ratio)
    assert parts.trend.shape == parts.season_ratio.shape == parts.calendar_ratio.shape == (48,)
    np.testing.assert_allclose(np.maximum(fitted[42:], 0), parts.forecast, rtol=1e-6)
    assert np.abs(parts.season_ratio).max() > 0.15


def test_the_calendar_part_follows_working_days():
    from jobs.stats.workdays import calendar_covariates

    months = months_of(40)
    y = 1e6 * np.exp(calendar_covariates(months)[:, 0])
    parts = explain_forecast(y, months, 6)
    assert np.corrcoef(parts.calendar_ratio[:40], y)[0, 1] > 0.9


def test_no_season_is_read_into_less_than_two_years():
    assert not explain_forecast(seasonal_series(24), months_of(24), 6).season_ratio.any()
    assert explain_forecast(seasonal_series(25), months_of(25), 6).season_ratio.any()


def test_the_explanation_and_the_plain_call_agree():
    y, months = seasonal_series(30), months_of(30)
    assert (explain_forecast(y, months, 5).forecast == fit_forecast(y, months, 5, PROPHET)).all()


@pytest.mark.parametrize("model", MODELS)
def test_a_past_forecast_does_not_see_what_came_after(model):
    y, months = seasonal_series(40), months_of(40)
    changed = np.concatenate([y[:30], y[30:] * 9])
    past, again = (rolling_origin(series, months, 3, model, [28, 30]) for series in (y, changed))
    assert past.tobytes() == again.tobytes()
    assert (past[1] == fit_forecast(y[:30], months[:30], 3, model)).all()


def test_errors_stand_against_their_months_and_are_unknown_at_the_end():
    y = np.arange(20.0)
    errors = past_errors(y, np.zeros((2, 3)), [17, 18])
    np.testing.assert_array_equal(errors, [[17, 18, 19], [18, 19, np.nan]])


def test_origins_are_the_latest_with_a_year_behind_them():
    assert recent_origins(42).tolist() == list(range(30, 42))
    assert recent_origins(15).tolist() == [12, 13, 14]
    assert recent_origins(12).tolist() == []


@pytest.mark.parametrize(
    ("y", "months", "model"),
    [
        ([1.0, np.nan], months_of(2), PROPHET),
        ([1.0, -1.0], months_of(2), PROPHET),
        ([1.0, 2.0], months_of(3)[[0, 2]], PROPHET),
        ([1.0], months_of(2), PROPHET),
        ([], months_of(0), PROPHET),
        ([1.0], months_of(1), "arima"),
    ],
    ids=["nan", "negative", "gap", "lengths", "empty", "model"],
)
def test_histories_that_cannot_be_meant_are_refused(y, months, model):
    with pytest.raises(ValueError, match=r"month|values|model"):
        fit_forecast(np.array(y), months, 2, model)


def test_the_first_prophet_of_a_process_is_silent():
    """In its own process, as the libraries set their log levels when they are first loaded."""
    code = (
        "import logging; logging.basicConfig(level=logging.INFO)\n"
        "import numpy as np; from jobs.stats.forecasting.models import fit_forecast\n"
        "months = np.arange(25) + np.datetime64('2021-01', 'M')\n"
        "for n in (12, 24, 25): fit_forecast(np.arange(n) + 1.0, months[:n], 2, 'prophet')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")


def test_rounding_keeps_nine_digits_and_no_minus_zero():
    rounded = round_significant(np.array([123456789.49, 1.23456789049e-7, -0.0, 0.0]))
    assert rounded.tolist() == [123456789.0, 1.23456789e-7, 0.0, 0.0]
    assert not np.signbit(rounded).any()
