"""Windows cover a span exactly once and never exceed the interface's twelve months."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jobs.fetch.month_window import MonthWindow, format_month, parse_month, publication_cycle, split_window

MONTHS = st.integers(1988 * 12, 2100 * 12)


@given(MONTHS, st.integers(1, 200), st.integers(1, 12))
def test_windows_cover_the_span_once_in_order(first, length, longest):
    windows = split_window(MonthWindow(first, first + length - 1), longest)
    covered = [month for window in windows for month in range(window.first, window.last + 1)]
    assert covered == list(range(first, first + length))
    assert max(window.length for window in windows) <= longest


@given(MONTHS)
def test_months_survive_being_written_and_read(month):
    assert parse_month(format_month(month)) == month


def test_publication_cycle_turns_on_the_fifteenth():
    days = [date(2024, 5, 14), date(2024, 5, 15), date(2024, 6, 14), date(2024, 6, 15)]
    cycles = [publication_cycle(day) for day in days]
    assert [later - cycles[0] for later in cycles] == [0, 1, 1, 2]
