"""The Korean calendar of a month: its working days, and how much of it the Lunar New Year closes."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray

_CLOSED = (-2, 15)  # days around Lunar New Year's Day on which eastern Asia's factories stand still
_RUSH = (-21, -3)  # days before it in which they ship ahead


def month_range(last: str, back: int, ahead: int) -> DateArray:
    """The `back` months that end with `last` (YYYY-MM), and the `ahead` months after it."""
    end = np.datetime64(last, "M")
    return np.arange(end - (back - 1), end + (ahead + 1))


def count_working_days(months: DateArray) -> NDArray[np.int64]:
    """Days of each month that are neither weekend nor public holiday in Korea."""
    off = np.array(sorted(_korean_holidays(months)), "datetime64[D]")
    return np.busday_count(months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]"), holidays=off)


def lunar_new_year_effect(months: DateArray) -> NDArray[np.float64]:
    """-1 for a month wholly inside the closing days, positive in the rush before them, 0 away from them."""
    effect = np.zeros(len(months))
    calendar = _korean_holidays(months)
    for day in (d for d, name in calendar.items() if name == "Korean New Year"):
        effect -= _overlap_share(months, day, _CLOSED)
        effect += 0.4 * _overlap_share(months, day, _RUSH)
    return effect


def _korean_holidays(months: DateArray) -> dict[dt.date, str]:
    years = range(int(str(months[0])[:4]), int(str(months[-1])[:4]) + 2)
    return dict(holidays.country_holidays("KR", years=years, language="en_US").items())


def _overlap_share(months: DateArray, day: dt.date, window: tuple[int, int]) -> NDArray[np.float64]:
    """Share of the window's days that falls in each month."""
    days = (np.datetime64(day) + np.arange(window[0], window[1] + 1)).astype("datetime64[M]")
    share: NDArray[np.float64] = (days[None, :] == months[:, None]).mean(axis=1)
    return share
