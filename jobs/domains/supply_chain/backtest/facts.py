"""A back-test's facts from the lake, read without Spark: the newest version of every cell."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from jobs import reading
from jobs.contracts import ContractError
from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.settings import settings

NEWEST = """
    select * exclude (age) from (
        select *, row_number() over (
            partition by source, flow, hs_code, partner_country, period_start order by known_at desc) age
        from trade)
    where age = 1
"""


def newest_trade(where: str, values: list[str]) -> pa.Table:
    """Cells of silver.trade_month as known now.

    Raises:
        ContractError: silver holds none.
    """
    trade = reading.ask(
        f"select * from ({NEWEST}) where {where} order by hs_code, partner_country, period_start",
        values,
        trade=reading.read("silver.trade_month"),
    )
    if not len(trade):
        raise ContractError(
            "silver.trade_month holds none of the source asked for: run `python -m jobs run ingest` first"
        )
    return trade


def month_axis(months: np.ndarray, first: str | None, last: str | None) -> np.ndarray:
    """Consecutive months from the first to the last that are on file, cut to those asked for."""
    begin = max(months.min(), np.datetime64(first, "M")) if first else months.min()
    end = min(months.max(), np.datetime64(last, "M")) if last else months.max()
    return np.arange(begin, end + 1)


def matrix(keys: list[str], months: np.ndarray, axis: np.ndarray, values: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Values by key and month, zero where nothing is stated: names (S,) and (S, T)."""
    names, row = np.unique(np.asarray(keys), return_inverse=True)
    column = (months - axis[0]).astype(int)
    inside = (column >= 0) & (column < len(axis))
    out = np.zeros((len(names), len(axis)))
    np.add.at(out, (row[inside], column[inside]), values[inside])
    return names.tolist(), out


ITEMS = """
    with cells as (select hs_code, partner_country, flow, period_start, record_id,
                          net_mass_kg::double as mass, value_usd::double as value
                   from trade where period_start between ? and ?),
         own as (select * from cells where partner_country <> 'ALL')
    select ? as source, hs_code, (select max(period_start) from own) as last_period,
           list({'flow': flow, 'partner': partner_country, 'month': period_start, 'mass': mass, 'value': value,
                 'record_id': record_id} order by flow, partner_country, period_start) as cells
    from cells where hs_code in (select hs_code from own) group by hs_code order by hs_code
"""


def read_panel(source: str, *, first: str | None, last: str | None) -> tuple[Panel, date]:
    """Series of a source over its months as a night would see them, and the day its newest figure became known."""
    trade = newest_trade("source = ? or partner_country = 'ALL'", [source])
    own = reading.ask("select * from trade where source = ? and partner_country <> 'ALL'", [source], trade=trade)
    if not len(own):
        raise ContractError(f"silver.trade_month holds nothing of {source}: run `python -m jobs run ingest` first")
    axis = month_axis(own["period_start"].to_numpy().astype("datetime64[M]"), first, last)
    bounds = [str(axis[0].astype("datetime64[D]")), str((axis[-1] + 1).astype("datetime64[D]") - 1)]
    where = "source = ? and partner_country <> 'ALL' or partner_country = 'ALL'"
    kept = reading.ask(f"select * from trade where {where}", [source], trade=trade)
    items = reading.ask(ITEMS, [*bounds, source], trade=kept)
    known = max(own["known_at"].to_pylist()).astimezone(ZoneInfo(settings().timezone)).date()
    return build_panel(items), known


def read_totals(*, first: str | None, last: str | None) -> tuple[list[str], np.ndarray, np.ndarray]:
    """National totals: names such as hs=7601100000|origin=ALL, import mass (S, T) with NaN before an item's first
    month, months.
    """
    try:
        trade = newest_trade("flow = 'I' and partner_country = 'ALL'", [])
    except ContractError:
        return [], np.zeros((0, 0)), np.zeros(0, dtype="datetime64[M]")
    months = trade["period_start"].to_numpy().astype("datetime64[M]")
    mass = np.asarray(trade["net_mass_kg"].to_pylist(), dtype=float)
    axis = month_axis(months, first, last)
    keys = [f"hs={h}|origin=ALL" for h in trade["hs_code"].to_pylist()]
    names, masses = matrix(keys, months, axis, mass)
    begins = {key: months[np.asarray(keys) == key].min() for key in names}
    for row, name in enumerate(names):
        masses[row, axis < begins[name]] = np.nan
    return names, masses, axis
