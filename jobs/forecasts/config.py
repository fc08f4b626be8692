"""Settings of the forecasts, as schemas/rules/common/forecast.yml states them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jobs.contracts import register
from jobs.stats.forecasting.conformal import IntervalConfig
from jobs.stats.forecasting.models import ModelConfig


@dataclass(frozen=True, kw_only=True)
class ForecastConfig:
    """What is forecast, and how it is assessed.

    Attributes:
        series_most: series behind alerts first, then the watch list by value.
        horizon: months ahead.
        origins: past forecasts a model is scored on.
        history_least: months of history below which nothing is forecast.
        miss_rate: of the intervals shown.
        alphas: miss rates of the intervals scored.
        scored_least: months scored below which no model can be said to beat another.
        models, intervals: settings of the fits and of the intervals.
    """

    series_most: int
    horizon: int
    origins: int
    history_least: int
    miss_rate: float
    alphas: tuple[float, ...]
    scored_least: int
    models: ModelConfig
    intervals: IntervalConfig


@cache
def forecast_config() -> ForecastConfig:
    """The settings that the register states."""
    parameters = register.rule("common", "forecast").parameters
    return register.configure(ForecastConfig, parameters, "rules/common/forecast.yml")
