"""A night's findings put together: what is rejected, what is not watched, and what raises a level how far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.supply_chain.assessment import Assessed, SourceFindings, combine_direction, level_sources
from jobs.domains.supply_chain.night import assess_sources
from tests.builders.trade import MONTHS, coffee, item, items, steady, stopping, tin

Q = 0.10


def assessed(*rows: dict[str, object]) -> tuple[SourceFindings, Assessed]:
    """What a night makes of items of one source."""
    ((source, _),) = assess_sources(items(*rows))
    (assessed,) = level_sources([source], q=Q)
    return source, assessed


def row_of(source: SourceFindings, subject: str) -> int:
    return source.panel.subject.index(subject)


def test_a_supplier_that_stops_is_rejected_and_raised_to_three_or_more() -> None:
    source, evaluated = assessed(tin(stopping(60_000, 1)), coffee())
    stopped = row_of(source, "hs=800110|origin=ID")
    assert evaluated.rejected_down[stopped, -1]
    assert evaluated.level[stopped, -1] >= 3
    others = np.delete(evaluated.level[:, -1], stopped)
    assert (others == 1).all()


def test_quiet_suppliers_stay_at_normal() -> None:
    _, evaluated = assessed(tin(), coffee())
    assert (evaluated.level[:, -1] == 1).all()


def test_a_supplier_of_a_small_share_is_never_rejected_however_clearly_it_stops() -> None:
    source, evaluated = assessed(tin(BO=stopping(9_000, 8, 6)), coffee())
    assert not evaluated.rejected_down[row_of(source, "hs=800110|origin=BO")].any()


@given(factor=st.floats(3, 200), months=st.integers(1, 3))
@settings(max_examples=6, deadline=None)
def test_a_surge_alone_never_passes_two(factor: float, months: int) -> None:
    surging = [*steady(60_000, 1, MONTHS - months), *[60_000.0 * factor] * months]
    source, evaluated = assessed(tin(surging), coffee())
    assert evaluated.level[row_of(source, "hs=800110|origin=ID"), -1] <= 2


def test_the_level_is_the_largest_of_the_last_three_months() -> None:
    _, evaluated = assessed(
        tin([*stopping(60_000, 1)[:-1], 60_000.0]), tin(stopping(60_000, 1, 3)) | {"hs_code": "800120"}
    )
    raw = evaluated.raw
    expected = np.maximum.reduce([raw[:, 2:], raw[:, 1:-1], raw[:, :-2]])
    np.testing.assert_array_equal(evaluated.level[:, 2:], expected)


def test_only_quantity_finds_a_shortage_the_other_families_confirm() -> None:
    ((source, _),) = assess_sources(items(tin(stopping(60_000, 1)), coffee()))
    quantity = [f for f in source.of_series.values() if f.direction == "down"]
    np.testing.assert_array_equal(
        combine_direction(list(source.of_series.values()), "down"), combine_direction(quantity, "down")
    )
    assert {f.detector_id for f in quantity} >= {"SC-DROP", "SC-SHIFT"}


def test_no_source_no_conclusion() -> None:
    assert level_sources([], q=Q) == []


def test_a_source_with_a_short_history_is_not_judged() -> None:
    assert assess_sources(items(item("800110", {"ID": steady(60_000, 1, 10)}))) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_sources_are_one_family_of_tests_in_any_order(order: tuple[int, int, int]) -> None:
    rows = [tin(stopping(60_000, 1, 3)), coffee(), {**coffee(), "source": "kcs_coffee"}]
    sources = [source for source, _ in assess_sources(items(*(rows[place] for place in order)))]
    assert [source.panel.source for source in sources] == ["kcs_coffee", "kcs_trade_country"]
    assert [assessed.level[:, -1].max() >= 3 for assessed in level_sources(sources, q=Q)] == [False, True]
