"""A table's columns as codes, and what an additive model leaves of the label: the ground of the leak audit.

Codes are texts; floats and integers are measures where they take many values, else codes as well. A measure is known
twice: by its exact value, and by the quantile bin it lies in. What holds of a bin is knowledge, what holds only of
the exact value is memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray, IntArray

BINS = 32  # of a measure
USUAL_REPEATS = 50  # rows a value; a number that repeats as often as this is a code
UNIQUE_SHARE = 0.98  # distinct texts a row, from which on a column numbers the rows
RATIO_DIGITS = 4  # significant digits of a ratio: two roundings of one unit price stay one
RATIO = " / "  # between the names of the measures
PASSES = 3  # of back-fitting


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column over N rows.

    Attributes:
        name: as in the table; a ratio is "numerator / denominator".
        exact: rank of the exact value among the distinct ones, shape (N,); empty values are a value.
        near: quantile bin of a measure, for a code the same as `exact`.
        is_measure: whether neighbouring values mean neighbouring things.
        values: the numbers, where the column holds numbers, shape (N,).
    """

    name: str
    exact: IntArray
    near: IntArray
    is_measure: bool
    values: FloatArray | None


def code_column(name: str, values: NDArray[Any]) -> Column:
    """A column of texts, numbers or truth values as ranks and bins."""
    is_number = values.dtype.kind in "fiu"
    if not is_number:
        values = np.array(["" if value is None else str(value) for value in values.tolist()])
    distinct, exact = np.unique(values, return_inverse=True)
    exact = exact.astype(np.int64)
    numbers = values.astype(float) if is_number else None
    if numbers is None or len(distinct) * USUAL_REPEATS <= len(values):
        return Column(name=name, exact=exact, near=exact, is_measure=False, values=numbers)
    known = numbers[np.isfinite(numbers)]
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)
    near = np.where(np.isfinite(numbers), np.searchsorted(edges, numbers, side="right"), len(edges) + 1)
    return Column(name=name, exact=exact, near=near.astype(np.int64), is_measure=True, values=numbers)


def code_table(table: Mapping[str, NDArray[Any]], identifiers: tuple[str, ...]) -> tuple[list[Column], list[Column]]:
    """Columns that describe, and columns that only number the rows: those named, and texts that hardly repeat."""
    described, numbering = [], []
    for name, values in table.items():
        column = code_column(name, np.asarray(values))
        is_unique = not column.is_measure and column.exact.max() + 1 >= UNIQUE_SHARE * len(values)
        (numbering if name in identifiers or is_unique else described).append(column)
    return described, numbering


def ratio_columns(columns: list[Column]) -> list[Column]:
    """Ratios of two measures that repeat to four digits in half of the rows or more: a constant stands behind them."""
    result = []
    for above, below in combinations([column for column in columns if column.is_measure], 2):
        usable = (above.values > 0) & (below.values > 0)
        ratio = np.divide(above.values, below.values, out=np.full(len(usable), np.nan), where=usable)
        scale = 10.0 ** (RATIO_DIGITS - 1 - np.floor(np.log10(np.where(usable, ratio, 1.0))))
        column = code_column(f"{above.name}{RATIO}{below.name}", np.round(ratio * scale) / scale)
        if column.is_measure and 2 * (column.exact.max() + 1) <= len(ratio):
            result.append(column)
    return result


def additive_residuals(columns: list[Column], label: FloatArray, is_train: BoolArray) -> FloatArray:
    """What a sum of one effect a column leaves of the label, shape (N,).

    The effects are those of codes and of bins, fitted on the training rows only and shrunk by each column's own
    variance between its levels (method of moments), so that a firm with two rows is not remembered by name.
    """
    residual = label - label[is_train].mean()
    effects = {column.name: np.zeros(column.near.max() + 1) for column in columns}
    for _ in range(PASSES):
        for column in columns:
            partial = residual + effects[column.name][column.near]
            effect = shrunk_effect(column.near[is_train], partial[is_train], len(effects[column.name]))
            effects[column.name], residual = effect, partial - effect[column.near]
    result: FloatArray = residual
    return result


def shrunk_effect(level: IntArray, residual: FloatArray, size: int) -> FloatArray:
    """Mean of each level shrunk by the intraclass correlation of its members, shape (size,)."""
    count = np.bincount(level, minlength=size)
    total = np.bincount(level, residual, size)
    pairs = float((count * (count - 1)).sum())
    variance = float(np.mean(residual**2))
    if pairs == 0 or variance == 0:
        return np.zeros(size)
    alike = float((total**2).sum() - (residual**2).sum()) / pairs / variance
    if alike <= 0:
        return np.zeros(size)
    return total / (count + (1 - min(alike, 0.99)) / alike)
