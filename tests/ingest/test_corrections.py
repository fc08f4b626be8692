"""Taking back and reading again, where it could go wrong: deliveries that were stopped, names that are not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jobs.ingest.bronze.journal import Journal
from jobs.ingest.corrections.reload import reload
from jobs.ingest.corrections.withdraw import withdraw
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, ingest, write_trade

MONTHS = [f"{year}.{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
COUNTRIES = ("ID", "MY", "CN")


def newest(lake: Lake) -> date:
    rows = ask_known(
        lake.dataset, "select max(period_start) as newest from seen", TODAY, {"seen": "silver.trade_month"}
    )
    day: date = rows["newest"][0].as_py()
    return day


def test_a_stopped_delivery_of_few_records_stays_stopped_when_it_is_read_again(
    driver_lake: Lake, landing: Path
) -> None:
    usual = [(m, c, "800110", 9_000 + 10 * n, 70_000 + n) for n, m in enumerate(MONTHS) for c in COUNTRIES]
    write_trade(landing, usual, "known_2024-01-16")
    write_trade(landing, [("2024.01", c, "800110", 9, 70) for c in COUNTRIES], "known_2024-02-16")  # tonnes, thousands
    ingest(driver_lake, landing)
    for _ in range(2):
        assert [row["reason_code"] for row in Journal.read(driver_lake).standing()] == ["level_shift"]
        assert newest(driver_lake) == date(2023, 12, 1)
        reload(driver_lake, "kcs_trade_country")


@pytest.mark.parametrize("countries", [COUNTRIES, ("QZ",)], ids=["stopped for its level", "no record is sound"])
def test_a_delivery_of_which_nothing_was_let_in_is_read_again(
    driver_lake: Lake, landing: Path, countries: tuple[str, ...]
) -> None:
    usual = [(m, c, "800110", 9_000 + 10 * n, 70_000 + n) for n, m in enumerate(MONTHS) for c in COUNTRIES]
    write_trade(landing, usual, "known_2024-01-16")
    write_trade(landing, [("2024.01", c, "800110", 9, 70) for c in countries], "known_2024-02-16")
    ingest(driver_lake, landing)
    (load,) = reload(driver_lake, "kcs_trade_country", since=date(2024, 2, 16)).loads
    assert (load["records_out"], load["records_quarantined"]) == (0, len(countries))


def test_what_is_not_there_is_neither_taken_back_nor_read_again(driver_lake: Lake, landing: Path) -> None:
    write_trade(landing, [("2024.01", "ID", "800110", 9, 70)], "known_2024-02-16")
    ingest(driver_lake, landing)
    (load,) = driver_lake.rows("ops.load").to_pylist()
    withdraw(driver_lake, f"{load['delivery_id']}:1", "a slip")
    for call in (
        lambda: withdraw(driver_lake, "nothing.csv", "why"),
        lambda: withdraw(driver_lake, f"{load['delivery_id']}:1", "again"),
        lambda: reload(driver_lake, "gscpi"),
        lambda: reload(driver_lake, "no_source"),
    ):
        with pytest.raises(LookupError):
            call()
    assert driver_lake.rows("ops.withdrawal").num_rows == 1
