"""What a delivery covers: stated, by contract, or inferred from the deliveries up to its day."""

from __future__ import annotations

from datetime import date
from itertools import islice, permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts.scope_file import ScopeFile
from tests.builders.scopes import Cell, Delivered, grid, month, scopes

CODES = [f"{n}00000" for n in range(1, 10)]
LANDS = ["CN", "DE", "ID", "JP", "US"]
YEAR = [month(place) for place in range(12)]
HISTORY = Delivered(delivery_id="history", on=date(2023, 1, 20), cells=grid(CODES[:6], LANDS, YEAR))


def of(delivery_id: str, *deliveries: Delivered, source: str = "kcs_trade_country") -> list[dict[str, Any]]:
    """Scopes of one of the deliveries."""
    return [row for row in scopes(*deliveries, source=source).to_pylist() if row["delivery_id"] == delivery_id]


def later(cells: list[Cell], unread: list[Cell] | None = None, name: str = "later", day: int = 20) -> Delivered:
    """A delivery of the month after the year."""
    return Delivered(delivery_id=name, on=date(2023, 2, day), cells=cells, unread=unread or [])


def asked(**known: Any) -> str:
    """Text of a scope file."""
    stated = {"hs_codes": ["800110"], "flows": ["I"], "first_month": "2022-11", "last_month": "2023-06", **known}
    return ScopeFile(**stated).model_dump_json()


def test_a_first_delivery_covers_the_months_codes_and_partners_that_it_names() -> None:
    rows = of("history", HISTORY)
    assert [row["period_start"] for row in rows] == YEAR
    assert all(row["hs_codes"] == CODES[:6] and row["partner_countries"] == LANDS for row in rows)
    assert all(row["scope_basis"] == "inferred" and row["flows"] == ["I"] for row in rows)


@pytest.mark.parametrize(("named", "is_whole"), [(6, True), (5, True), (4, False), (1, False)])
def test_of_at_least_five_usual_codes_one_may_be_missing(named: int, is_whole: bool) -> None:
    (row,) = of("later", HISTORY, later(grid(CODES[:named], LANDS, [month(12)])))
    assert row["hs_codes"] == (CODES[:6] if is_whole else CODES[:named])


@pytest.mark.parametrize(("usual", "named", "is_whole"), [(4, 4, True), (4, 3, False), (60, 57, True), (60, 56, False)])
def test_few_usual_codes_must_all_be_there_many_to_nineteen_in_twenty(usual: int, named: int, is_whole: bool) -> None:
    codes = [f"{100000 + n}" for n in range(usual)]
    history = Delivered(delivery_id="history", on=date(2023, 1, 20), cells=grid(codes, ["CN"], YEAR))
    (row,) = of("later", history, later(grid(codes[:named], ["CN"], [month(12)])))
    assert len(row["hs_codes"]) == (usual if is_whole else named)


def test_a_code_that_is_not_usual_is_not_missed_but_covered() -> None:
    seldom = grid(["999999"], ["CN"], YEAR[:3])
    history = Delivered(delivery_id="history", on=date(2023, 1, 20), cells=[*HISTORY.cells, *seldom])
    (row,) = of("later", history, later(grid(CODES[:6], LANDS, [month(12)])))
    assert "999999" in row["hs_codes"]


def test_a_file_of_one_country_says_nothing_of_others() -> None:
    (row,) = of("later", HISTORY, later(grid(CODES[:6], ["CN"], [month(12)])))
    assert row["hs_codes"] == CODES[:6]
    assert row["partner_countries"] == ["CN"]


def test_without_a_year_before_nothing_is_usual_and_a_file_covers_what_it_names() -> None:
    short = Delivered(delivery_id="history", on=date(2023, 1, 20), cells=grid(CODES[:6], LANDS, YEAR[1:]))
    (row,) = of("later", short, later(grid(CODES[:5], LANDS, [month(12)])))
    assert row["hs_codes"] == CODES[:5]


def test_a_full_table_by_contract_covers_all_that_its_source_names(monkeypatch: pytest.MonkeyPatch) -> None:
    known = contracts.landing("kcs_trade_country")
    whole = known.model_copy(update={"scope": "full_table"})
    monkeypatch.setattr(contracts, "landing", lambda source: whole)
    (row,) = of("later", HISTORY, later(grid(CODES[:1], ["CN"], [month(12)])))
    assert (row["hs_codes"], row["partner_countries"], row["scope_basis"]) == (CODES[:6], LANDS, "full_table")


