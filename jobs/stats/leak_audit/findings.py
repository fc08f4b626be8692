"""What an audit says: leaks of each kind with their size, and the code and parameters of their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray
from jobs.stats.leak_audit.columns import RATIO, Column
from jobs.stats.leak_audit.gains import Gain, precisions
from jobs.stats.leak_audit.traces import constant_share, opposition, order_share

ROW, REMEMBERS, TOO_GOOD = "leak.row_repeats", "leak.tuple_remembers", "leak.too_good"


@dataclass(frozen=True, kw_only=True)
class AuditConfig:
    """Sizes and probabilities from which on something is a leak.

    Set on simulated tables of other seeds than are reported.

    Attributes:
        p_value: of the largest of all look-ups, by permutation.
        permutations: of the validation labels.
        least_gain: of a look-up; strong honest habits of firms reach 0.47 (tests/calibration/leaks.py).
        too_good: share of the label's variance a look-up may explain; strong honest effects reach 0.53 (likewise).
        least_share: of the validation rows a look-up must reach, and at least `least_rows` of them.
        opposition_z, opposition: normal score and dispersion below which a column averages its labels.
        order_z, order_share: normal score and share of variance from which on a number knows the label.
        constant_share: of rows whose ratio of two measures is their code's own constant, from which on it is noted.
        capacity: share of rows at which precision is told.
        same: a difference in strength that is none.
    """

    p_value: float
    permutations: int
    least_gain: float
    too_good: float
    least_share: float
    least_rows: int
    opposition_z: float
    opposition: float
    order_z: float
    order_share: float
    constant_share: float
    capacity: float
    same: float


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One leak, or one note.

    Attributes:
        code: of its sentence, `leak.<kind>`.
        columns: that leak.
        strength: its size: a share, or a gain.
        params: what the sentence tells.
    """

    code: str
    columns: tuple[str, ...]
    strength: float
    params: dict[str, str]


def newer_features(
    target: str, is_train: BoolArray, decided_at: NDArray[Any] | None, feature_times: Mapping[str, NDArray[Any]]
) -> list[Finding]:
    """Columns with a value newer than its row's decision, and labels learnt from before they were known."""
    if decided_at is None:
        return []
    result = []
    for name, known_at in feature_times.items():
        limit = np.asarray(decided_at)
        known = np.asarray(known_at).astype(limit.dtype)  # a day is a day: what comes within it is not newer
        if name == target:
            known, limit = known[is_train], limit[~is_train].min()
        newer = known > limit
        if newer.any():
            code = "leak.label_newer" if name == target else "leak.feature_newer"
            share = float(newer.mean())
            params = {"column": name, "rows": f"{int(newer.sum()):,}", "share": _percent(share)}
            result.append(Finding(code=code, columns=(name,), strength=share, params=params))
    return result


def memories(
    assessed: list[Gain], label: FloatArray, is_train: BoolArray, width: int, config: AuditConfig
) -> list[Finding]:
    """Look-ups that know by the exact tuple what its neighbours do not, or that know too much; the largest first.

    A tuple is not told where one of its columns tells as much by itself.
    """
    rows = int((~is_train).sum())
    coded = [(each, code) for each in assessed if (code := memory_code(each, rows, width, config))]
    alone = {each.cells.names[0]: strength(each, code) for each, code in coded if len(each.cells.names) == 1}
    result = {}
    for each, code in coded:
        known = max((alone.get(part, 0.0) for part in components(each.cells.names)), default=0.0)
        if code == ROW or strength(each, code) > known + config.same:
            result[code, each.cells.names] = memory(each, code, label, is_train, config.capacity)
    return sorted(result.values(), key=lambda finding: (finding.code, -finding.strength, finding.columns))


def memory_code(each: Gain, rows: int, width: int, config: AuditConfig) -> str:
    """What is wrong with a look-up over so many validation rows, "" where nothing is."""
    names = each.cells.names
    least = max(config.least_rows, config.least_share * rows)
    can_remember = len(names) > 1 or each.cells.is_measured  # one code that tells is an effect, not a memory
    if can_remember and each.gain >= config.least_gain and each.p_value < config.p_value and each.comparable >= least:
        return ROW if len(names) == width > 2 else REMEMBERS
    return TOO_GOOD if each.explained >= config.too_good and each.repeated * rows >= least else ""


