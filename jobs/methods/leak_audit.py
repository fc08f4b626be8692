"""Leak audit of a labelled table: does a score on its validation rows measure knowledge, or memory?

Looked for are (Kaufman et al. 2012; Kapoor & Narayanan 2023, taxonomy L1-L3): features and labels newer than the
decision, rows repeated across the split, tuples of columns that remember the label, columns that average it, single
columns too good to be true, numbers given in the order of the label. A finding rests on a test (permutation p on the
largest gain, or a normal score) and on a size: with enough rows honest data differ from any model significantly.

What no table alone can show: a feature filled in later that is moderately good, where no times are given; near
copies whose every value was changed; one more weak relation between two codes beside honest ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from jobs.methods.leak_columns import (
    BoolArray,
    Column,
    FloatArray,
    additive_residuals,
    code_column,
    code_table,
    ratio_columns,
)
from jobs.methods.leak_gains import Gain, gains, precisions
from jobs.methods.leak_lookups import Cells, pair_cells, row_cells, single_cells
from jobs.methods.leak_traces import ending_share, opposition, order_share


@dataclass(frozen=True)
class AuditConfig:
    """Sizes and probabilities from which on something is a leak; set on simulated tables of other seeds than the tests'.

    Attributes:
        p_value: of the largest of all look-ups, by permutation.
        permutations: of the validation labels.
        least_gain: of a look-up that holds a measure, beside its neighbouring values.
        least_code_gain: of codes alone, which firms' honest habits can reach in part.
        too_good: share of the label's variance a look-up may explain.
        least_share: of the validation rows a look-up must reach, and at least `least_rows` of them.
        opposition_z, opposition: normal score and dispersion below which a column averages its labels.
        order_z, order_share: normal score and share of variance from which on a number knows the label.
        capacity: share of rows at which precision is told.
    """

    p_value: float = 0.01
    permutations: int = 199
    least_gain: float = 0.5
    least_code_gain: float = 0.5
    too_good: float = 0.8
    least_share: float = 0.01
    least_rows: int = 30
    opposition_z: float = -5.0
    opposition: float = 0.7
    order_z: float = 5.0
    order_share: float = 0.05
    capacity: float = 0.05


@dataclass(frozen=True)
class Finding:
    """One leak.

    Attributes:
        code: of its sentence, `leak.<kind>`.
        columns: that leak.
        strength: its size, 0 to 1.
        params: what the sentence tells.
    """

    code: str
    columns: tuple[str, ...]
    strength: float
    params: dict[str, str]


@dataclass(frozen=True)
class Audit:
    """What an audit found, the strongest first within each kind.

    Attributes:
        findings: leaks.
        train_rows, valid_rows: rows of the split.
        base_rate: share of true labels in the validation rows.
        lookups: tables asked.
        largest: gain of the look-ups, the most significant first; for the record, clean or not.
    """

    findings: tuple[Finding, ...]
    train_rows: int
    valid_rows: int
    base_rate: float
    lookups: int
    largest: tuple[Gain, ...] = field(repr=False)

    @property
    def is_clean(self) -> bool:
        """Whether an accuracy measured on this split may be stored."""
        return not self.findings


def audit(
    table: Mapping[str, NDArray],
    target: str,
    *,
    split: BoolArray,
    rng: np.random.Generator,
    decided_at: NDArray | None = None,
    feature_times: Mapping[str, NDArray] | None = None,
    identifiers: tuple[str, ...] = (),
    config: AuditConfig | None = None,
) -> Audit:
    """Audit the features a model is given, on the very split its accuracy is to be measured on.

    Args:
        table: columns by name, shape (N,) each: texts are codes, numbers measures. Only what a model may use, besides
            the target; times of decision do not belong in it.
        target: column of the label, 0 or 1.
        split: rows that are learnt from; the others validate, shape (N,).
        rng: seeded generator of the permutations.
        decided_at: when each row's decision was taken, datetime64, shape (N,).
        feature_times: when a column's values became known, datetime64, shape (N,), by its name; NaT is unknown. The
            target's own: training labels must be known before the first validation decision.
        identifiers: columns that only number the rows; texts that hardly repeat are taken as such besides.
        config: sizes and probabilities.

    Raises:
        ValueError: where the label is not 0 or 1, or one side of the split lacks one of them.
    """
    config = config or AuditConfig()
    label, is_train = np.asarray(table[target], dtype=float), np.asarray(split, dtype=bool)
    _check(label, is_train)
    columns, numbers = code_table({name: table[name] for name in table if name != target}, identifiers)
    residual = additive_residuals(columns, label, is_train)
    lookups = list_lookups(columns)
    judged = gains(lookups, label, residual, is_train, rng, config.permutations)
    judged.sort(key=lambda each: (-each.z, each.cells.names))
    findings = [
        *newer_features(target, is_train, decided_at, feature_times or {}),
        *memories(judged, label, is_train, len(columns), config),
        *averages(columns, label, is_train, config),
        *orders(numbers, residual, is_train, decided_at, config),
    ]
    valid = ~is_train
    return Audit(
        tuple(findings), int(is_train.sum()), int(valid.sum()), float(label[valid].mean()), len(lookups), tuple(judged)
    )


def list_lookups(columns: list[Column]) -> list[Cells]:
    """Every column, every pair, every repeating ratio by itself and with each code, and the whole row."""
    ratios = ratio_columns(columns)
    pairs = [
        *combinations(columns, 2),
        *((column, ratio) for ratio in ratios for column in columns if not column.is_measure),
    ]
    whole = [row_cells(columns)] if len(columns) > 2 else []
    return [*map(single_cells, [*columns, *ratios]), *(pair_cells(a, b) for a, b in pairs), *whole]


def newer_features(
    target: str, is_train: BoolArray, decided_at: NDArray | None, feature_times: Mapping[str, NDArray]
) -> list[Finding]:
    """Columns with a value newer than its row's decision, and labels learnt from before they were known."""
    if decided_at is None:
        return []
    found = []
    for name, known_at in feature_times.items():
        known, limit = np.asarray(known_at), np.asarray(decided_at)
        if name == target:
            known, limit = known[is_train], limit[~is_train].min()
        newer = known > limit
        if newer.any():
            code = "leak.label_newer" if name == target else "leak.feature_newer"
            share = float(newer.mean())
            params = {"column": name, "rows": f"{int(newer.sum()):,}", "share": _percent(share)}
            found.append(Finding(code, (name,), share, params))
    return found


