"""What a delivery is compared with: the sound one before it by day, in whatever order they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import contracts
from jobs.contracts.messages import say
from jobs.ingest.bronze.content import Problem
from jobs.ingest.silver.comparison import find_problem, problems_in_order
from jobs.settings import settings as of_project

CASE = of_project().real_data.parent / "cases" / "a19_unit_switch"
FIRM = contracts.table("silver.firm")
TRADE = contracts.table("silver.trade_month")


def missing_keys(before: int, lost: int, *, is_full_table: bool = True, more: int = 0) -> Problem | None:
    """What is said of a register that loses some of its firms, and gains others."""

    def firms(numbers: range) -> pa.Table:
        rows = [{"source": "firm", "firm_id": f"F{n}"} for n in numbers]
        return pa.Table.from_pylist(rows, schema=pa.schema([("source", pa.string()), ("firm_id", pa.string())]))

    with duckdb.connect() as connection:
        connection.register("old", firms(range(before)))
        connection.register("fresh", firms(range(lost, before + more)))
        return find_problem(connection, FIRM, new="fresh", before="old", known="old", is_full_table=is_full_table)


@settings(max_examples=30, deadline=None)
@given(before=st.integers(0, 300), share=st.floats(0, 1), more=st.integers(0, 300))
def test_a_full_table_that_lacks_more_than_one_key_in_twenty_broke_off(before: int, share: float, more: int) -> None:
    lost = int(before * share)
    problem = missing_keys(before, lost, more=more)
    if before >= 10 and lost >= 2 and 20 * lost > before:
        assert problem == Problem("keys_missing", {"n": str(lost), "of": str(before), "limit": "5%"})
        assert f"{lost}" in say("landing.keys_missing", "ko", {**problem.params, "name": "firm.csv"})
    else:
        assert problem is None
    assert missing_keys(before, lost, more=more, is_full_table=False) is None


@pytest.mark.parametrize(("before", "lost"), [(3, 3), (3, 1), (9, 9), (10, 1), (20, 1), (40, 2)])
def test_of_a_few_rows_or_an_ordinary_withdrawal_nothing_is_said(before: int, lost: int) -> None:
    assert missing_keys(before, lost) is None


@given(levels=st.lists(st.sampled_from([1, 1000]), min_size=1, max_size=6), order=st.randoms())
def test_verdicts_follow_the_days_whatever_the_order_of_taking(levels: list[int], order: Any) -> None:
    """Deliveries stopped are those at another level than the first; what follows one is compared with a sound one."""

    def compare(day: int, sound: Sequence[int]) -> Problem | None:
        return None if levels[day] == levels[sound[-1]] else Problem("level_shift")

    taken: list[int] = []
    for day in order.sample(range(len(levels)), len(levels)):
        taken.append(day)
        stopped = problems_in_order(sorted(taken), compare)
        assert set(stopped) == {each for each in taken if levels[each] != levels[min(taken)]}


def typed(folder: Path) -> pa.Table:
    """The imports of a KCS file as rows of silver.trade_month."""
    (path,) = folder.rglob("*.csv")
    with duckdb.connect() as connection:
        return connection.sql(
            f"""select 'kcs_trade_country' as source, 'I' as flow, hsCd as hs_code, statCd as partner_country,
            strptime(year, '%Y.%m')::date as period_start, impDlr::decimal(20,2) as value_usd,
            impWgt::decimal(20,3) as net_mass_kg from read_csv('{path}', all_varchar = true)"""
        ).to_arrow_table()


@pytest.mark.skipif(not CASE.is_dir(), reason=f"the case is not in {CASE}")
def test_tonnes_and_thousand_dollars_after_two_years_of_kilograms_and_dollars_are_named() -> None:
    with duckdb.connect() as connection:
        connection.register("old", typed(CASE / "landing1"))
        connection.register("fresh", typed(CASE / "landing2"))
        problem = find_problem(connection, TRADE, new="fresh", before="old", known="old", is_full_table=False)
    assert problem is not None
    assert problem.code == "level_shift"
    assert (problem.params["month"], problem.params["times"]) == ("2026-01", "1/1,000")


REAL = of_project().real_data
KCS = REAL / "kcs_trade_country" / "nitemtrade_hs6_country_2023_2026.csv"
CHINA = REAL / "china_exports_graphite_gallium" / "china_exports_hs6_partner_monthly_2017_202309.csv"
QUERIES = {
    "kcs": (
        "silver.trade_month",
        f"""select 'k' as source, flow, hsCd as hs_code, statCd as partner_country,
        strptime(year, '%Y.%m')::date as period_start, usd::double as value_usd, kg::double as net_mass_kg
        from (select *, unnest(['I', 'X']) as flow, unnest([impDlr, expDlr]) as usd, unnest([impWgt, expWgt]) as kg
              from read_csv('{KCS}', all_varchar = true))""",
    ),
    "china": (
        "silver.partner_trade_month",
        f"""select 'c' as source, 'CN' as reporter_country, 'X' as flow, hs6 as hs_code,
        partner_name as partner_country, period_dt::date as period_start, val::double as value_usd,
        qty::double as net_mass_kg from read_csv('{CHINA}', all_varchar = true)""",
    ),
}


@pytest.mark.skipif(not KCS.is_file(), reason=f"the real data is not in {REAL}")
@pytest.mark.parametrize("name", QUERIES)
def test_no_delivery_cut_from_the_real_files_is_stopped(name: str) -> None:
    table, query = QUERIES[name]
    with duckdb.connect() as connection:
        connection.execute(f"create table whole as {query}")
        ((months,),) = connection.sql("select list(distinct period_start order by period_start) from whole").fetchall()
        for month in months[15::5]:
            connection.execute(f"create or replace view old as from whole where period_start < date '{month}'")
            for until in (month, date(month.year, 12, 1)):
                connection.execute(
                    "create or replace view fresh as from whole "
                    f"where period_start between date '{month}' and date '{until}'"
                )
                names = {"new": "fresh", "before": "old", "known": "old"}
                assert find_problem(connection, contracts.table(table), **names, is_full_table=False) is None


@pytest.mark.parametrize("factor", [0.001, 1000.0])
def test_days_of_one_column_in_another_unit_are_named(factor: float) -> None:
    """Days count as the mean of their month, which floats give to the last digit in no order of theirs."""
    with duckdb.connect() as connection:
        connection.execute("""create table whole as
            select 'portwatch_straits' as source, 'strait' || n as strait_code, day::date as period_start,
                   (hash(n, day) % 40 + 30)::double / 7 as transits_total, 20 as transits_tanker, 30 as transits_cargo,
                   1e6 + hash(day, n) % 100000 as capacity_t
            from range(4) as straits(n), range(date '2023-01-01', date '2025-02-01', interval 1 day) as days(day)""")
        connection.execute("create view old as from whole where period_start < date '2025-01-01'")
        connection.execute(
            f"""create view fresh as select * replace (transits_total * {factor} as transits_total)
            from whole where period_start >= date '2025-01-01'"""
        )
        table = contracts.table("silver.strait_day")
        problem = find_problem(connection, table, new="fresh", before="old", known="old", is_full_table=False)
    assert problem is not None
    assert (problem.code, problem.params["lines"]) == ("level_shift", "transits_total")
