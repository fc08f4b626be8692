"""Figures of a whole source at another level at once: other units, sums since January, one month twice.

The questions are SQL compiled from the contract (`checks.comparison` of the silver table), over the typed rows of a
delivery and those that its source had delivered before it. A series is what the
table's key names but its period; a line is a column of the file, such as the mass of imports. Days count as the mean
of their month. Only figures above zero are compared: that there is no trade says nothing of units. Of the new figures
those that repeat what is known are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from jobs.contracts.model import Comparison, MonthTwice, Past, Shift, Table, YearToDate
from jobs.ingest.bronze.content import Problem

PERIOD = "period_start"
OF_A_SOURCE = ("source", PERIOD)  # columns of a key that are no part of a series' name

# Figures of February and later, up to the newest month of their year, beside what came `earlier` in it, twice: chained
# to the month before, and as what is added to the months known. A year of which a month is missing says nothing.
JANUARY_SUMS = """
    newest as (select month // 12 as year, max(month) as month from n group by year),
    covered as (select newest.year, count(distinct u.month) as months from u
                join newest on newest.year = u.month // 12 and u.month <= newest.month group by newest.year),
    placed as (
        select p.* replace (ratio - greatest(0, coalesce(log10(last.value) - usual, 0)) as ratio),
               newest.year, p.month % 12 + 1 as place
        from p
        join newest on newest.year = p.month // 12 and p.month <= newest.month
        join covered on covered.year = newest.year and covered.months = newest.month % 12 + 1
        left join k as last on last.line = p.line and last.series = p.series and last.month = p.month - 12
        where p.month % 12 > 0
    ),
    known_sums as (
        select s.line, s.series, s.month, sum(k.value) as value
        from placed as s
        join k on k.line = s.line and k.series = s.series and k.month // 12 = s.year and k.month < s.month
        where s.is_new group by s.line, s.series, s.month
    ),
    sums as (
        select 'chained' as kind, s.*, u.value as earlier
        from placed as s join u on u.line = s.line and u.series = s.series and u.month = s.month - 1
        union all
        select 'added', s.*, coalesce(n.value, known_sums.value)
        from placed as s
        left join n on n.line = s.line and n.series = s.series and n.month = s.month - 1
        left join known_sums on (known_sums.line, known_sums.series, known_sums.month) = (s.line, s.series, s.month)
        where s.is_new
    )
"""


@dataclass(frozen=True)
class Compared:
    """A delivery beside what was known before it, as tables of a database of their own, by line, series and month.

    `n`: new figures that are not known yet; `k`: known ones; `u`: both, the new one where both state a month; `p`:
    those of `n` and `u` whose series has a past, with `usual`, the median of log10, and `ratio`, log10 of how many
    times the usual they are. Months count from year 0.
    """

    database: DuckDBPyConnection
    asked: Comparison

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """The rows that answer a question over the tables."""
        return self.database.sql(question).fetchall()

    def is_enough(self, cells: str, series: str) -> str:
        """Condition that there are figures and series enough to say anything."""
        return f"sum({cells}) >= {self.asked.cells} and max({series}) >= {self.asked.series}"


@contextmanager
def side_by_side(
    connection: DuckDBPyConnection, table: Table, asked: Comparison, new: str, known: str
) -> Iterator[Compared]:
    """The figures of two relations of a connection, which is not changed."""
    series = [name for name in table.key if name not in (*OF_A_SOURCE, *asked.within)]
    stated = {name: connection.sql(figures(name, asked, series)).to_arrow_table() for name in (new, known)}
    with duckdb.connect() as database:
        database.register("new_figures", stated[new])
        database.register("known_figures", stated[known])
        database.execute(f"""
            create table n as {by_month("(select * from new_figures except select * from known_figures)")};
            create table k as {by_month("known_figures")};
            create table u as select * from ({by_month("new_figures")}) union all
                select * from k anti join (select line, series, month from new_figures) using (line, series, month);
            create table p as {with_past(asked.past)};
        """)
        yield Compared(database, asked)


def figures(relation: str, asked: Comparison, series: list[str]) -> str:
    """Every figure above zero of a relation: its line, series, month and day."""

    def text(names: list[str]) -> str:
        return f"concat_ws('|', {', '.join(names)})" if names else "''"

    numbers = ", ".join(f"cast({name} as double) as {name}" for name in asked.figures)
    return f"""
        select concat_ws(' ', figure, nullif(within, '')) as line, series, {PERIOD} as day, value,
               12 * year({PERIOD}) + month({PERIOD}) - 1 as month
        from (unpivot (select {text(series)} as series, {text(asked.within)} as within, {PERIOD}, {numbers}
                       from {relation}) on {", ".join(asked.figures)} into name figure value value)
        where value > 0
    """


def by_month(relation: str) -> str:
    """The figures of a month, of days their mean."""
    return f"select line, series, month, avg(value) as value from {relation} group by line, series, month"


def with_past(past: Past) -> str:
    """The figures of series that have a past."""
    return f"""
        select f.line, f.series, f.month, f.value, f.is_new, median(log10(k.value)) as usual,
               log10(f.value) - usual as ratio
        from (select u.* replace (coalesce(n.value, u.value) as value), n.month is not null as is_new
              from u left join n on n.line = u.line and n.series = u.series and n.month = u.month) as f
        join k on k.line = f.line and k.series = f.series
            and k.month between f.month - {past.months} and f.month + {past.months}
        group by f.line, f.series, f.month, f.value, f.is_new
        having count(*) >= {past.least} and max(k.value) <= {past.range} * min(k.value)
    """


def level_shift(compared: Compared, asked: Shift) -> Problem | None:
    """The first month whose figures are a factor of the contract times the usual, nearly all at once."""
    factors = ", ".join(f"({sign * each}, {sign} * log10({each}))" for each in asked.factors for sign in (1, -1))
    rows = compared.ask(f"""
        with by_line as (
            select month, line, factor, count(*) as cells, count(distinct series) as series,
                   count(*) filter (abs(ratio - size) <= log10({asked.spread})) as moved
            from p cross join (values {factors}) as factors(factor, size)
            where is_new group by month, line, factor, size
            having moved >= {asked.share} * cells and abs(median(ratio) - size) <= log10({asked.median})
        )
        select month, arg_max(factor, cells), sum(moved), sum(cells), string_agg(distinct line, ', ' order by line)
        from by_line group by month having {compared.is_enough("cells", "series")} order by month limit 1
    """)
    for month, factor, moved, cells, lines in rows:
        said = {"times": times(int(str(factor))), "n": str(moved), "of": str(cells), "lines": str(lines)}
        return Problem("level_shift", {"month": month_name(month), **said})
    return None


def year_to_date(compared: Compared, asked: YearToDate) -> Problem | None:
    """The first year whose figures are sums since January, where the source stated single months.

    A figure is no less than that of the month before, where all the year's months are such sums (`chained`), or than
    the sum of the single months known before it (`added`). Usual is what its series states in other years too.
    """
    by_line = f"""
            select year, line, kind, max(place) as place, count(*) as cells, count(distinct series) as series,
                   count(*) filter (value >= (1 - {asked.slack}) * earlier) as grown
            from sums where earlier > 0 group by year, line, kind
            having grown >= {asked.share} * cells
                and median(ratio / log10(place)) between {asked.growth} and {asked.growth_most}
    """
    rows = compared.ask(f"""
        with {JANUARY_SUMS}, by_line as ({by_line})
        select year, sum(grown), sum(cells), string_agg(distinct line, ', ' order by line) from by_line
        group by year, kind
        having sum(cells) >= {asked.cells} and max(series) >= {compared.asked.series} and max(place) >= {asked.months}
        order by year, kind limit 1
    """)
    for year, grown, cells, lines in rows:
        return Problem("year_to_date", {"year": str(year), "n": str(grown), "of": str(cells), "lines": str(lines)})
    return None


def month_twice(compared: Compared, asked: MonthTwice) -> Problem | None:
    """The first month that repeats the month before it, series by series, in a source that is not always the same."""
    rows = compared.ask(f"""
        with pairs as (
            select n.month, n.series, n.value = before.value as is_same, before.value = earlier.value as was_same
            from n
            left join u as before on before.line = n.line and before.series = n.series and before.month = n.month - 1
            left join u as earlier on earlier.line = n.line and earlier.series = n.series
                and earlier.month = n.month - 2
        )
        select month, count(*) filter (is_same), count(*) as cells from pairs group by month
        having count(*) >= {compared.asked.cells} and count(distinct series) >= {compared.asked.series}
            and count(*) filter (is_same) >= {asked.share} * count(*)
            and count(was_same) >= {compared.asked.cells}
            and count(*) filter (was_same) < {asked.share} * count(was_same)
        order by month limit 1
    """)
    for month, same, cells in rows:
        said = {"month": month_name(month), "before": month_name(int(str(month)) - 1)}
        return Problem("month_twice", {**said, "n": str(same), "of": str(cells)})
    return None


def find_shift(
    connection: DuckDBPyConnection, table: Table, asked: Comparison, *, new: str, known: str
) -> Problem | None:
    """What is wrong with the level of a delivery's figures after those known before it.

    Args:
        connection: where the relations `new` and `known` are, typed rows of the table.
    """
    with side_by_side(connection, table, asked, new, known) as compared:
        answers = (
            level_shift(compared, asked.level_shift) if asked.level_shift else None,
            year_to_date(compared, asked.year_to_date) if asked.year_to_date else None,
            month_twice(compared, asked.month_twice) if asked.month_twice else None,
        )
    return next((problem for problem in answers if problem), None)


def times(factor: int) -> str:
    """A factor as people write it, below zero one over it.

    >>> times(1000), times(-1000)
    ('1,000', '1/1,000')
    """
    return f"{factor:,}" if factor > 0 else f"1/{-factor:,}"


def month_name(month: object) -> str:
    """A month counted from year 0 as `2024-03`."""
    year, place = divmod(int(str(month)), 12)
    return f"{year:04d}-{place + 1:02d}"
