"""Shifts of a whole source: each is named, and what real sources do by themselves is let pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts.messages import say
from jobs.ingest.bronze.content import Problem
from jobs.ingest.silver.comparison import find_problem

TABLE = contracts.table("silver.trade_month")
COUNTRIES = ("AU", "BR", "CN", "DE", "FR", "ID", "JP", "US", "VN", "ZA")
ENOUGH = 4  # figures of one column that are enough
PAST = 24  # months from 2023-01
FLOWS = ("I", "X")


@dataclass(frozen=True)
class Row:
    """One row of silver.trade_month, month 0 being January 2023."""

    place: tuple[str, str]  # flow and partner
    month: int
    figures: tuple[float, float]  # USD, kg

    def times(self, usd: float, kg: float) -> Row:
        return replace(self, figures=(self.figures[0] * usd, self.figures[1] * kg))


def relation(rows: Iterable[Row]) -> pa.Table:
    columns = [
        {
            "source": "kcs_trade_country",
            "flow": row.place[0],
            "hs_code": "380110",
            "partner_country": row.place[1],
            "period_start": date(2023 + row.month // 12, row.month % 12 + 1, 1),
            "value_usd": row.figures[0],
            "net_mass_kg": row.figures[1],
        }
        for row in rows
    ]
    names = [*TABLE.key, "value_usd", "net_mass_kg"]
    types = [pa.date32() if n == "period_start" else pa.float64() if n in names[-2:] else pa.string() for n in names]
    return pa.Table.from_pylist(columns, schema=pa.schema(list(zip(names, types, strict=True))))


def compare(new: Iterable[Row], known: Iterable[Row]) -> Problem | None:
    with duckdb.connect() as connection:
        connection.register("fresh", relation(new))
        connection.register("earlier", relation(known))
        return find_problem(connection, TABLE, new="fresh", before="earlier", known="earlier", is_full_table=False)


def code(new: Iterable[Row], known: Iterable[Row]) -> str | None:
    problem = compare(new, known)
    return problem.code if problem else None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A made-up source: how many partners it has, how it swings by chance and by season, how often a month is empty."""

    partners: int
    noise: float
    season: float
    empty: float
    seed: int

    def rows(self, months: Iterable[int]) -> list[Row]:
        rows = []
        for flow, country in [(flow, country) for flow in FLOWS for country in COUNTRIES[: self.partners]]:
            random = np.random.default_rng([self.seed, FLOWS.index(flow), COUNTRIES.index(country)])
            level, draws = 10 ** random.uniform(5, 8), random.normal(size=(60, 2))
            is_empty = random.random(60) < self.empty
            for month in months:
                usual = level * np.exp(self.season * np.sin(2 * np.pi * month / 12) + self.noise * draws[month, 0])
                mass = usual / 5 * np.exp(self.noise / 4 * draws[month, 1])
                figures = (0.0, 0.0) if is_empty[month] else (round(float(usual), 2), round(float(mass), 3))
                rows.append(Row((flow, country), month, figures))
        return rows


def sources(partners: st.SearchStrategy[int], noise: float = 0.5, season: float = 1.0) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        partners=partners,
        noise=st.floats(0.05, noise),
        season=st.floats(0, season),
        empty=st.sampled_from([0.0, 0.05, 0.2]),
        seed=st.integers(0, 10_000),
    )


@settings(max_examples=12, deadline=None)
@given(source=sources(st.integers(1, 10)), first=st.integers(PAST - 11, PAST), count=st.integers(1, 6))
def test_a_source_that_swings_by_chance_and_season_is_let_pass(source: Source, first: int, count: int) -> None:
    assert code(source.rows(range(first, first + count)), source.rows(range(PAST))) is None


@settings(max_examples=12, deadline=None)
@given(
    source=sources(st.integers(4, 10), noise=0.3, season=0.7),
    factor=st.sampled_from([1e-6, 1e-3, 1e-2, 1e2, 1e3, 1e6]),
    columns=st.sampled_from([(True, True), (True, False), (False, True)]),
    flows=st.sampled_from([("I",), ("X",), FLOWS]),
)
def test_a_shift_of_all_columns_or_of_one_is_named(
    source: Source, factor: float, columns: tuple[bool, bool], flows: tuple[str, ...]
) -> None:
    usd, kg = (factor if is_shifted else 1.0 for is_shifted in columns)
    new = [row.times(usd, kg) if row.place[0] in flows else row for row in source.rows([PAST])]
    filled = [row.place[0] for row in new if row.figures[0] > 0]
    assume(all(filled.count(flow) >= ENOUGH for flow in flows))
    problem = compare(new, source.rows(range(PAST)))
    assert problem is not None
    assert problem.code == "level_shift"
    wanted = f"{factor:,.0f}" if factor > 1 else f"1/{1 / factor:,.0f}"
    assert (problem.params["times"], problem.params["month"]) == (wanted, "2025-01")
    for lang in ("ko", "en"):
        text = say(f"landing.{problem.code}", lang, {**problem.params, "name": "a.csv", "publisher": "KCS"})
        assert wanted in text


@settings(max_examples=8, deadline=None)
@given(source=sources(st.just(10)), moved=st.integers(1, 5), factor=st.sampled_from([0.001, 1000.0]))
def test_a_shift_of_few_series_is_no_shift_of_the_source(source: Source, moved: int, factor: float) -> None:
    new = [
        row.times(factor, factor) if row.place[1] in COUNTRIES[:moved] else row for row in source.rows([PAST, PAST + 1])
    ]
    assert code(new, source.rows(range(PAST))) is None


