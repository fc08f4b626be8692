"""The night, the back-test of real series and the simulated worlds read their panels by one builder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from jobs import contracts
from jobs.domains.supply_chain.backtest.facts import read_panel
from jobs.domains.supply_chain.backtest.quiet_tables import panel_of_world
from jobs.domains.supply_chain.backtest.worlds import WorldShape, simulate_world
from jobs.domains.supply_chain.facts.items import gather_items
from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.domains.supply_chain.night import known_items
from jobs.lake.delta import Lake
from tests.builders.landing import ingest, write_trade

SOURCE, NIGHT = "kcs_trade_country", date(2024, 6, 20)


def assert_same(one: Panel, other: Panel) -> None:
    for name in ("source", "months", "item", "hs_code", "origin", "record", "mass", "value", "exports", "total"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.spark
def test_the_backtest_reads_the_panel_of_the_night(lake: Lake, landing: Path) -> None:
    rows = [
        (f"2024.{month:02d}", country, hs, kg * month, usd)
        for month in range(1, 6)
        for country, hs, kg, usd in (("ID", "800110", 900, 2000), ("MY", "800110", 70, 150), ("VN", "090111", 5, 9))
        if not (country == "MY" and month == 3)
    ]
    write_trade(landing, rows)
    ingest(lake, landing)
    items = known_items(lake, NIGHT)
    night = build_panel(items.filter(pc.equal(items["source"], SOURCE)))
    panel, known = read_panel(lake.dataset, SOURCE, night=NIGHT)
    assert len(panel.mass) == 3
    assert known <= NIGHT
    assert_same(panel, night)


def test_a_source_older_than_its_promise_is_left_out(driver_lake: Lake) -> None:
    promises = {each.source: each.freshness_days for each in contracts.landings()}
    assert len(gather_items(driver_lake.dataset, NIGHT, promises)) == 0


def test_a_simulated_world_is_a_panel_of_the_same_builder() -> None:
    world, panel = (
        simulate_world(21, WorldShape(items=12, origins=4)),
        panel_of_world(21, WorldShape(items=12, origins=4)),
    )
    row = [int(origin) for origin in panel.origin]
    assert sorted(row) == list(range(len(world.item)))
    np.testing.assert_array_equal(panel.mass, world.mass[row])
    np.testing.assert_array_equal(panel.value, world.value[row])
    np.testing.assert_array_equal(panel.item, world.item[row])
    np.testing.assert_array_equal(panel.months, world.months)
