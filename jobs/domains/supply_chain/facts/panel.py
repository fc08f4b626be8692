"""Items as arrays: S series (item x origin) over T months, and what the months before say of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.supply_chain.facts.coverage import ANY, mask_covered, states_coverage
from jobs.domains.supply_chain.methods.vulnerability import Vulnerability, VulnerabilityRule, vulnerability
from jobs.lake.subjects import item_id


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Monthly imports of S item-origins over T months, I items.

    Attributes:
        source: landing contract the figures came by.
        mass: net mass in kg, (S, T); 0 where nothing came, NaN where that is not known.
        value: customs value in USD, (S, T), likewise.
        item: item number of each series, (S,).
        months: (T,), datetime64[M], consecutive.
        exports: value of the item's exports in USD, (I, T); NaN where not known.
        total: the item's published import value in USD, (I, T); NaN where no total is on file.
        hs_code: (I,).
        origin: country of each series, (S,).
        record: record id behind each cell, (S, T); empty where there is none.
        is_assumed: a zero that no row states, (S, T): deliveries cover the cell and have no row of it.
        is_begun: whether the series has had a row by that month, (S, T).
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
    is_assumed: BoolArray
    is_begun: BoolArray

    @property
    def subject(self) -> list[str]:
        """Canonical name of each series."""
        return [item_id(self.hs_code[i], o) for i, o in zip(self.item, self.origin, strict=True)]


def build_panel(items: pa.Table, start: np.datetime64 | None = None) -> Panel:
    """The items of one source as arrays.

    An origin without a row brought nothing in the months that deliveries cover of it; outside them it is unknown.
    Where it is not known what deliveries cover, a month without any row of an item, imports or exports, is unknown for
    that item, as the figures of an item arrive together; within one that is known, an origin without a row is empty.

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
    of_items = range(len(items))
    sold = (flow == "X") & by_country & inside
    is_sold = np.zeros(shape, dtype=bool)
    is_sold[of[sold], column[sold]] = True
    exports = np.where(
        is_sold | mask_covered(items, "X", {(i, ANY): i for i in of_items}, months, known),
        _sum_into(shape, of[sold], column[sold], value[sold]),
        np.nan,
    )
    has_total = mask_covered(items, "I", {(i, "ALL"): i for i in of_items}, months, np.zeros(shape, dtype=bool))
    total = np.where(has_total, 0.0, np.nan)
    stated = (flow == "I") & ~by_country & inside
    total[of[stated], column[stated]] = value[stated]

    own = np.flatnonzero((flow == "I") & by_country & inside)
    key = np.char.add(np.char.add(of[own].astype("U12"), "|"), partner[own])
    names, row = np.unique(key, return_inverse=True)
    item = np.array([int(name.partition("|")[0]) for name in names], dtype=np.int64)
    origin = np.array([name.partition("|")[2] for name in names])
    rows = {(int(i), str(o)): n for n, (i, o) in enumerate(zip(item, origin, strict=True))}
    is_known = mask_covered(items, "I", rows, months, known[item])
    masses, values = np.where(is_known, 0.0, np.nan), np.where(is_known, 0.0, np.nan)
    records = np.full(is_known.shape, "", dtype=object)
    masses[row, column[own]], values[row, column[own]] = mass[own], value[own]
    records[row, column[own]] = record[own]
    is_stated = np.zeros(is_known.shape, dtype=bool)
    is_stated[row, column[own]] = True
    return Panel(
        source=items["source"][0].as_py(),
        mass=masses,
        value=values,
        item=item,
        months=months,
        exports=exports,
        total=total,
        hs_code=np.asarray(items["hs_code"].to_pylist(), dtype=str),
        origin=origin,
        record=records,
        is_assumed=is_known & ~is_stated & states_coverage(items),
        is_begun=np.logical_or.accumulate(is_stated, axis=1),
    )


def _sum_into(shape: tuple[int, int], of: IntArray, column: IntArray, value: FloatArray) -> FloatArray:
    """Sums of values by item and month."""
    out = np.zeros(shape)
    np.add.at(out, (of, column), value)
    return out


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


def value_on_file(panel: Panel) -> FloatArray:
    """What is on file of each origin's value, (S, T), of which shares are taken; NaN where they can not be known.

    An origin whose month is unknown counts as nothing where a total on file bounds what is missing, or before it had
    its first row, if others of the item are known; else no share of the item is known.
    """
    is_known = np.isfinite(panel.value)
    beside = np.zeros(panel.total.shape, dtype=bool)
    np.logical_or.at(beside, panel.item, is_known)
    is_bounded = np.isfinite(panel.total)[panel.item] | ~panel.is_begun
    return np.where(~is_known & beside[panel.item] & is_bounded, 0.0, panel.value)


def assess_standing(panel: Panel, rule: EligibilityRule, grading: VulnerabilityRule) -> Standing:
    """Eligibility, share and vulnerability of every series in every month, from the months before it."""
    value = value_on_file(panel)
    has_total = np.isfinite(panel.total).any(axis=1)
    # Where no total is published the countries on file are all there is; a month of it is as known as they are.
    on_file = np.zeros_like(panel.total)
    np.add.at(on_file, panel.item, value)
    total = np.where(has_total[:, None], panel.total, on_file)
    graded = vulnerability(value, panel.item, len(panel.hs_code), grading, total=total, exports=panel.exports)
    share = graded.concentration.share
    with np.errstate(invalid="ignore"):
        watched = (share >= rule.share_least) & (median_before(panel.mass, rule.months) > rule.median_least_kg)
    return Standing(is_watched=watched, share=share, vulnerability=graded)