@settings(max_examples=8, deadline=None)
@given(source=sources(st.just(8)), left=st.floats(0.03, 0.7), seed=st.integers(0, 99))
def test_a_collapse_of_all_partners_at_once_is_no_shift(source: Source, left: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    new = [row.times(fall, fall) for row in source.rows([PAST]) if (fall := left * random.uniform(0.3, 1.5))]
    assert code(new, source.rows(range(PAST))) is None


@settings(max_examples=8, deadline=None)
@given(source=sources(st.integers(1, 10)), share=st.floats(0, 1))
def test_a_stop_to_zero_is_no_shift(source: Source, share: float) -> None:
    new = [row.times(0, 0) if n < share * 20 else row for n, row in enumerate(source.rows([PAST]))]
    assert code(new, source.rows(range(PAST))) is None


@settings(max_examples=8, deadline=None)
@given(
    source=sources(st.integers(1, 1)),
    months=st.integers(1, 3),
    factor=st.sampled_from([0.001, 1000.0]),
    past=st.integers(0, PAST),
)
def test_of_one_series_or_of_three_rows_nothing_is_said(source: Source, months: int, factor: float, past: int) -> None:
    new = [row.times(factor, factor) for row in source.rows(range(PAST, PAST + months)) if row.place[0] == "I"]
    assert code(new, source.rows(range(past))) is None


@settings(max_examples=8, deadline=None)
@given(source=sources(st.integers(2, 10)), past=st.integers(0, 10), factor=st.sampled_from([0.001, 1000.0]))
def test_of_a_source_that_has_not_run_a_year_no_level_is_known(source: Source, past: int, factor: float) -> None:
    assert code([row.times(factor, factor) for row in source.rows([past])], source.rows(range(past))) is None


@settings(max_examples=8, deadline=None)
@given(source=sources(st.integers(2, 10)), wrong=st.integers(0, PAST - 1))
def test_the_correction_of_a_wrong_month_is_let_pass(source: Source, wrong: int) -> None:
    known = [row.times(0.001, 0.001) if row.month == wrong else row for row in source.rows(range(PAST))]
    assert code(source.rows(range(PAST)), known) is None


@settings(max_examples=8, deadline=None)
@given(source=sources(st.integers(2, 10), noise=0.3), cut=st.integers(6, 18))
def test_history_that_comes_later_is_compared_with_what_follows_it(source: Source, cut: int) -> None:
    old, recent = source.rows(range(cut)), source.rows(range(cut, cut + PAST))
    assert code(old, recent) is None
    assert code([row.times(0.001, 0.001) for row in old], recent) == "level_shift"


def summed(rows: list[Row]) -> list[Row]:
    """The same rows, each figure the sum since January."""
    result: list[Row] = []
    sums: dict[tuple[tuple[str, str], int], tuple[float, float]] = {}
    for row in sorted(rows, key=lambda each: each.month):
        before = sums.get((row.place, row.month // 12), (0.0, 0.0))
        sums[row.place, row.month // 12] = total = (before[0] + row.figures[0], before[1] + row.figures[1])
        result.append(replace(row, figures=total))
    return result


@settings(max_examples=12, deadline=None)
@given(
    source=sources(st.integers(4, 10), noise=0.3, season=0.5),
    months=st.integers(3, 12),
    known=st.integers(0, 12),
    is_whole=st.booleans(),
)
def test_sums_since_january_are_named(source: Source, months: int, known: int, is_whole: bool) -> None:
    """Whether the year's first months were known as single months, and whether they are delivered again or not."""
    new = summed(source.rows(range(PAST, PAST + months)))
    first = PAST if is_whole else min(PAST + known, PAST + months - 1)
    assert code([row for row in new if row.month >= first], source.rows(range(PAST + known))) == "year_to_date"


@settings(max_examples=8, deadline=None)
@given(source=sources(st.integers(2, 10), noise=0.3), growth=st.floats(1, 1.08), months=st.integers(2, 12))
def test_growth_from_month_to_month_is_no_sum(source: Source, growth: float, months: int) -> None:
    new = [row.times(growth**n, growth**n) for n in range(months) for row in source.rows([PAST + n])]
    assert code(new, source.rows(range(PAST))) is None


@settings(max_examples=12, deadline=None)
@given(source=sources(st.integers(2, 10)), month=st.integers(3, PAST), revised=st.booleans())
def test_a_month_delivered_twice_is_named(source: Source, month: int, revised: bool) -> None:
    known = source.rows(range(month))
    copy = [replace(row, month=month) for row in known if row.month == month - 1]
    filled = sum(row.figures[0] > 0 for row in copy)
    assert code(known + copy if revised else copy, known) == ("month_twice" if filled >= 2 else None)


@settings(max_examples=8, deadline=None)
@given(partners=st.integers(1, 10), months=st.integers(1, 6), past=st.integers(0, PAST))
def test_a_source_that_stands_still_repeats_no_month(partners: int, months: int, past: int) -> None:
    rows = [
        Row((flow, country), month, (500.0, 100.0))
        for flow in FLOWS
        for country in COUNTRIES[:partners]
        for month in range(past + months)
    ]
    assert code([row for row in rows if row.month >= past], [row for row in rows if row.month < past]) is None


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_month_that_is_half_as_before_is_none_twice(share: float) -> None:
    source = Source(partners=10, noise=0.3, season=0, empty=0, seed=1)
    copied = int(share * 10)
    new = [
        replace(old, month=PAST) if old.place[1] in COUNTRIES[:copied] else row
        for old, row in zip(source.rows([PAST - 1]), source.rows([PAST]), strict=True)
    ]
    assert code(new, source.rows(range(PAST))) is None
