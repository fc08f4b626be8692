"""Customs rates: the mean of the week before."""

from __future__ import annotations

from datetime import date

import pytest
from currency_converter import CurrencyConverter

from jobs.ingest.silver.rules.exchange import weekly_rates


@pytest.fixture(scope="module")
def rates() -> dict[tuple[str, date], float]:
    return {(row["_currency"], row["_week"]): row["_rate"] for row in weekly_rates().to_pylist()}


def test_a_week_has_the_mean_of_the_week_before(rates: dict[tuple[str, date], float]) -> None:
    days = [date(2024, 5, n) for n in (6, 7, 8, 9, 10)]
    quoted = [CurrencyConverter().convert(1, "USD", "KRW", day) for day in days]
    assert rates["USD", date(2024, 5, 13)] == pytest.approx(sum(quoted) / 5)


def test_the_won_is_worth_a_won(rates: dict[tuple[str, date], float]) -> None:
    assert {round(rate, 12) for (currency, _), rate in rates.items() if currency == "KRW"} == {1.0}


def test_a_currency_that_is_no_longer_quoted_has_no_rate(rates: dict[tuple[str, date], float]) -> None:
    assert ("RUB", date(2022, 2, 28)) in rates
    assert ("RUB", date(2023, 1, 2)) not in rates
