"""What was known when: first loads, revisions, withdrawals, contradictions."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs.lake.delta import Lake
from tests.builders.landing import ingest, write_file, write_straits, write_trade

pytestmark = pytest.mark.spark
FEBRUARY, MARCH = ("2024.02", "ID", "800110", 140_000, 700), ("2024.03", "ID", "800110", 20_000, 100)


def known(lake: Lake, night: date) -> dict[date, float]:
    """Mass by month as known on the night, in kg."""
    rows = lake.as_of("silver.trade_month", night).toArrow().to_pylist()
    return {row["period_start"]: float(row["net_mass_kg"]) for row in rows}


def seoul(day: date) -> datetime:
    """Midnight in Seoul, nine hours before that in UTC."""
    return datetime.combine(day, time(), ZoneInfo("Asia/Seoul"))


def test_a_first_load_is_known_from_the_publication_rule_and_says_so(lake: Lake, landing: Path) -> None:
    write_trade(landing, [FEBRUARY, MARCH])
    ingest(lake, landing, date(2024, 6, 20))
    rows = {row["period_start"]: row for row in lake.rows("silver.trade_month").to_pylist()}
    assert rows[date(2024, 3, 1)]["known_at"] == seoul(date(2024, 4, 15))
    assert rows[date(2024, 3, 1)]["quality_flags"] == ["known_at_assumed"]
    assert known(lake, date(2024, 4, 14)) == {date(2024, 2, 1): 140_000}
    assert known(lake, date(2024, 4, 15)) == {date(2024, 2, 1): 140_000, date(2024, 3, 1): 20_000}


def test_a_first_load_ahead_of_the_rule_is_known_when_it_arrived(lake: Lake, landing: Path) -> None:
    write_trade(landing, [MARCH])
    ingest(lake, landing, date(2024, 4, 10))
    (row,) = lake.rows("silver.trade_month").to_pylist()
    assert (row["known_at"], row["quality_flags"]) == (seoul(date(2024, 4, 10)), [])


def test_revisions_withdrawals_restatements_and_late_keys(lake: Lake, landing: Path) -> None:
    """Four deliveries, each with its own date; two of them are loaded together."""
    write_trade(landing, [FEBRUARY, MARCH], "known_2024-04-15")
    ingest(lake, landing)
    late = ("2024.01", "MY", "800110", 5_000, 30)
    write_trade(landing, [FEBRUARY, (*MARCH[:3], 25_000, 120), late], "known_2024-05-15")
    write_trade(landing, [(*MARCH[:3], 0, 0)], "known_2024-06-15")
    counts = ingest(lake, landing)["silver.trade_month"]
    assert counts == {"in": 4, "out": 3, "unchanged": 1, "quarantined": 0, "rejected": 0}
    february, march, january = date(2024, 2, 1), date(2024, 3, 1), date(2024, 1, 1)
    assert known(lake, date(2024, 5, 14)) == {february: 140_000, march: 20_000}
    assert known(lake, date(2024, 5, 15)) == {february: 140_000, march: 25_000, january: 5_000}
    assert known(lake, date(2024, 6, 15)) == {february: 140_000, march: 0, january: 5_000}


def test_of_two_figures_known_at_one_time_the_first_stays_and_the_other_is_set_aside(lake: Lake, landing: Path) -> None:
    write_trade(landing, [MARCH], "known_2024-04-15")
    ingest(lake, landing)
    write_trade(landing, [(*MARCH[:3], 99_000, 100)], "again_known_2024-04-15")
    assert ingest(lake, landing)["silver.trade_month"]["quarantined"] == 1
    assert known(lake, date(2024, 6, 20)) == {date(2024, 3, 1): 20_000}
    (row,) = lake.rows("ops.quarantine").to_pylist()
    assert row["reason_codes"] == ["conflicting_vintage"]


def test_a_record_set_aside_hides_nothing_of_a_later_one(lake: Lake, landing: Path) -> None:
    """The second record contradicts the first in its imports; what it says of exports must not count as known."""

    def state(name: str, imported: int, exported: int) -> None:
        row = ("2024.03", "ID", "국가", "품목", "800110", imported, 10, exported, exported, exported - 10)
        write_file(landing, "kcs_trade_country", [row], name)

    state("1_known_2024-04-15", 20_000, 0)
    state("2_known_2024-04-15", 30_000, 7)
    state("3_known_2024-05-15", 20_000, 7)
    ingest(lake, landing)
    exports = [row for row in lake.rows("silver.trade_month").to_pylist() if row["flow"] == "X"]
    assert [(row["known_at"], float(row["net_mass_kg"])) for row in exports] == [(seoul(date(2024, 5, 15)), 7)]


def test_sources_and_tables_do_not_disturb_each_other(lake: Lake, landing: Path) -> None:
    write_straits(landing, [("2024-06-01", 50), ("2024-06-02", 0)])
    write_file(
        landing, "pinksheet", [("2024-04", "1.5", "..."), ("2024-05", "...", "")], header=["period", "Tin", "Zinc **"]
    )
    counts = ingest(lake, landing)
    assert {name: (each["in"], each["out"]) for name, each in counts.items()} == {
        "silver.strait_day": (2, 2),
        "silver.commodity_price_month": (2, 1),
    }
    (price,) = lake.rows("silver.commodity_price_month").to_pylist()
    assert (price["series_name"], float(price["price"])) == ("Tin", 1.5)
    assert ingest(lake, landing) == {}
