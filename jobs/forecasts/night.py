"""Forecasts of the series behind alerts and of the watch list, each model assessed by its record.

Every model is fitted once a series and night, and its forecast is stored as issued. What earlier nights issued is
its record; where they issued nothing (a first night) the record is seeded by forecasts made from the same past
origins. A model is shown where its interval score beats the naive one's, else the naive forecast is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.forecasts.config import ForecastConfig, forecast_config
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake
from jobs.stats.forecasting.choice import best_model, by_target, half_widths, score_past
from jobs.stats.forecasting.conformal import calibrate
from jobs.stats.forecasting.models import (
    MODELS,
    PROPHET,
    explain_forecast,
    fit_forecast,
    past_errors,
    recent_origins,
    rolling_origin,
)

Issued = Mapping[str, Mapping[date, Sequence[float]]]  # model -> first month forecast -> values


def choose_subjects(alerts: pa.Table, months: pa.Table, *, most: int, least: int) -> list[str]:
    """Series to forecast: those behind alerts by rank, then watched ones by the value of their last year."""
    ranked = [row["subject_id"] for row in sorted(alerts.to_pylist(), key=lambda r: r["rank"])]
    value: dict[str, float] = {}
    length: dict[str, int] = {}
    watched: set[str] = set(ranked)
    for row in months.sort_by([("period_start", "ascending")]).to_pylist():
        length[row["subject_id"]] = length.get(row["subject_id"], 0) + 1
        value[row["subject_id"]] = 0.9 * value.get(row["subject_id"], 0.0) + float(row["value_usd"])
        if row["is_watched"]:
            watched.add(row["subject_id"])
    long_enough = {subject for subject in watched if length.get(subject, 0) >= least}
    watch_list = sorted(long_enough, key=lambda subject: (-value[subject], subject))
    wanted = dict.fromkeys(subject for subject in [*ranked, *watch_list] if subject in long_enough)
    return list(wanted)[:most]


def series_of(months: pa.Table, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """The known months of each subject, oldest first, one source each (the one with the longest history)."""
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in months.sort_by([("period_start", "ascending")]).to_pylist():
        if row["subject_id"] in set(subjects):
            grouped.setdefault((row["subject_id"], row["source"]), []).append(row)
    longest: dict[str, list[dict[str, Any]]] = {}
    for (subject, _), rows in sorted(grouped.items()):
        tail = consecutive(rows)
        if len(tail) > len(longest.get(subject, [])):
            longest[subject] = tail
    return [
        {
            "subject_id": subject,
            "hs_code": rows[0]["hs_code"],
            "partner_country": rows[0]["partner_country"],
            "start": rows[0]["period_start"],
            "history": [float(row["net_mass_kg"]) for row in rows],
        }
        for subject, rows in sorted(longest.items())
    ]


def consecutive(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last rows between which no month is missing.

    >>> months = [{"period_start": date(2024, month, 1)} for month in (1, 3, 4)]
    >>> [row["period_start"].month for row in consecutive(months)]
    [3, 4]
    """
    kept: list[dict[str, Any]] = []
    for row in reversed(rows):
        if kept and month_number(kept[-1]["period_start"]) - month_number(row["period_start"]) != 1:
            break
        kept.append(row)
    return kept[::-1]


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def forecast_series(
    history: FloatArray,
    start: np.datetime64,
    issued: Mapping[str, Mapping[int, Sequence[float]]],
    config: ForecastConfig,
) -> dict[str, Any]:
    """Forecasts, calibrated intervals and records of all models for one series.

    Args:
        history: (T,), one value a month from `start` on.
        start: first month.
        issued: what earlier nights issued: model -> months known then -> forecasts.
        config: settings.

    Returns:
        `shown`: the model shown; `models`: for each its `forecast`, `lower`, `upper` (H,), `score`, `coverage`,
        `scored`; `parts`: Prophet's trend, season and working-day parts over the horizon, (3, H).
    """
    months, horizon = start + np.arange(len(history)), config.horizon
    known = recent_origins(len(history), config.origins, config.models.fit_least)
    explained = explain_forecast(history, months, horizon, config.models)
    models: dict[str, dict[str, Any]] = {}
    for model in MODELS:
        past = record(history, months, model, known, issued.get(model, {}), config)
        is_made = model == PROPHET
        now = explained.forecast if is_made else fit_forecast(history, months, horizon, model, config.models)
        models[model] = {"forecast": now, **assess(history, past, known, now, config)}
    scored = min(each["scored"] for each in models.values())
    shown = best_model({model: each["score"] for model, each in models.items()}, scored, config.scored_least)
    ahead = slice(len(history), None)
    parts = np.stack([explained.trend[ahead], explained.season_ratio[ahead], explained.calendar_ratio[ahead]])
    return {"shown": shown, "models": models, "parts": parts}


def record(
    history: FloatArray,
    months: NDArray[np.datetime64],
    model: str,
    known: NDArray[np.int64],
    issued: Mapping[int, Sequence[float]],
    config: ForecastConfig,
) -> FloatArray:
    """Past forecasts of a model (O, H): as issued where they were, made now from the same origin where not."""
    horizon = config.horizon
    past = np.full((len(known), horizon), np.nan)
    for row, origin in enumerate(map(int, known)):
        if len(issued.get(origin, ())) == horizon:
            past[row] = issued[origin]
        else:
            past[row] = rolling_origin(history, months, horizon, model, [origin], config.models)[0]
    return past


