"""Medians and spreads of many small groups at once: by rows of a matrix, or by group numbers."""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray, IntArray

MAD_TO_SD = 1.4826  # of a normal distribution


def row_median(matrix: FloatArray) -> tuple[FloatArray, IntArray]:
    """Median of each row of an (M, K) matrix without its NaN, NaN where all are, and the numbers used."""
    if matrix.shape[1] == 0:
        return np.full(len(matrix), np.nan), np.zeros(len(matrix), dtype=np.int64)
    ordered = np.sort(matrix, axis=1)  # NaN sorts last
    n = (~np.isnan(matrix)).sum(axis=1)
    low, high = (np.take_along_axis(ordered, np.maximum(at, 0)[:, None], axis=1)[:, 0] for at in ((n - 1) // 2, n // 2))
    return np.where(n > 0, (low + high) / 2, np.nan), n


def row_spread(matrix: FloatArray, middle: FloatArray) -> FloatArray:
    """1.4826 times the median absolute deviation of each row from `middle`."""
    return MAD_TO_SD * row_median(np.abs(matrix - middle[:, None]))[0]


def group_median(values: FloatArray, group: IntArray, n_groups: int) -> tuple[FloatArray, IntArray]:
    """Median of each group 0 to n_groups - 1, NaN where it is empty, and its size.

    NaN values and group -1 are left out.
    """
    used = (group >= 0) & ~np.isnan(values)
    values, group = values[used], group[used]
    ordered = values[np.lexsort((values, group))]
    n = np.bincount(group, minlength=n_groups)
    first = np.cumsum(n) - n
    padded = np.append(ordered, np.nan)
    # An empty group asks for the place of its neighbour: where() turns it down.
    low, high = (padded[np.minimum(first + np.maximum(at, 0), len(ordered))] for at in ((n - 1) // 2, n // 2))
    return np.where(n > 0, (low + high) / 2, np.nan), n


def group_spread(values: FloatArray, group: IntArray, middle: FloatArray) -> FloatArray:
    """1.4826 times the median absolute deviation of each group from its `middle`, shape (n_groups,)."""
    known = np.append(middle, np.nan)  # group -1 takes the last
    return MAD_TO_SD * group_median(np.abs(values - known[group]), group, len(middle))[0]
