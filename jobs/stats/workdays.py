"""Korean working days of a month, and where Lunar New Year falls: what no harmonic can follow.

Chuseok and Seollal move between calendar months, so a month can lose five of its twenty working days one
year and none the next. Both are known years ahead and enter the monthly models as covariates.
"""

from __future__ import annotations

from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray

MEAN_WORKDAYS = 20.6  # Korean Monday-to-Friday days a month less public holidays, mean of 2018 to 2026


@lru_cache(maxsize=64)
def _holidays_of_year(year: int) -> dict[np.datetime64, str]:
    calendar = holidays.country_holidays("KR", years=year, language="en_US")
    return {np.datetime64(day, "D"): name for day, name in calendar.items()}


def count_workdays(months: NDArray[np.datetime64]) -> FloatArray:
    """Korean working days of each month, shape (T,): Monday to Friday less public and substitute holidays.

    >>> count_workdays(np.array(["2024-02", "2024-03"], dtype="datetime64[M]")).tolist()
    [19.0, 20.0]
    """
    first = months.astype("datetime64[M]")
    years = {int(y) + 1970 for y in first.astype("datetime64[Y]").astype(int)}
    closed = sorted(day for year in years for day in _holidays_of_year(year))
    start, end = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")
    return np.busday_count(start, end, holidays=np.array(closed, dtype="datetime64[D]")).astype(float)


def share_lunar_new_year(months: NDArray[np.datetime64]) -> FloatArray:
    """Share of the three Seollal days (the day, its eve and the day after) in each month, shape (T,)."""
    first = months.astype("datetime64[M]")
    share = np.zeros(len(first))
    for year in {int(y) + 1970 for y in first.astype("datetime64[Y]").astype(int)}:
        for day in _seollal(year):
            share += (first == day.astype("datetime64[M]")) / 3.0
    return share


def _seollal(year: int) -> NDArray[np.datetime64]:
    """The three days; none in a year that the package `holidays` does not reach (before 1985, after 2100)."""
    named = [day for day, name in _holidays_of_year(year).items() if "Korean New Year" in name.split("; ")]
    return min(named) + np.arange(-1, 2) if named else np.empty(0, dtype="datetime64[D]")


def calendar_covariates(months: NDArray[np.datetime64]) -> FloatArray:
    """Covariates of each month, shape (T, 2): log working days against their mean, and the Seollal share."""
    return np.column_stack([np.log(count_workdays(months) / MEAN_WORKDAYS), share_lunar_new_year(months)])
