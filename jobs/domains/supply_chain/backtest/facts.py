"""A back-test's facts from the lake, read without Spark by the night's own query: the newest version of every cell."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc

from jobs.contracts import ContractError
from jobs.domains.supply_chain.facts.coverage import SCOPE, covered_sql
from jobs.domains.supply_chain.facts.items import TRADE, gather_items
from jobs.domains.supply_chain.facts.panel import Panel, build_panel
from jobs.domains.supply_chain.facts.revisions import RENAMED, REVISION
from jobs.lake.as_of import Stored, ask_known
from jobs.lake.subjects import item_id
from jobs.settings import settings

NOTHING = "silver.trade_month holds nothing of {source}: run `python -m jobs run ingest` first"


def within(first: str | None, last: str | None) -> str:
    """Condition that a month (such as 2024-03) is among those asked for."""
    begin = f"period_start >= date '{first}-01'" if first else "true"
    return f"{begin} and period_start <= date '{last}-01'" if last else begin


def read_panel(
    stored: Stored, source: str, *, first: str | None = None, last: str | None = None, night: date | None = None
) -> tuple[Panel, date]:
    """Series of a source over its months as a night would see them, and the day its newest figure became known.

    Args:
        stored: the tables of silver.
        source: the source.
        first, last: months at either end; all that are known when not given.
        night: what was known at its end; everything known when not given.

    Raises:
        ContractError: silver holds nothing of the source.
    """
    items = gather_items(stored, night, where=within(first, last))
    items = items.filter(pc.equal(items["source"], source))
    if not len(items):
        raise ContractError(NOTHING.format(source=source))
    newest = "select max(known_at) as at from trade where source = $source and partner_country <> 'ALL'"
    known = ask_known(stored, newest, night, {"trade": TRADE}, {"source": source})["at"][0].as_py()
    return build_panel(items), known.astimezone(ZoneInfo(settings().timezone)).date()


def matrix(keys: list[str], months: np.ndarray, axis: np.ndarray, values: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Values by key and month, zero where nothing is stated: names (S,) and (S, T)."""
    names, row = np.unique(np.asarray(keys), return_inverse=True)
    column = (months - axis[0]).astype(int)
    inside = (column >= 0) & (column < len(axis))
    out = np.zeros((len(names), len(axis)))
    np.add.at(out, (row[inside], column[inside]), values[inside])
    return names.tolist(), out


TOTALS = """
    with recursive {renamed}, {covered}
    select hs_code, month as first, month as last, mass, false as is_run
    from cells where flow = 'I' and partner = 'ALL'
    union all
    select hs_code, first, last, null, true from runs where flow = 'I' and partner = 'ALL'
    order by hs_code, is_run, first
"""


def read_totals(
    stored: Stored, *, first: str | None = None, last: str | None = None
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """National totals: names such as hs=7601100000|origin=ALL, import mass (S, T) with NaN before an item's first
    month and, where it is known what deliveries cover, outside of that; months.
    """
    known = {"trade": TRADE, "scope": SCOPE, "revision": REVISION}
    rows = ask_known(stored, TOTALS.format(renamed=RENAMED.strip(), covered=covered_sql()), None, known)
    trade, runs = (rows.filter(pc.equal(rows["is_run"], is_run)) for is_run in (False, True))
    if not len(trade):
        return [], np.zeros((0, 0)), np.zeros(0, dtype="datetime64[M]")
    months = trade["first"].to_numpy().astype("datetime64[M]")
    axis = month_axis(months, first, last)
    keys = [item_id(hs_code, "ALL") for hs_code in trade["hs_code"].to_pylist()]
    names, masses = matrix(keys, months, axis, trade["mass"].to_numpy())
    stated = matrix(keys, months, axis, np.ones(len(keys)))[1] > 0
    for row, name in enumerate(names):
        covered = np.zeros(len(axis), dtype=bool)
        for run in runs.filter(pc.equal(runs["hs_code"], trade["hs_code"][keys.index(name)])).to_pylist():
            covered |= (axis >= np.datetime64(run["first"], "M")) & (axis <= np.datetime64(run["last"], "M"))
        begins = axis >= months[np.asarray(keys) == name].min()
        masses[row, ~(stated[row] | begins & (covered | (len(runs) == 0)))] = np.nan
    return names, masses, axis


def month_axis(months: np.ndarray, first: str | None, last: str | None) -> np.ndarray:
    """Consecutive months from the first to the last that are on file, cut to those asked for."""
    begin = max(months.min(), np.datetime64(first, "M")) if first else months.min()
    end = min(months.max(), np.datetime64(last, "M")) if last else months.max()
    return np.arange(begin, end + 1)
