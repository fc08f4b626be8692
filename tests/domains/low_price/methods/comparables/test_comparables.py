"""The ladder, the window, the lowest accepted price and the nearest twenty, against plain loops and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domains.low_price.methods.comparables.comparables import Comparables, ComparablesRule, find_comparables
from jobs.domains.low_price.methods.comparables.ladder import IDENTICAL, NONE, SIMILAR, SURVEY, WIDER
from jobs.domains.low_price.methods.comparables.windows import DayIndex, Window, lowest_of_others, number_keys
from jobs.domains.low_price.methods.lots import Lots
from tests.builders.configs import LOW_PRICE
from tests.builders.lots import DAY, make_lots, random_lots

NIGHTLY, REVIEW = LOW_PRICE.comparables, LOW_PRICE.exculpation.vouching

# Specifications 0 and 1 differ in packaging, 2 is another grade; what is lower-grade is not similar.
KIND_OF = np.array([0, 0, 1, 2])


def find(pool: Lots, window: Window = REVIEW, **assessed: object) -> Comparables:
    return find_comparables(make_lots(**({"importer": 0} | assessed)), pool, KIND_OF, replace(NIGHTLY, window=window))


@pytest.mark.parametrize(
    ("other", "rung", "article"),
    [
        ({}, IDENTICAL, 2),
        ({"specification": 1}, SIMILAR, 3),
        ({"specification": 1, "origin": 1}, WIDER, 7),
        ({"origin": 1}, WIDER, 7),
        ({"specification": 2}, NONE, 0),
        ({"state": 1}, NONE, 0),
        ({"product": 1}, NONE, 0),
        ({"origin": 1, "region": 1}, NONE, 0),
        ({"trade_level": 1}, NONE, 0),
        ({"trade_level": -1}, NONE, 0),
        ({"importer": 0}, NONE, 0),
        ({"importer": 5, "importer_group": 0}, NONE, 0),
        ({"importer": -1}, NONE, 0),
        ({"is_accepted": False}, NONE, 0),
        ({"is_disputed": True}, NONE, 0),
        ({"price": 0.0}, NONE, 0),
        ({"net_mass_kg": 0.0}, NONE, 0),
        ({"shipped": DAY - 30}, IDENTICAL, 2),
        ({"shipped": DAY - 31}, NONE, 0),
        ({"shipped": DAY + 30}, IDENTICAL, 2),
        ({"shipped": DAY + 31}, NONE, 0),
        ({"shipped": -1}, NONE, 0),
    ],
)
def test_one_lot_is_a_comparable_on_its_rung_or_not_at_all(other: dict[str, object], rung: int, article: int) -> None:
    result = find(make_lots(**other))
    assert (result.rung[0], result.article[0], result.count[0]) == (rung, article, int(rung != NONE))


def test_the_nightly_window_sees_the_previous_thirty_days_only() -> None:
    assert find(make_lots(shipped=[DAY - 30, DAY, DAY + 1]), NIGHTLY.window).count[0] == 2


def test_no_window_reaches_over_ninety_days() -> None:
    with pytest.raises(ValueError, match="0 to 90"):
        Window(91, 0)


def test_what_the_judged_lot_does_not_state_matches_nothing() -> None:
    assert find(make_lots(specification=-1), specification=-1).rung[0] == NONE
    assert find(make_lots(), shipped=-1).rung[0] == NONE


def test_a_lot_is_no_comparable_of_itself() -> None:
    lots = make_lots(importer=[0, -1], price=[1.0, 1.0])
    assert find_comparables(lots, lots, KIND_OF, replace(NIGHTLY, window=REVIEW)).count.tolist() == [0, 1]


def test_the_best_rung_counts_even_where_a_worse_one_is_cheaper() -> None:
    result = find(make_lots(specification=[0, 1, 1], price=[2.0, 1.0, 1.5]))
    assert (result.rung[0], result.count[0], result.lowest[0], result.lowest_lot[0]) == (IDENTICAL, 1, 2.0, 0)
    assert result.lot_rung[result.of(0)].tolist() == [IDENTICAL, SIMILAR, SIMILAR]


def test_the_lowest_price_is_that_at_the_judged_lots_freight() -> None:
    """1.00 with .30 freight is the cheaper goods, but for .80 with .02 freight none is."""
    result = find(make_lots(price=[1.00, 0.80, 0.95], freight=[0.30, 0.02, 0.10]), freight=0.10, price=0.5)
    assert result.lowest[0] == pytest.approx(0.80)
    assert result.lowest_lot[0] == 0
    assert sorted(result.lot_price.round(2)) == [0.80, 0.88, 0.95]


def test_what_is_not_stated_is_not_adjusted() -> None:
    pool = make_lots(price=[1.00, 0.90], freight=[0.30, np.nan])
    assert find(pool, freight=0.10).lowest[0] == pytest.approx(0.80)
    assert find(pool, freight=0.25).lowest[0] == pytest.approx(0.90)
    assert find(pool).lowest[0] == pytest.approx(0.90)
    impossible = make_lots(price=1.00, freight=1.20)
    assert find(impossible, freight=0.10).lowest[0] == pytest.approx(1.00)


def test_the_nearest_come_by_rung_then_days_then_mass() -> None:
    pool = make_lots(
        specification=[0, 0, 0, 1, 0],
        shipped=[DAY - 5, DAY - 2, DAY + 2, DAY, DAY - 9],
        net_mass_kg=[1000, 4000, 1100, 1000, 1000],
    )
    assert find(pool).lot.tolist() == [2, 1, 0, 4, 3]


def test_a_full_list_keeps_twenty_and_the_exact_count() -> None:
    result = find(make_lots(shipped=DAY - np.arange(30), price=np.linspace(1, 2, 30)[::-1]))
    assert result.lot.tolist() == list(range(20))
    assert (result.count[0], result.lowest_lot[0]) == (30, 29)


def test_a_survey_price_is_the_last_rung_and_no_accepted_price() -> None:
    result = find_comparables(
        make_lots(2), make_lots(product=1), KIND_OF, NIGHTLY, survey_price=np.array([3.4, np.nan])
    )
    assert result.rung.tolist() == [SURVEY, NONE]
    assert np.isnan(result.lowest).all()


def test_an_empty_pool_has_no_comparables() -> None:
    assert find(make_lots(0)).offsets.tolist() == [0, 0]


def by_hand(assessed: Lots, pool: Lots, i: int, window: Window) -> tuple[int, int, float, list[tuple[int, int]]]:
    """Rung, count, lowest and (rung, days) of the list, by reading the rules one lot after another."""
    rungs: dict[int, list[tuple[int, int, float]]] = {IDENTICAL: [], SIMILAR: [], WIDER: []}
    for j in range(len(pool)):
        days = int(pool.shipped[j] - assessed.shipped[i])
        spec, other = int(assessed.specification[i]), int(pool.specification[j])
        if not pool.is_accepted[j] or pool.is_disputed[j] or min(assessed.shipped[i], pool.shipped[j], spec, other) < 0:
            continue
        if pool.importer_group[j] in (-1, assessed.importer_group[i]) or not -window.before <= days <= window.after:
            continue
        if assessed.product[i] != pool.product[j] or assessed.trade_level[i] != pool.trade_level[j]:
            continue
        if assessed.trade_level[i] < 0 or KIND_OF[spec] != KIND_OF[other] or assessed.region[i] != pool.region[j]:
            continue
        rung = IDENTICAL if spec == other else SIMILAR
        rung = rung if assessed.origin[i] == pool.origin[j] else WIDER
        change = assessed.freight[i] - pool.freight[j]
        price = float(pool.price[j]) + (0.0 if np.isnan(change) else float(change))
        rungs[rung].append((abs(days), j, price))
    # Each rung holds those above it: the best that is not empty counts.
    best = next((rung for rung, lots in rungs.items() if lots), NONE)
    lots = rungs.get(best, [])
    listed = [(rung, days) for rung, members in rungs.items() for days, *_ in sorted(members)][:5]
    return best, len(lots), min((price for *_, price in lots), default=np.nan), listed


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size=st.integers(1, 150),
    window=st.sampled_from([NIGHTLY.window, REVIEW, Window(7, 3)]),
    pairs=st.sampled_from([1, 40, 10_000]),
)
def test_arrays_and_loops_agree_whatever_the_chunks(seed: int, size: int, window: Window, pairs: int) -> None:
    rng = np.random.default_rng(seed)
    assessed, pool = random_lots(20, rng), random_lots(size, rng)
    result = find_comparables(assessed, pool, KIND_OF, ComparablesRule(window=window, nearest=5), pairs=pairs)
    for i in range(len(assessed)):
        rung, count, lowest, listed = by_hand(assessed, pool, i, window)
        part = result.of(i)
        assert (result.rung[i], result.count[i]) == (rung, count)
        assert result.lowest[i] == pytest.approx(lowest, nan_ok=True)
        assert list(zip(result.lot_rung[part], result.lot_days[part], strict=True)) == listed
        if rung != NONE:
            lowest_lot = pool.take(result.lowest_lot[i : i + 1])
            assert lowest_lot.importer_group[0] != assessed.importer_group[i]


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    seed=st.integers(0, 1000),
)
def test_the_lowest_of_others_is_exact_in_every_range(values: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, len(values))
    start = rng.integers(0, len(values) + 1, 30)
    stop = np.minimum(start + rng.integers(0, len(values) + 1, 30), len(values))
    own = rng.integers(0, 4, 30)
    value, place = lowest_of_others(np.array(values, dtype=float), group, start, stop, own)
    for i in range(30):
        others = [(values[k], k) for k in range(start[i], stop[i]) if group[k] != own[i]]
        assert (value[i], place[i]) == min(others, default=(np.inf, -1))


def test_keys_stay_apart_where_their_product_would_overflow() -> None:
    large = np.array([0, 2**40, 2**40 - 1, -1])
    ours, theirs = number_keys([large, large, large], [large[::-1], large[::-1], large[::-1]])
    assert ours.tolist() == theirs[::-1].tolist()
    assert len(set(ours.tolist())) == 4
    assert ours[3] == -1


def test_a_day_index_never_reaches_into_the_next_key() -> None:
    index = DayIndex(np.array([0, 1, 1, -1]), np.array([50, 0, 100, 0]))
    start, stop = index.ranges(np.array([0, 1, 2, -1]), np.array([-40, -40, 0, 0]), np.array([200, 20, 20, 20]))
    assert (stop - start).tolist() == [1, 1, 0, 0]
