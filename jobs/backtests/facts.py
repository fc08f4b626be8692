"""A back-test's facts from the lake, read without Spark: the newest version of every cell."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from jobs import reading
from jobs.backtests.panel import Panel
from jobs.contracts import ContractError
from jobs.settings import settings

NEWEST = """
    select * exclude (age) from (
        select *, row_number() over (partition by source, flow, hs_code, partner_country, period_start order by known_at desc) age
        from trade)
    where age = 1
"""


def newest_trade(where: str, values: list[str]) -> pa.Table:
    """Cells of silver.trade_month as known now.

    Raises:
        ContractError: silver holds none.
    """
    trade = reading.ask(f"select * from ({NEWEST}) where {where} order by hs_code, partner_country, period_start", values,
                        trade=reading.read("silver.trade_month"))  # fmt: skip
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


def read_panel(source: str, *, first: str | None, last: str | None) -> tuple[Panel, date]:
    """Imports of a source by item and origin over its months, and the day its newest figure became known."""
    trade = newest_trade("source = ? and partner_country <> 'ALL'", [source])
    flow = np.asarray(trade["flow"].to_pylist())
    hs, partner = (np.asarray(trade[name].to_pylist()) for name in ("hs_code", "partner_country"))
    months = trade["period_start"].to_numpy().astype("datetime64[M]")
    value, mass = (np.asarray(trade[name].to_pylist(), dtype=float) for name in ("value_usd", "net_mass_kg"))
    axis = month_axis(months, first, last)
    imports = flow == "I"
    keys = [f"hs={h}|origin={p}" for h, p in zip(hs[imports], partner[imports], strict=True)]
    names, masses = matrix(keys, months[imports], axis, mass[imports])
    _, values = matrix(keys, months[imports], axis, value[imports])
    of_item = [name.split("|")[0].removeprefix("hs=") for name in names]
    items, item = np.unique(of_item, return_inverse=True)
    exported, sums = matrix(hs[~imports].tolist(), months[~imports], axis, value[~imports])
    exports = np.zeros((len(items), len(axis)))
    place = {hs_code: i for i, hs_code in enumerate(items)}
    for hs_code, row in zip(exported, sums, strict=True):
        if hs_code in place:
            exports[place[hs_code]] = row
    known = max(trade["known_at"].to_pylist()).astimezone(ZoneInfo(settings().timezone)).date()
    return Panel(mass=masses, value=values, item=item, months=axis, exports=exports, name=np.array(names)), known


def read_totals(*, first: str | None, last: str | None) -> tuple[list[str], np.ndarray, np.ndarray]:
    """National totals: names such as hs=7601100000|origin=ALL, import mass (S, T) with NaN before an item's first month, months."""
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