def test_a_later_delivery_does_not_widen_what_an_earlier_one_covered() -> None:
    new = Delivered(delivery_id="new", on=date(2023, 3, 20), cells=grid(["999999"], ["CN"], [month(13)]))
    assert of("history", HISTORY, new) == of("history", HISTORY)


def test_a_stated_scope_covers_what_was_asked_even_without_a_row() -> None:
    rows = of("empty", Delivered(delivery_id="empty", on=date(2023, 2, 20), stated=asked()))
    assert [row["period_start"] for row in rows] == [month(10), month(11), month(12)]
    assert rows[0]["hs_codes"] == ["800110"]
    assert rows[0]["partner_countries"] is None
    assert rows[0]["scope_basis"] == "stated"


def test_a_month_asked_before_its_publication_is_not_covered() -> None:
    rows = of("empty", Delivered(delivery_id="empty", on=date(2023, 2, 14), stated=asked()))
    assert [row["period_start"] for row in rows] == [month(10), month(11)]


def test_a_month_that_no_code_of_a_large_source_names_is_taken_as_not_published() -> None:
    late = Delivered(delivery_id="late", on=date(2023, 2, 20), stated=asked(hs_codes=CODES[:6]))
    assert [row["period_start"] for row in of("late", HISTORY, late)] == [month(10), month(11)]
    beside = later(grid(CODES[1:6], LANDS, [month(12)]))
    assert [row["period_start"] for row in of("late", HISTORY, late, beside)] == [month(10), month(11), month(12)]


def test_records_set_aside_leave_cells_that_are_unknown() -> None:
    unread: list[Cell] = [(CODES[0], "CN", month(12)), (CODES[1], None, None), (None, None, month(0))]
    (row,) = of("later", HISTORY, later(grid(CODES[1:6], LANDS, [month(12)]), unread))
    assert row["unread_cells"] == [f"{CODES[0]}|CN", f"{CODES[1]}|*"]


def test_history_is_known_from_its_publication_and_what_comes_late_from_its_day() -> None:
    late = Delivered(delivery_id="late", on=date(2023, 5, 2), cells=grid(CODES[:6], LANDS, [month(3), month(12)]))
    days = {
        (row["delivery_id"], row["period_start"]): row["known_at"].astimezone(ZoneInfo("Asia/Seoul")).date()
        for row in scopes(HISTORY, late).to_pylist()
    }
    assert days["history", month(3)] == days["late", month(3)] == date(2022, 5, 15)
    assert days["late", month(12)] == date(2023, 5, 2)


@st.composite
def histories(draw: st.DrawFn) -> list[Delivered]:
    """Four deliveries of parts of a table, on days of which some are equal."""
    part = st.lists(st.sampled_from(grid(CODES, LANDS, [month(n) for n in range(15)])), min_size=1, max_size=30)
    days = st.dates(date(2023, 1, 1), date(2023, 1, 4))
    return [
        Delivered(delivery_id=f"{n}", on=draw(days), cells=draw(part), stated=draw(st.sampled_from([None, asked()])))
        for n in range(4)
    ]


@given(histories())
@settings(max_examples=15, deadline=None)
def test_the_order_of_taking_does_not_matter(deliveries: list[Delivered]) -> None:
    one = scopes(*deliveries).sort_by([("delivery_id", "ascending"), ("period_start", "ascending")])
    for order in islice(permutations(deliveries), 1, None, 5):
        other = scopes(*order).sort_by([("delivery_id", "ascending"), ("period_start", "ascending")])
        assert other.equals(one)


@given(histories())
@settings(max_examples=30, deadline=None)
def test_a_delivery_without_a_scope_file_covers_at_least_its_own_cells(deliveries: list[Delivered]) -> None:
    rows = scopes(*deliveries).to_pylist()
    covered = {
        (row["delivery_id"], code, partner, row["period_start"])
        for row in rows
        for code in row["hs_codes"]
        for partner in row["partner_countries"] or []
    }
    assert {(d.delivery_id, *cell) for d in deliveries if d.stated is None for cell in d.cells} <= covered