def components(names: tuple[str, ...]) -> set[str]:
    """Columns and ratios that a tuple of columns, or a ratio, is made of; of a single column none."""
    parts = {part for name in names for part in (name, *name.split(RATIO))}
    return parts - set(names) if len(names) == 1 else parts


def strength(each: Gain, code: str) -> float:
    """Size of what is wrong with a look-up; a gain passes 1 where the neighbours say the opposite."""
    return each.explained if code == TOO_GOOD else each.gain


def memory(each: Gain, code: str, label: FloatArray, is_train: BoolArray, capacity: float) -> Finding:
    """A look-up as a finding, with its precision at the capacity."""
    exact, purged = precisions(each.cells, label, is_train, capacity)
    params = {
        "columns": " + ".join(each.cells.names),
        "repeated": _percent(each.repeated),
        "gain": f"{each.gain:.2f}",
        "explained": _percent(each.explained),
        "capacity": _percent(capacity),
        "precision": f"{exact:.2f}",
        "purged": f"{purged:.2f}",
        "base": f"{label[~is_train].mean():.2f}",
        "p_value": f"{each.p_value:.3f}",
    }
    return Finding(code=code, columns=each.cells.names, strength=strength(each, code), params=params)


def averages(columns: list[Column], label: FloatArray, is_train: BoolArray, config: AuditConfig) -> list[Finding]:
    """Columns of numbers that average the labels of a group: of all rows, of the training or of the validation rows."""
    result = []
    everything = np.ones_like(is_train)
    for column in [each for each in columns if each.values is not None]:
        groups = [column, *(each for each in columns if each.values is None)]
        assessed = [
            (*opposition(take(column, rows), take(group, rows), label[rows]), group.name)
            for group in groups
            for rows in (everything, is_train, ~is_train)
        ]
        z, dispersion, group_name = min(assessed)
        if z < config.opposition_z and dispersion < config.opposition:
            params = {"column": column.name, "group": group_name, "dispersion": f"{dispersion:.2f}", "z": f"{z:.1f}"}
            result.append(
                Finding(code="leak.averages_label", columns=(column.name,), strength=1 - dispersion, params=params)
            )
    return result


def orders(
    numbers: list[Column],
    residual: FloatArray,
    is_train: BoolArray,
    decided_at: NDArray[Any] | None,
    config: AuditConfig,
) -> list[Finding]:
    """Numbers whose order, within a side of the split or within a day, knows the label."""
    parts = [is_train.astype(np.int64)]
    if decided_at is not None:
        parts.append(np.unique(np.asarray(decided_at).astype("datetime64[D]"), return_inverse=True)[1])
    result = []
    for number in numbers:
        share, z = max(order_share(number, residual, part) for part in parts)
        if z > config.order_z and share >= config.order_share:
            params = {"column": number.name, "share": _percent(share), "z": f"{z:.1f}"}
            result.append(Finding(code="leak.number_ordered", columns=(number.name,), strength=share, params=params))
    return result


def computed(ratios: list[Column], columns: list[Column], config: AuditConfig) -> list[Finding]:
    """Pairs of measures of which one is the other times a constant of a code: the measure was computed, not
    observed.
    """
    result = []
    for ratio in ratios:
        codes = [column for column in columns if not column.is_measure]
        assessed = [(constant_share(ratio, code), code.name) for code in codes]
        share, code = max(assessed, default=(0.0, ""))
        if share >= config.constant_share:
            params = {"column": ratio.name, "group": code, "share": _percent(share)}
            result.append(Finding(code="leak.note_computed", columns=(ratio.name, code), strength=share, params=params))
    return result


def take(column: Column, rows: BoolArray) -> Column:
    """A column on the chosen rows."""
    values = None if column.values is None else column.values[rows]
    return Column(
        name=column.name, exact=column.exact[rows], near=column.near[rows], is_measure=column.is_measure, values=values
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
