"""What a look-up table knows of the label: by the exact tuple, and by its neighbours after the tuple is purged.

A table of past rows is asked about a later one twice. First by the tuple itself: the mean residual of the training
rows that repeat it. Then purged of the tuple: for a measure the mean residual of the next larger and next smaller
values of the same code, for two codes the sum of what each of them says in other company. An honest effect is smooth
or additive, so both answers agree; where only the exact tuple knows, rows are remembered. The difference times the
validation residual, over the rows that have both, is the gain (Henderson's third variance component of the cell, 0 to
1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.stats.leak_audit.columns import Column

REACH = 5  # distinct values to either side that count as neighbours


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Tuples of one look-up over N rows.

    Attributes:
        names: columns of the tuple.
        cell: number of each row's tuple, shape (N,); of a measure in the order of its values.
        parents: codes within which neighbours are looked for, one array (N,) each; empty where the whole row is the
            tuple.
        is_measured: whether the last column is a measure.
    """

    names: tuple[str, ...]
    cell: IntArray
    parents: tuple[IntArray, ...]
    is_measured: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one look-up says of V validation rows; shapes (V,).

    Attributes:
        repeats: training rows with the same tuple.
        exact: their mean residual, 0 where there are none.
        purged: mean residual of the neighbours once the tuple is purged, 0 where there are none.
        is_comparable: rows that have both.
    """

    repeats: IntArray
    exact: FloatArray
    purged: FloatArray
    is_comparable: BoolArray


def single_cells(column: Column) -> Cells:
    """A look-up by one column."""
    return Cells(
        names=(column.name,), cell=column.exact, parents=(np.zeros_like(column.exact),), is_measured=column.is_measure
    )


def bin_cells(column: Column) -> Cells:
    """A look-up by the bin of a measure: it cannot remember, but it can be too good."""
    return Cells(names=(column.name,), cell=column.near, parents=(np.zeros_like(column.near),), is_measured=False)


def pair_cells(a: Column, b: Column) -> Cells:
    """A look-up by two columns; where one of them is a measure it comes last."""
    if a.is_measure and not b.is_measure:
        a, b = b, a
    width, depth = b.exact.max() + 1, a.exact.max() + 1
    cell = np.unique((a.near * width + b.exact) * depth + a.exact, return_inverse=True)[1].astype(np.int64)
    parents = (a.near,) if b.is_measure else (a.exact, b.exact)
    return Cells(names=(a.name, b.name), cell=cell, parents=parents, is_measured=b.is_measure)


def row_cells(columns: list[Column]) -> Cells:
    """A look-up by all columns at once."""
    cell = np.zeros_like(columns[0].exact)
    for column in columns:
        cell = np.unique(cell * (column.exact.max() + 1) + column.exact, return_inverse=True)[1].astype(np.int64)
    return Cells(names=tuple(column.name for column in columns), cell=cell, parents=(), is_measured=False)


def look_up(cells: Cells, residual: FloatArray, is_train: BoolArray) -> Answer:
    """Ask the training rows about the validation rows, by the tuple and purged of it."""
    count, total = _sums(cells.cell, residual, is_train)
    at = cells.cell[~is_train]
    repeats, exact = count[at], _mean(total, count)[at]
    if not cells.parents:
        return Answer(repeats=repeats, exact=exact, purged=np.zeros_like(exact), is_comparable=repeats > 0)
    if cells.is_measured:
        around, beside = _around(cells, count, total)
        purged, has_control = _mean(beside, around)[at], around[at] > 0
    else:
        purged, has_control = np.zeros_like(exact), np.ones(len(at), dtype=bool)
        for parent in cells.parents:
            level = parent[~is_train]
            all_n, all_sum = _sums(parent, residual, is_train)
            others = all_n[level] - repeats
            purged += _mean(all_sum[level] - total[at], others)
            has_control &= others > 0
    return Answer(repeats=repeats, exact=exact, purged=purged, is_comparable=(repeats > 0) & has_control)


def _around(cells: Cells, count: IntArray, total: FloatArray) -> tuple[IntArray, FloatArray]:
    """Rows, and sum of their residuals, in the next REACH cells to either side of every cell under the same parent."""
    parent = np.zeros(len(count), dtype=np.int64)
    parent[cells.cell] = cells.parents[0]
    first, end = np.searchsorted(parent, parent), np.searchsorted(parent, parent, side="right")
    here = np.arange(len(count))
    low, high = np.maximum(here - REACH, first), np.minimum(here + REACH + 1, end)
    running_n, running = np.append(0, np.cumsum(count)), np.append(0.0, np.cumsum(total))
    return running_n[high] - running_n[low] - count, running[high] - running[low] - total


def _sums(level: IntArray, residual: FloatArray, is_train: BoolArray) -> tuple[IntArray, FloatArray]:
    """Training rows of each level, and the sum of their residuals."""
    size = int(level.max()) + 1
    return np.bincount(level[is_train], minlength=size), np.bincount(level[is_train], residual[is_train], size)


def _mean(total: FloatArray, count: IntArray) -> FloatArray:
    """Total over count, 0 where nothing was counted."""
    return np.divide(total, count, out=np.zeros(len(total)), where=count > 0)
