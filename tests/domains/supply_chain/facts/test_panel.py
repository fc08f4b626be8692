"""Items become arrays in which unknown, empty and missing are three things, and only the months before a month
count.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.supply_chain.facts.panel import Panel, Standing, assess_standing, build_panel, median_before
from tests.builders.configs import CONFIG
from tests.builders.trade import MONTHS, coffee, item, items, steady, tin


def series(panel: Panel, subject: str) -> np.ndarray:
    """Monthly mass of one subject."""
    return panel.mass[panel.subject.index(subject)]


def standing_of(row: dict[str, object], subject: str) -> tuple[Standing, int]:
    """Standing of a one-item panel and the row of a subject in it."""
    panel = build_panel(items(row))
    return assess_standing(panel, CONFIG.eligibility, CONFIG.vulnerability), panel.subject.index(subject)


def test_a_month_without_any_row_of_an_item_is_unknown_not_empty() -> None:
    gap = [None if place == 30 else 50_000.0 for place in range(MONTHS)]
    panel = build_panel(items(item("800110", {"ID": gap, "MY": gap}), coffee()))
    assert np.isnan(series(panel, "hs=800110|origin=ID")[30])
    assert np.isfinite(series(panel, "hs=090111|origin=VN")[30])


def test_an_origin_without_a_row_in_a_known_month_brought_nothing() -> None:
    sparse = [None if place % 2 else 50_000.0 for place in range(MONTHS)]
    panel = build_panel(items(tin(BO=sparse)))
    assert set(series(panel, "hs=800110|origin=BO")) == {0.0, 50_000.0}


def test_months_newer_than_the_source_are_left_out() -> None:
    newer = steady(100_000, 9, MONTHS + 2)
    panel = build_panel(items(item("800110", {"ID": steady(60_000, 1)}, total=newer)))
    assert len(panel.months) == MONTHS


def test_each_cell_names_its_record() -> None:
    panel = build_panel(items(tin()))
    assert panel.record[panel.subject.index("hs=800110|origin=MY"), -1] == "I-MY-2024-03"


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_an_items_cells_does_not_matter(random) -> None:  # type: ignore[no-untyped-def]
    row = tin(BO=[None, *steady(9_000, 8, MONTHS - 1)])
    shuffled = {**row, "cells": random.sample(row["cells"], len(row["cells"]))}
    one, other = (build_panel(items(each)) for each in (row, shuffled))
    np.testing.assert_array_equal(one.mass, other.mass)
    np.testing.assert_array_equal(one.record, other.record)
    assert one.subject == other.subject


@pytest.mark.parametrize(("kg", "is_watched"), [(4_000, False), (60_000, True)])
def test_a_supplier_of_under_five_tonnes_a_month_is_not_watched(kg: float, is_watched: bool) -> None:
    standing, row = standing_of(item("800110", {"ID": steady(kg, 1), "MY": steady(kg, 2)}), "hs=800110|origin=ID")
    assert standing.is_watched[row, -1] == is_watched


@pytest.mark.parametrize(("kg", "is_watched"), [(15_000, False), (40_000, True)])
def test_a_supplier_of_under_a_fifth_of_the_item_is_not_watched(kg: float, is_watched: bool) -> None:
    row = item("800110", {"ID": steady(100_000, 1), "PE": steady(kg, 2)})
    standing, place = standing_of(row, "hs=800110|origin=PE")
    assert standing.is_watched[place, -1] == is_watched


@pytest.mark.parametrize(("on_file", "least"), [(0.93, 0), (0.97, 2)])
def test_vulnerability_is_unknown_where_countries_cover_under_95_percent(on_file: float, least: int) -> None:
    standing, _ = standing_of(
        item("800110", {"ID": [on_file * 1e5] * MONTHS}, total=[1e5] * MONTHS), "hs=800110|origin=ID"
    )
    assert standing.vulnerability.at_least[0, -1] == least


def test_standing_looks_only_at_the_months_before() -> None:
    usual, crashed = steady(60_000, 1), [*steady(60_000, 1)[:-1], 0.0]
    before, after = (standing_of(tin(each), "hs=800110|origin=ID") for each in (usual, crashed))
    np.testing.assert_array_equal(before[0].share, after[0].share)


def test_the_median_needs_twelve_known_months() -> None:
    mass = np.full((1, 15), 7.0)
    mass[0, 1] = np.nan
    np.testing.assert_array_equal(np.isnan(median_before(mass, 12)[0]), [True] * 14 + [False])