def memories(
    judged: list[Gain], label: FloatArray, is_train: BoolArray, width: int, config: AuditConfig
) -> list[Finding]:
    """Look-ups that know by the exact tuple what its neighbours do not, or that know too much; the largest gain first."""
    least = max(config.least_rows, config.least_share * float((~is_train).sum()))
    found = []
    for each in judged:
        names = each.cells.names
        limit = config.least_gain if each.cells.is_measured else config.least_code_gain
        is_row = len(names) > 2 and len(names) == width
        remembers = each.gain >= limit and each.p_value < config.p_value and each.comparable >= least
        knows_all = each.explained >= config.too_good and each.repeated * float((~is_train).sum()) >= least
        if not (knows_all or (remembers and (len(names) > 1 or each.cells.is_measured))):
            continue
        exact, purged = precisions(each.cells, label, is_train, config.capacity)
        code = "leak.row_repeats" if is_row else "leak.tuple_remembers" if remembers else "leak.too_good"
        params = {
            "columns": " + ".join(names),
            "repeated": _percent(each.repeated),
            "gain": f"{each.gain:.2f}",
            "explained": _percent(each.explained),
            "capacity": _percent(config.capacity),
            "precision": f"{exact:.2f}",
            "purged": f"{purged:.2f}",
            "base": f"{label[~is_train].mean():.2f}",
            "p_value": f"{each.p_value:.3f}",
        }
        found.append(Finding(code, names, each.gain if remembers else each.explained, params))
    return sorted(found, key=lambda finding: (finding.code, -finding.strength, finding.columns))


def averages(columns: list[Column], label: FloatArray, is_train: BoolArray, config: AuditConfig) -> list[Finding]:
    """Columns of numbers that average the labels of a group, be it all rows', the training or the validation rows'."""
    found = []
    everything = np.ones_like(is_train)
    for column in [each for each in columns if each.values is not None]:
        groups = [column, *(each for each in columns if each.values is None)]
        judged = [
            (*opposition(take(column, rows), take(group, rows), label[rows]), group.name)
            for group in groups
            for rows in (everything, is_train, ~is_train)
        ]
        z, dispersion, group_name = min(judged)
        if z < config.opposition_z and dispersion < config.opposition:
            params = {"column": column.name, "group": group_name, "dispersion": f"{dispersion:.2f}", "z": f"{z:.1f}"}
            found.append(Finding("leak.averages_label", (column.name,), 1 - dispersion, params))
    return found


def orders(
    numbers: list[Column],
    residual: FloatArray,
    is_train: BoolArray,
    decided_at: NDArray | None,
    config: AuditConfig,
) -> list[Finding]:
    """Numbers whose order, within a side of the split or within a day, or whose last character knows the label."""
    parts = [is_train.astype(np.int64)]
    if decided_at is not None:
        parts.append(np.unique(np.asarray(decided_at).astype("datetime64[D]"), return_inverse=True)[1])
    found = []
    for number in numbers:
        share, z = max(order_share(number, residual, part) for part in parts)
        if z > config.order_z and share >= config.order_share:
            params = {"column": number.name, "share": _percent(share), "z": f"{z:.1f}"}
            found.append(Finding("leak.number_ordered", (number.name,), share, params))
    return found


def take(column: Column, rows: BoolArray) -> Column:
    """A column on the chosen rows."""
    values = None if column.values is None else column.values[rows]
    return Column(column.name, column.exact[rows], column.near[rows], column.is_measure, values)


def _check(label: FloatArray, is_train: BoolArray) -> None:
    if not np.isin(label, (0.0, 1.0)).all():
        raise ValueError("the target is not 0 or 1 in every row")
    if any(len(np.unique(label[side])) < 2 for side in (is_train, ~is_train)):
        raise ValueError("the rows to learn from and the rows to validate must each hold both labels")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
