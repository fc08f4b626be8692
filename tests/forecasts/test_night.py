"""Which series are forecast, on what, and how what was issued before becomes a model's record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from jobs.forecasts import night as forecast
from jobs.forecasts.night import assess, choose_subjects, consecutive, issued_before, make_forecasts, record, series_of
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake
from jobs.stats.forecasting.models import MODELS, SEASONAL_NAIVE, fit_forecast, recent_origins
from tests.builders.configs import FORECAST
from tests.builders.keeping import broken
from tests.builders.trade import FIRST, NIGHT, month_at, steady

MONTHS = FIRST + np.arange(36)
HORIZON = FORECAST.horizon


def history(subject: str, kg: float, length: int = 30, first: int = 0, source: str = "kcs_trade_country") -> list[dict]:
    """Rows of gold.subject_month of one series."""
    hs_code, partner = (part.split("=")[1] for part in subject.split("|"))
    return [
        {
            "night": NIGHT,
            "subject_id": subject,
            "source": source,
            "is_watched": True,
            "hs_code": hs_code,
            "partner_country": partner,
            "period_start": month_at(first + place),
            "net_mass_kg": Decimal(int(mass)),
            "value_usd": Decimal(int(3 * mass)),
        }
        for place, mass in enumerate(steady(kg, 1, length))
    ]


def months(*series: list[dict]) -> pa.Table:
    """Rows of gold.subject_month."""
    return table_of("gold.subject_month", [row for rows in series for row in rows])


def alerts(*subjects: str) -> pa.Table:
    """Alerts in the order of their ranks."""
    return pa.table({"subject_id": list(subjects), "rank": list(range(1, len(subjects) + 1))})


TIN, COFFEE, SHORT = "hs=800110|origin=ID", "hs=090111|origin=VN", "hs=250410|origin=CN"


def test_alerts_come_first_then_the_watch_list_by_value() -> None:
    stored = months(history(TIN, 9_000), history(COFFEE, 90_000), history(SHORT, 5_000, 10))
    assert choose_subjects(alerts(TIN), stored, most=5, least=18) == [TIN, COFFEE]
    assert choose_subjects(alerts(), stored, most=1, least=18) == [COFFEE]


def test_a_series_too_short_to_forecast_is_left_out_even_behind_an_alert() -> None:
    assert choose_subjects(alerts(SHORT), months(history(SHORT, 5_000, 10)), most=5, least=18) == []


def test_only_months_after_the_last_gap_are_a_history() -> None:
    rows = history(TIN, 9_000)
    assert consecutive(rows[:10] + rows[12:]) == rows[12:]


def test_of_two_sources_the_longer_history_is_taken() -> None:
    stored = months(history(TIN, 9_000, 20), history(TIN, 5_000, 30, source="kcs_coffee"))
    (series,) = series_of(stored, [TIN])
    assert len(series["history"]) == 30


def test_what_was_issued_is_the_record_and_the_rest_is_made_from_the_same_origin() -> None:
    y = np.array(steady(9_000, 2, 36))
    origins = recent_origins(36, 3, 12)
    issued = {int(origins[1]): [1.0] * HORIZON}
    past = record(y, MONTHS, SEASONAL_NAIVE, origins, issued, FORECAST)
    np.testing.assert_array_equal(past[1], np.ones(HORIZON))
    seen = slice(origins[0])
    again = fit_forecast(y[seen], MONTHS[seen], HORIZON, SEASONAL_NAIVE, FORECAST.models)
    np.testing.assert_array_equal(past[0], again)


def test_every_step_has_an_interval_as_wide_as_past_errors_were() -> None:
    y, origins = np.array(steady(9_000, 2, 36)), recent_origins(36, 6, 12)
    now = np.full(HORIZON, 9_000.0)
    sure, unsure = (assess(y, np.full((6, HORIZON), level), origins, now, FORECAST) for level in (9_000.0, 20_000.0))
    assert ((unsure["upper"] - unsure["lower"]) > (sure["upper"] - sure["lower"])).all()
    assert sure["score"] < unsure["score"]
    assert (sure["lower"] >= 0).all()


def test_a_record_never_holds_forecasts_of_the_night_itself_or_of_later_ones(driver_lake: Lake) -> None:
    row = {
        "subject_id": TIN,
        "hs_code": "800110",
        "partner_country": "ID",
        "model": "prophet",
        "target_start": month_at(40),
        "horizon": 1,
        "unit": "kg",
        "is_published": True,
    }
    for night, kg in ((date(2024, 3, 31), 1.0), (NIGHT, 2.0), (date(2024, 5, 31), 3.0)):
        driver_lake.replace_night_rows(
            "gold.forecast", table_of("gold.forecast", [{**row, "night": night, "expected": kg}]), night
        )
    assert issued_before(driver_lake, NIGHT) == {TIN: {"prophet": {month_at(40): [1.0]}}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """Forecasts of one series by all models."""
    lake = Lake(None, str(tmp_path_factory.mktemp("lake")), "run-1")  # type: ignore[arg-type]
    return make_forecasts(lake, alerts(TIN), months(history(TIN, 9_000)), NIGHT)


def test_every_model_forecasts_and_exactly_one_is_shown(made: dict[str, pa.Table]) -> None:
    for name, rows_each in (("gold.forecast", HORIZON), ("gold.score", 1)):
        rows = made[name].to_pylist()
        assert broken(name, rows) <= {"run_id is empty"}
        assert {row["model"] for row in rows} == set(MODELS)
        assert sum(row["is_published"] for row in rows) == rows_each


def test_forecasts_begin_with_the_first_unknown_month_and_lie_in_their_intervals(made: dict[str, pa.Table]) -> None:
    rows = made["gold.forecast"].to_pylist()
    assert min(row["target_start"] for row in rows) == month_at(30)
    assert all(row["lower"] <= row["expected"] <= row["upper"] for row in rows)


def test_no_series_no_forecast(driver_lake: Lake) -> None:
    assert [len(table) for table in make_forecasts(driver_lake, alerts(), months(), NIGHT).values()] == [0, 0]


def test_the_parts_of_the_explained_model_are_kept(made: dict[str, pa.Table]) -> None:
    explained = [
        row["trend_part"] is not None for row in made["gold.forecast"].to_pylist() if row["model"] == forecast.PROPHET
    ]
    assert explained == [True] * HORIZON
