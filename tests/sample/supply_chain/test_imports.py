"""The uncut world behaves as trade does: concentrated, lumpy, seasonal, and bound to the calendar."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.sample.parameters import SIZES
from jobs.sample.supply_chain.layout import lay_out
from jobs.sample.supply_chain.working_days import count_working_days, lunar_new_year_effect, month_range
from jobs.sample.supply_chain.world import World, build_world


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(5, SIZES["medium"])


def test_shares_of_an_item_add_up_and_many_have_a_dominant_supplier() -> None:
    layout = lay_out(5, SIZES["medium"])
    np.testing.assert_allclose(layout.sum_by_item(layout.share), 1.0)
    top = [layout.share[layout.series_of(item)].max() for item in range(len(layout.items))]
    assert 0.4 < np.mean(np.array(top) >= 0.5) < 0.8


def test_codes_and_countries_of_an_item_are_different() -> None:
    layout = lay_out(5, SIZES["medium"])
    pairs = list(zip(layout.hs6, layout.country, strict=True))
    assert len(pairs) == len(set(pairs))
    assert len({item.hs6 for item in layout.items}) == len(layout.items)


def test_expected_mass_is_the_mean_of_what_comes(world: World) -> None:
    main = world.layout.share > 0.15
    ratio = world.uncut[main].sum(axis=1) / world.expected[main].sum(axis=1)
    assert np.median(ratio) == pytest.approx(1.0, abs=0.05)


def test_main_suppliers_ship_more_often_than_small_ones(world: World) -> None:
    share = world.layout.share
    nonempty = (world.uncut > 0).mean(axis=1)
    assert nonempty[share > 0.3].mean() > 0.8
    assert nonempty[(share > 0) & (share < 0.01)].mean() < 0.5


def test_seasons_repeat(world: World) -> None:
    main = world.layout.share > 0.3
    log = np.log(world.expected[main][:, :72])
    change = log - log.mean(axis=1, keepdims=True)
    same_month = (change[:, :-12] * change[:, 12:]).mean()
    half_a_year_off = (change[:, :-6] * change[:, 6:]).mean()
    assert same_month > half_a_year_off


def test_lunar_new_year_closes_its_month() -> None:
    months = month_range("2025-12", 36, 0)
    effect = dict(zip(months.astype(str), lunar_new_year_effect(months), strict=True))
    assert effect["2024-02"] < -0.5  # New Year's Day on 10 February 2024
    assert effect["2025-02"] < 0 < effect["2024-01"]  # 29 January 2025
    assert effect["2024-07"] == 0


def test_working_days_leave_out_weekends_and_holidays() -> None:
    months = month_range("2024-12", 12, 0)
    days = dict(zip(months.astype(str), count_working_days(months), strict=True))
    assert days["2024-02"] == 19  # 21 weekdays less Lunar New Year's Friday and its substitute Monday
    assert days["2024-07"] == 23
