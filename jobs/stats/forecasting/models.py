"""Point forecasts of one monthly series: an explained model, two referees, and the choice between them.

Prophet explains (Taylor and Letham 2018, The American Statistician 72); the seasonal naive forecast and AutoETS
(Hyndman and Khandakar 2008, J. Stat. Software 27) referee. Another model than the naive one is shown only where
its weighted interval score (Bracher et al. 2021, PLoS Comp. Biol. 17) on a rolling origin is smaller.

Everywhere `y` has shape (T,), one value of zero or more a month, zero meaning no trade; `months` has shape (T,),
consecutive, datetime64. Forecasts are in the unit of `y`, never negative, rounded to nine significant digits so
that the same input gives the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.arrays import DateArray, FloatArray, IntArray
from jobs.stats.workdays import calendar_covariates

SEASONAL_NAIVE, AUTO_ETS, PROPHET = "seasonal_naive", "auto_ets", "prophet"
MODELS = (SEASONAL_NAIVE, AUTO_ETS, PROPHET)
YEAR = 12
CALENDAR = ("log_workdays", "lunar_new_year_share")


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Settings of the fits.

    Attributes:
        fit_least: months below which every model answers with the seasonal naive forecast.
        season_least: months below which no season is fitted.
        season_order: Fourier pairs of Prophet's season.
        shrinkage: prior scale of its season and calendar terms.
        changepoints_most, changepoint_months: changes of its trend at most, and months of history behind each.
    """

    fit_least: int
    season_least: int
    season_order: int
    shrinkage: float
    changepoints_most: int
    changepoint_months: int


@dataclass(frozen=True, kw_only=True)
class ExplainedForecast:
    """A Prophet forecast and its parts: `fitted = trend * (1 + season_ratio + calendar_ratio)`, floored at zero.

    `forecast` has shape (H,). The parts have shape (T+H,), history first: `trend` in the unit of `y`, the
    ratios without unit (+0.1 = ten per cent above the trend that month).
    """

    forecast: FloatArray
    trend: FloatArray
    season_ratio: FloatArray
    calendar_ratio: FloatArray


def fit_forecast(y: FloatArray, months: DateArray, horizon: int, model: str, config: ModelConfig) -> FloatArray:
    """Forecasts of the `horizon` months after the last one, shape (H,), from one fit.

    Histories under a year, and a fit that breaks down, are answered with the seasonal naive forecast.

    Raises:
        ValueError: unknown model, no history, gaps in the months, or values that are negative or not finite.
    """
    y = _checked(y, months, horizon)
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}: one of {', '.join(MODELS)}")
    naive = _seasonal_naive(y, horizon)
    if model == SEASONAL_NAIVE or len(y) < config.fit_least or not y.any():
        return round_significant(naive)
    if model == AUTO_ETS:
        return _usable(_auto_ets(y, horizon, config.season_least), naive)
    return explain_forecast(y, months, horizon, config).forecast


def explain_forecast(y: FloatArray, months: DateArray, horizon: int, config: ModelConfig) -> ExplainedForecast:
    """The Prophet forecast with its trend, season and calendar parts, from one fit.

    Linear trend, multiplicative season (none under two years), Korean working days and Lunar New Year as
    covariates known ahead. A history without trade, or under a year, gives the naive forecast,
    its trend being the history itself.

    Raises:
        ValueError: as `fit_forecast`.
    """
    y = _checked(y, months, horizon)
    naive = _seasonal_naive(y, horizon)
    if len(y) < config.fit_least or not y.any():
        nothing = np.zeros(len(y) + horizon)
        flat = round_significant(np.concatenate([y, naive]))
        return ExplainedForecast(
            forecast=flat[len(y) :], trend=flat, season_ratio=nothing, calendar_ratio=nothing.copy()
        )
    table = _prophet_table(months, horizon)
    model = _prophet_model(len(y), config)
    model.fit(table.iloc[: len(y)].assign(y=y), seed=1)
    parts = model.predict(table)
    return ExplainedForecast(
        forecast=_usable(parts["yhat"].to_numpy()[len(y) :], naive),
        trend=round_significant(parts["trend"].to_numpy()),
        season_ratio=round_significant(parts["yearly"].to_numpy() if "yearly" in parts else np.zeros(len(parts))),
        calendar_ratio=round_significant(parts["extra_regressors_multiplicative"].to_numpy()),
    )