def assess(
    history: FloatArray, past: FloatArray, known: NDArray[np.int64], now: FloatArray, config: ForecastConfig
) -> dict[str, Any]:
    """A model's record, and the intervals its past errors give the forecast made now."""
    horizon, length, least = past.shape[1], len(history), config.intervals.errors_least
    laid = by_target(np.vstack([past, now]), np.append(known, length), length + horizon)
    truth = np.append(history, np.full(horizon, np.nan))
    intervals = calibrate(laid[None], truth[None], config.intervals, alpha=config.miss_rate)
    step = np.arange(horizon)
    lower, upper = (ends[0, step, length + step] for ends in (intervals.lower, intervals.upper))
    errors = past_errors(history, past, known)
    # A step has few errors of its own at first: until it has enough it borrows from its neighbours and nearer ones.
    half = np.fmax.accumulate(half_widths(errors, (config.miss_rate,), least)[:, 0])
    widest = np.nanmax(np.abs(errors), initial=0.0)
    for ends, side in ((lower, -1), (upper, 1)):
        ends[:] = np.where(np.isnan(ends), now + side * half, ends)
        ends[:] = np.where(np.isinf(ends), now + side * widest, ends)
    scores = score_past(history, past, known, config.alphas, least)
    covered = ~intervals.is_miss[0] & ~np.isnan(intervals.lower[0]) & ~np.isnan(laid) & ~np.isnan(truth)
    assessed = ~np.isnan(intervals.lower[0]) & ~np.isnan(laid) & ~np.isnan(truth)
    finite = np.isfinite(scores)
    return {
        "lower": np.maximum(lower, 0.0),
        "upper": np.maximum(upper, 0.0),
        "scored": int(finite.sum()),
        "score": float(scores[finite].mean()) if finite.any() else np.nan,
        "coverage": float(covered.sum() / assessed.sum()) if assessed.any() else np.nan,
    }


def issued_before(lake: Lake, night: date) -> Mapping[str, Issued]:
    """Forecasts that earlier nights stored, by subject."""
    stored = lake.rows("gold.forecast", ["night", "subject_id", "model", "target_start", "horizon", "expected"])
    earlier = stored.filter(pc.less(stored["night"], pa.scalar(night)))
    nights: dict[tuple[date, str, str], list[dict[str, Any]]] = {}
    for row in earlier.sort_by([("night", "ascending"), ("horizon", "ascending")]).to_pylist():
        nights.setdefault((row["night"], row["subject_id"], row["model"]), []).append(row)
    issued: dict[str, dict[str, dict[date, list[float]]]] = {}
    for (_, subject, model), steps in nights.items():
        issued.setdefault(subject, {}).setdefault(model, {})[steps[0]["target_start"]] = [s["expected"] for s in steps]
    return issued


def warm_up() -> None:
    """Begin to import the models, which takes long, beside whatever else starts."""
    for engine in ("prophet", "statsforecast.models"):
        threading.Thread(target=import_module, args=(engine,), daemon=True).start()


def make_forecasts(lake: Lake, alerts: pa.Table, night: date) -> dict[str, pa.Table]:
    """Rows of gold.forecast and gold.score of a night, from its alerts and the months of gold.subject_month.

    The budget of series is small and a fit short (Stan runs as a process of its own), while the models' packages
    take eight seconds to import: the driver is done before Spark's workers have begun.
    """
    config, months = forecast_config(), lake.rows("gold.subject_month", night=night)
    subjects = choose_subjects(alerts, months, most=config.series_most, least=config.history_least)
    issued = issued_before(lake, night)

    def fit(series: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        of_series = issued.get(series["subject_id"], {})
        return rows_of(series, of_series, night, config)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fitted = list(pool.map(fit, series_of(months, subjects)))
    forecasts = [row for rows, _ in fitted for row in rows]
    scores = [row for _, rows in fitted for row in rows]
    return {"gold.forecast": table_of("gold.forecast", forecasts), "gold.score": table_of("gold.score", scores)}


def rows_of(
    series: Mapping[str, Any], issued: Issued, night: date, config: ForecastConfig
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of gold.forecast and of gold.score of one series."""
    start = np.datetime64(series["start"], "M")
    from_start = {
        model: {month_number(first) - month_number(series["start"]): values for first, values in each.items()}
        for model, each in issued.items()
    }
    made = forecast_series(np.array(series["history"]), start, from_start, config)
    first = start + len(series["history"])
    forecasts, scores = [], []
    for model, each in made["models"].items():
        is_shown = model == made["shown"]
        for step in range(config.horizon):
            parts = made["parts"][:, step] if model == PROPHET else (None, None, None)
            forecasts.append(
                {
                    "night": night,
                    "subject_id": series["subject_id"],
                    "hs_code": series["hs_code"],
                    "model": model,
                    "partner_country": series["partner_country"],
                    "horizon": step + 1,
                    "unit": "kg",
                    "is_published": is_shown,
                    "target_start": (first + step).astype("datetime64[D]").astype(date),
                    "expected": float(each["forecast"][step]),
                    "lower": finite(each["lower"][step]),
                    "upper": finite(each["upper"][step]),
                    "trend_part": finite(parts[0]),
                    "season_part": finite(parts[1]),
                    "workday_part": finite(parts[2]),
                }
            )
        scores.append(
            {
                "night": night,
                "subject_id": series["subject_id"],
                "model": model,
                "interval_score": finite(each["score"]),
                "coverage": finite(each["coverage"]),
                "scored_n": each["scored"],
                "is_published": is_shown,
                "reason_codes": [],
            }
        )
    return forecasts, scores


def finite(value: Any) -> float | None:
    """The value as a float; None where there is none."""
    return None if value is None or not np.isfinite(value) else float(value)
