"""Korean working days and Lunar New Year by month, against the published calendar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.stats.workdays import calendar_covariates, count_workdays, share_lunar_new_year


@pytest.mark.parametrize(
    ("month", "days"),
    [("2023-09", 19), ("2024-02", 19), ("2025-01", 18), ("2025-10", 18)],
)
def test_working_days_leave_out_public_and_substitute_holidays(month: str, days: int) -> None:
    """2025-01 has the temporary holiday of the 27th and Seollal; 2025-10 Chuseok of seven days."""
    assert count_workdays(np.array([month], dtype="datetime64[M]"))[0] == days


def test_seollal_of_2022_straddles_two_months() -> None:
    months = np.array(["2022-01", "2022-02", "2022-03"], dtype="datetime64[M]")
    assert share_lunar_new_year(months) == pytest.approx([1 / 3, 2 / 3, 0.0])


@given(st.integers(1800, 2199), st.integers(1, 400))
def test_any_month_that_a_contract_allows_has_a_calendar(year: int, length: int) -> None:
    """A year beyond the table of holidays has its weekdays."""
    months = np.datetime64(f"{year}-01", "M") + np.arange(length)
    covariates = calendar_covariates(months)
    assert np.isfinite(covariates).all()
    assert (count_workdays(months) >= 14).all()
    assert ((covariates[:, 1] >= 0) & (covariates[:, 1] <= 1)).all()
