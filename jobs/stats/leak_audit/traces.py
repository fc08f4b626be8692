"""Traces a label leaves in a column made from it: an average that contains it, a number given after it was known.

Rows of one group are exchangeable before their labels are known, so given any earlier property of the group their
labels are independent or alike, never opposed (de Finetti). In a column that averages the labels they are opposed:
when the average is known, one label more elsewhere is one less here. A number that only identifies a row says
nothing of its label but by the order in which numbers were given.
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.stats.leak_audit.columns import Column

CONSTANT_SHARE = 0.02  # of a column's variance that may lie within groups for it to be the groups' property
LEAST_GROUPS = 20
SMOOTH_TERMS = 5  # of the curve that says how the label depends on a column
BLOCKS = 20  # equal parts of an order
LEAST_ROWS = 5  # of a code for its constant to count


def opposition(column: Column, group: Column, label: FloatArray) -> tuple[float, float]:
    """How little the labels of a group differ in sum from what the column says, as (z, dispersion).

    The dispersion is the variance of group sums over that of independent labels: about 1 or more for an honest
    property, 0 for an average of the very labels. z is its normal score (Wilson-Hilferty), (0, 1) where the column is
    no property of the group or there are too few groups to say.
    """
    size = np.bincount(group.exact)
    chosen = (size[group.exact] > 1) & np.isfinite(column.values)
    level, values = np.unique(group.exact[chosen], return_inverse=True)[1], column.values[chosen]
    groups = int(level.max()) + 1 if chosen.any() else 0
    if groups < LEAST_GROUPS or not _is_property(level, values, groups):
        return 0.0, 1.0
    expected = _smooth(values, np.bincount(level)[level], label[chosen])
    spread = np.clip(expected * (1 - expected), 1e-4, None)
    sums, variance = np.bincount(level, label[chosen] - expected), np.bincount(level, spread)
    fourth = np.maximum(np.bincount(level, spread * (1 - 6 * spread)), 0.0)  # excess of a Bernoulli label
    weight = 1 / (1 + variance)  # between Pearson's 1 / variance, which rare labels upset, and none
    mean = float((weight * variance).sum()) * (groups - SMOOTH_TERMS) / groups
    dispersion = float((weight * sums**2).sum()) / mean
    freedom = 2 * mean**2 / float((weight**2 * (2 * variance**2 + fourth)).sum())
    step = 2 / (9 * freedom)
    return float((np.cbrt(dispersion) - (1 - step)) / np.sqrt(step)), dispersion


def _is_property(level: IntArray, values: FloatArray, groups: int) -> bool:
    """Whether the values hardly vary within groups."""
    mean = np.bincount(level, values, groups) / np.bincount(level, minlength=groups)
    total = float(np.var(values))
    return total > 0 and float(np.mean((values - mean[level]) ** 2)) <= CONSTANT_SHARE * total


def _smooth(values: FloatArray, size: IntArray, label: FloatArray) -> FloatArray:
    """Least-squares curve of the label on a column, within [0, 1].

    An average shrunk by k rows is `(S + k m) / (n + k)`: given it, the group's mean label is linear in it, in 1 / n
    and in their product. The square is for other scales.
    """
    scaled = (values - values.mean()) / values.std()
    design = np.column_stack([np.ones(len(size)), scaled, scaled**2, 1 / size, scaled / size])
    result: FloatArray = np.clip(design @ np.linalg.lstsq(design, label, rcond=None)[0], 0.0, 1.0)
    return result


def order_share(number: Column, residual: FloatArray, within: IntArray) -> tuple[float, float]:
    """Share of the residual variance between twenty blocks of a number's order, and the normal score of that share.

    Args:
        number: the identifying column.
        residual: what the describing columns leave of the label, shape (N,).
        within: part in which the order is looked at by itself, such as a split or a day, shape (N,).
    """
    order = np.lexsort((number.exact, within))
    _, start, size = np.unique(within[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(start, size)
    block = np.empty(len(order), dtype=np.int64)
    block[order] = place * BLOCKS // np.repeat(size, size)
    return _between(block, residual - _level_mean(within, residual))


def constant_share(ratio: Column, code: Column) -> float:
    """Share of the rows whose ratio is their code's own constant; 0 where the codes share few constants.

    Codes with fewer than five rows do not count. A rate that many codes share is a tariff; a constant of each code's
    own means that one measure was computed from the other.
    """
    cell = np.unique(code.exact * (ratio.exact.max() + 1) + ratio.exact, return_inverse=True)[1]
    size, rows = np.bincount(cell), np.bincount(code.exact)
    code_of, ratio_of = np.empty(len(size), dtype=np.int64), np.empty(len(size), dtype=np.int64)
    code_of[cell], ratio_of[cell] = code.exact, ratio.exact
    order = np.lexsort((size, code_of))
    usual = order[np.append(np.diff(code_of[order]) > 0, True)]  # the most frequent cell of each code
    usual = usual[rows[code_of[usual]] >= LEAST_ROWS]
    if len(usual) == 0 or 2 * len(np.unique(ratio_of[usual])) < len(usual):
        return 0.0
    return float(size[usual].sum() / rows[code_of[usual]].sum())


def _between(block: IntArray, residual: FloatArray) -> tuple[float, float]:
    """Adjusted share of the variance that lies between blocks, and the normal score of that share being 0."""
    count, total = np.bincount(block), np.bincount(block, residual)
    groups, rows = int((count > 0).sum()), len(block)
    between = float(np.divide(total**2, count, out=np.zeros(len(count)), where=count > 0).sum())
    variance = float((residual**2).sum()) / rows
    share = (between - (groups - 1) * variance) / (rows * variance)
    freedom = max(groups - 1, 1)
    step = 2 / (9 * freedom)
    return share, float((np.cbrt(between / variance / freedom) - (1 - step)) / np.sqrt(step))


def _level_mean(level: IntArray, values: FloatArray) -> FloatArray:
    """Mean of each row's level, shape (N,)."""
    codes = np.unique(level, return_inverse=True)[1]
    return (np.bincount(codes, values) / np.bincount(codes))[codes]
