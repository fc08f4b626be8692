"""A back-test's facts: item x origin series, and which of them a night may judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.methods.vulnerability import vulnerability

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MONTHS = 12
SHARE_LEAST = 0.20
MEDIAN_LEAST_KG = 5_000.0


@dataclass(frozen=True)
class Panel:
    """Monthly imports of S item-origins over T months.

    Attributes:
        mass: net mass in kg, shape (S, T), zero where nothing came.
        value: customs value in USD, shape (S, T).
        item: item number of each series, 0 to I - 1, shape (S,).
        months: shape (T,), datetime64[M].
        exports: value of the item's exports in USD, shape (I, T).
        name: subject of each series, such as "hs=800110|origin=ID", shape (S,).
    """

    mass: FloatArray
    value: FloatArray
    item: IntArray
    months: NDArray[np.datetime64]
    exports: FloatArray
    name: NDArray[np.str_]


@dataclass(frozen=True)
class Standing:
    """What the twelve months before each month say of each series, shape (S, T).

    Attributes:
        eligible: share of at least 20 % and median mass over 5 t.
        share: share of the item's value.
        vulnerability: proven class of the item, 0 where nothing is.
        vulnerability_most: largest class the unknown world concentration leaves open.
    """

    eligible: NDArray[np.bool_]
    share: FloatArray
    vulnerability: IntArray
    vulnerability_most: IntArray


def median_before(mass: FloatArray) -> FloatArray:
    """Median of the twelve months before each month, shape (S, T); NaN in the first twelve."""
    out = np.full(mass.shape, np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(mass, MONTHS, axis=1)[:, :-1]
    out[:, MONTHS:] = np.median(windows, axis=2)
    return out


def assess_standing(panel: Panel) -> Standing:
    """Eligibility, share and vulnerability of every series in every month, from the months before it."""
    graded = vulnerability(panel.value, panel.item, len(panel.exports), exports=panel.exports)
    share = np.nan_to_num(graded.concentration.share)
    with np.errstate(invalid="ignore"):
        eligible = (share >= SHARE_LEAST) & (median_before(panel.mass) > MEDIAN_LEAST_KG)
    classes = (graded.at_least.astype(np.int64)[panel.item], graded.at_most.astype(np.int64)[panel.item])
    return Standing(eligible, share, *classes)


def standing_of_replaced(panel: Panel, rows: IntArray, mass: FloatArray, value: FloatArray) -> Standing:
    """The same for series replaced one at a time, the rest of their item as it was, shape (N, T).

    Args:
        panel: the facts as they were.
        rows: the series each replacement stands for, shape (N,).
        mass: mass of the replacements, shape (N, T).
        value: value of the replacements, shape (N, T).
    """
    members = [np.flatnonzero(panel.item == i) for i in panel.item[rows]]
    item = np.repeat(np.arange(len(rows)), [len(m) for m in members])
    gathered = np.concatenate(members)
    values = panel.value[gathered].copy()
    position = np.array([np.flatnonzero(m == r)[0] for m, r in zip(members, rows, strict=True)])
    position += np.concatenate([[0], np.cumsum([len(m) for m in members])[:-1]]).astype(int)
    values[position] = value
    graded = vulnerability(values, item, len(rows), exports=panel.exports[panel.item[rows]])
    share = np.nan_to_num(graded.concentration.share[position])
    with np.errstate(invalid="ignore"):
        eligible = (share >= SHARE_LEAST) & (median_before(mass) > MEDIAN_LEAST_KG)
    return Standing(eligible, share, graded.at_least.astype(np.int64), graded.at_most.astype(np.int64))