def recent_origins(length: int, count: int, shortest: int) -> IntArray:
    """The last origins of a history of `length` months, each the number of months known then, ascending.

    At most `count`, none under `shortest` months; the last leaves one month to forecast.
    """
    return np.arange(max(shortest, length - count), length, dtype=np.int64)


def rolling_origin(
    y: FloatArray,
    months: DateArray,
    horizon: int,
    model: str,
    origins: Sequence[int] | IntArray,
    config: ModelConfig,
) -> FloatArray:
    """Past forecasts, shape (O, H): row o is what `model` would have said knowing the first `origins[o]` months.

    One fit an origin. Nothing after the origin enters but the calendar.
    """
    forecasts = [fit_forecast(y[:known], months[:known], horizon, model, config) for known in map(int, origins)]
    return np.array(forecasts).reshape(len(origins), horizon)


def past_errors(y: FloatArray, past: FloatArray, origins: Sequence[int] | IntArray) -> FloatArray:
    """Observed less forecast, shape (O, H); NaN where the month forecast is not known yet."""
    target = np.asarray(origins)[:, None] + np.arange(past.shape[1])
    known = target < len(y)
    return np.where(known, np.asarray(y)[np.where(known, target, 0)] - past, np.nan)


def round_significant(values: FloatArray, digits: int = 9) -> FloatArray:
    """Values rounded to significant digits, shape kept; minus zero becomes zero."""
    values = np.asarray(values, dtype=float)
    # Through text, as arithmetic with powers of ten leaves different last bits for neighbouring inputs.
    text = np.char.mod(f"%.{digits - 1}e", values)
    return np.where(values == 0, 0.0, text.astype(float)) + 0.0


def _checked(y: FloatArray, months: DateArray, horizon: int) -> FloatArray:
    y = np.asarray(y, dtype=float)
    steps = np.diff(np.asarray(months).astype("datetime64[M]")).astype(int)
    if not (y.ndim == 1 and len(y) == len(months) > 0) or (steps != 1).any():
        raise ValueError("the history must be one value a month, months consecutive, without gaps")
    if horizon < 1 or not np.isfinite(y).all() or (y < 0).any():
        raise ValueError("values must be finite and not negative, and the horizon at least one month")
    return y


def _seasonal_naive(y: FloatArray, horizon: int) -> FloatArray:
    """The same month of the last year known; under a year of history the last value."""
    if len(y) < YEAR:
        return np.repeat(y[-1], horizon)
    return y[len(y) - YEAR + np.arange(horizon) % YEAR]


def _auto_ets(y: FloatArray, horizon: int, season_least: int) -> FloatArray:
    """AutoETS by AICc; without a season under two years."""
    from statsforecast.models import AutoETS

    season = YEAR if len(y) >= season_least else 1
    scale = y.max()  # kilogrammes reach 1e9; the optimiser's tolerances are absolute
    result: FloatArray = AutoETS(season_length=season).forecast(y / scale, horizon)["mean"] * scale
    return result


def _usable(forecast: FloatArray, instead: FloatArray) -> FloatArray:
    """Floored at zero; where a fit broke down (not finite) the naive value stands instead."""
    return round_significant(np.maximum(np.where(np.isfinite(forecast), forecast, instead), 0.0))


def _prophet_table(months: DateArray, horizon: int) -> Any:
    """A pandas table of T+H rows: month `ds` and the calendar covariates."""
    import pandas as pd

    first = np.asarray(months).astype("datetime64[M]")
    every = np.concatenate([first, first[-1] + 1 + np.arange(horizon)])
    table = pd.DataFrame(calendar_covariates(every), columns=list(CALENDAR))
    return table.assign(ds=every.astype("datetime64[ns]"))


def _prophet_model(length: int, config: ModelConfig) -> Any:
    """An unfitted Prophet for `length` months; no sampled intervals, which do not repeat (ours are conformal)."""
    from prophet import Prophet

    model = Prophet(
        growth="linear",
        n_changepoints=min(config.changepoints_most, length // config.changepoint_months),
        yearly_seasonality=config.season_order if length >= config.season_least else False,
        weekly_seasonality=False,
        daily_seasonality=False,
        seasonality_mode="multiplicative",
        seasonality_prior_scale=config.shrinkage,
        uncertainty_samples=0,
    )
    for chatty in ("cmdstanpy", "prophet"):  # only now: the backend loads with the model and sets its own level
        logging.getLogger(chatty).setLevel(logging.ERROR)
    for name in CALENDAR:
        model.add_regressor(name, prior_scale=config.shrinkage, standardize=False, mode="multiplicative")
    return model
