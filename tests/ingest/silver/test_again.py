"""What a late delivery overtakes is compared again: what passes follows from the days of deliveries, in any order."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jobs import contracts
from jobs.ingest.silver.again import overtaken
from jobs.ingest.silver.stopped import stopped_deliveries
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, ingest, write_trade

TRADE = "silver.trade_month"
# By the day that they state, deliveries of a year and of two months twice, each at a level of its own.
MONTHS = {
    "2023-01-15": [f"2022.{n:02d}" for n in range(1, 13)],
    "2023-03-15": ["2023.01", "2023.02"],
    "2023-05-15": ["2023.03", "2023.04"],
}


def deliver(folder: Path, day: str, level: int) -> None:
    """Imports of forty series, in kilograms times a level."""
    trades = [
        (month, country, f"80{code:04d}", level * (900 + 7 * code + int(month[-2:])), 10 * level)
        for month in MONTHS[day]
        for country in ("ID", "MY", "PE", "BO", "CN")
        for code in range(8)
    ]
    write_trade(folder, trades, f"known_{day}")


def after(root: Path, levels: dict[str, int], order: tuple[str, ...]) -> dict[str, Any]:
    """What the lake holds after one delivery a night."""
    lake = Lake(None, str(root / "lake"), "run")
    for n, day in enumerate(order):
        deliver(root / "landing", day, levels[day])
        ingest(lake, root / "landing", TODAY + timedelta(days=n))
    loads = {row["delivery_id"]: str(row["arrived_on"]) for row in lake.rows("ops.load").to_pylist()}
    with duckdb.connect() as engine:
        lake.show(engine, "stored", TRADE)
        kept = [c for c in contracts.table(TRADE).column_names if c not in ("ingested_at", "recorded_at")]
        rows = engine.sql(f"select {', '.join(kept)} from ({current_sql(contracts.table(TRADE), 'stored')})").fetchall()
    return {"stopped": sorted(loads[each] for _, each in stopped_deliveries(lake)), "rows": sorted(map(repr, rows))}


@pytest.mark.parametrize(
    ("levels", "stopped"),
    [
        ((1, 1000, 1), ["2023-03-15"]),
        ((1000, 1, 1), ["2023-03-15", "2023-05-15"]),
        ((1, 1000, 1000), ["2023-03-15", "2023-05-15"]),
        ((1, 1, 1), []),
    ],
)
def test_all_orders_stop_the_same(tmp_path: Path, levels: tuple[int, ...], stopped: list[str]) -> None:
    of_day = dict(zip(MONTHS, levels, strict=True))
    ends = [after(tmp_path / str(n), of_day, order) for n, order in enumerate(permutations(MONTHS))]
    assert [end["stopped"] for end in ends] == [stopped] * len(ends)
    assert all(end["rows"] == ends[0]["rows"] for end in ends)


def test_only_what_was_loaded_before_an_earlier_day_is_overtaken() -> None:
    def row(day: int, loaded: int) -> dict[str, Any]:
        return {"delivery_id": f"{day}", "arrived_on": day, "ingested_at": loaded, "recorded_at": loaded}

    assert overtaken([row(1, 10), row(2, 11), row(3, 12)]) == set()
    assert overtaken([row(3, 10), row(1, 11), row(2, 12), row(4, 9)]) == {"3", "4"}
