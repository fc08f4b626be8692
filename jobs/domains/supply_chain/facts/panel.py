"""Items as arrays: S series (item x origin) over T months, and what the months before say of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.domains.supply_chain.methods.vulnerability import Vulnerability, VulnerabilityRule, vulnerability
from jobs.lake.subjects import item_id


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Monthly imports of S item-origins over T months, I items.

    Attributes:
        source: landing contract the figures came by.
        mass: net mass in kg, (S, T); 0 where nothing came, NaN where the item's month is not known.
        value: customs value in USD, (S, T), likewise.
        item: item number of each series, (S,).
        months: (T,), datetime64[M], consecutive.
        exports: value of the item's exports in USD, (I, T); NaN where not known.
        total: the item's published import value in USD, (I, T); NaN where no total is on file.
        hs_code: (I,).
        origin: country of each series, (S,).
        record: record id behind each cell, (S, T); empty where there is none.
    """

    source: str
    mass: FloatArray
    value: FloatArray
    item: IntArray
    months: NDArray[np.datetime64]
    exports: FloatArray
    total: FloatArray
    hs_code: NDArray[np.str_]
    origin: NDArray[np.str_]
    record: NDArray[np.object_]

    @property
    def subject(self) -> list[str]:
        """Canonical name of each series."""
        return [item_id(self.hs_code[i], o) for i, o in zip(self.item, self.origin, strict=True)]


def build_panel(items: pa.Table, start: np.datetime64 | None = None) -> Panel:
    """The items of one source as arrays.

    A month without any row of an item, imports or exports, is unknown for that item, not empty: the figures of
    an item arrive together. Within a month that is known, an origin without a row brought nothing.

    Args:
        items: rows of `facts.gather_items`, all of one source.
        start: first month; that of the oldest cell when not given.
    """
    cells = items["cells"].combine_chunks()
    of = np.repeat(np.arange(len(items)), cells.value_lengths().to_numpy(zero_copy_only=False))
    flat = cells.flatten()
    flow, partner = (np.asarray(flat.field(name).to_pylist(), dtype=str) for name in ("flow", "partner"))
    month = flat.field("month").to_numpy(zero_copy_only=False).astype("datetime64[M]")
    mass, value = (flat.field(name).to_numpy(zero_copy_only=False).astype(float) for name in ("mass", "value"))
    record = np.asarray(flat.field("record_id").to_pylist(), dtype=object)
    last = np.datetime64(items["last_period"][0].as_py(), "M")
    keep = month <= last
    of, flow, partner, month, mass, value, record = (a[keep] for a in (of, flow, partner, month, mass, value, record))
    by_country = partner != "ALL"
    months = np.arange(month[by_country].min() if start is None else start, last + 1)
    column = (month - months[0]).astype(int)
    inside = column >= 0
    shape = (len(items), len(months))

    known = np.zeros(shape, dtype=bool)
    known[of[by_country & inside], column[by_country & inside]] = True
    exports = _sum_into(shape, of, column, value, (flow == "X") & by_country & inside, known)
    total = np.full(shape, np.nan)
    stated = (flow == "I") & ~by_country & inside
    total[of[stated], column[stated]] = value[stated]

    own = np.flatnonzero((flow == "I") & by_country & inside)
    key = np.char.add(np.char.add(of[own].astype("U12"), "|"), partner[own])
    names, row = np.unique(key, return_inverse=True)
    item = np.array([int(name.split("|")[0]) for name in names], dtype=np.int64)
    blank = np.where(known[item], 0.0, np.nan)
    masses, values = blank.copy(), blank.copy()
    records = np.full(blank.shape, "", dtype=object)
    masses[row, column[own]], values[row, column[own]] = mass[own], value[own]
    records[row, column[own]] = record[own]
    return Panel(
        source=items["source"][0].as_py(),
        mass=masses,
        value=values,
        item=item,
        months=months,
        exports=exports,
        total=total,
        hs_code=np.asarray(items["hs_code"].to_pylist(), dtype=str),
        origin=np.array([name.split("|")[1] for name in names]),
        record=records,
    )


def _sum_into(
    shape: tuple[int, int],
    of: IntArray,
    column: IntArray,
    value: FloatArray,
    where: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> FloatArray:
    """Sums of the chosen values by item and month; NaN where the item's month is unknown."""
    out = np.zeros(shape)
    np.add.at(out, (of[where], column[where]), value[where])
    return np.where(known, out, np.nan)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the twelve months before each month say.

    Attributes:
        is_watched: eligible for alerts by the rule on share and size, (S, T).
        share: the series' share of the item's value, (S, T); NaN where unknown.
        vulnerability: of the items, (I, T) inside.
    """

    is_watched: NDArray[np.bool_]
    share: FloatArray
    vulnerability: Vulnerability


@dataclass(frozen=True, kw_only=True)
class EligibilityRule:
    """Which series may raise an alert.

    Attributes:
        share_least: of the item's imports by value in the twelve months before.
        median_least_kg: the median month of the `months` before is over this.
        months: of that median.
        peer_share_least: a smaller origin is not shown beside one that raises an alert.
    """

    share_least: float
    median_least_kg: float
    months: int
    peer_share_least: float


def median_before(mass: FloatArray, months: int) -> FloatArray:
    """Median of the `months` before each month, (S, T); NaN in the first ones or where one is unknown."""
    out = np.full(mass.shape, np.nan)
    if mass.shape[1] > months:
        windows = np.lib.stride_tricks.sliding_window_view(mass, months, axis=1)[:, :-1]
        out[:, months:] = np.median(windows, axis=2)
    return out


def assess_standing(panel: Panel, rule: EligibilityRule, grading: VulnerabilityRule) -> Standing:
    """Eligibility, share and vulnerability of every series in every month, from the months before it."""
    has_total = np.isfinite(panel.total).any(axis=1)
    # Where no total is published the countries on file are all there is; a month of it is as known as they are.
    on_file = np.zeros_like(panel.total)
    np.add.at(on_file, panel.item, panel.value)
    total = np.where(has_total[:, None], panel.total, on_file)
    graded = vulnerability(panel.value, panel.item, len(panel.hs_code), grading, total=total, exports=panel.exports)
    share = graded.concentration.share
    with np.errstate(invalid="ignore"):
        watched = (share >= rule.share_least) & (median_before(panel.mass, rule.months) > rule.median_least_kg)
    return Standing(is_watched=watched, share=share, vulnerability=graded)
