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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray
from jobs.stats.leak_audit.columns import Column, additive_residuals, code_table, ratio_columns
from jobs.stats.leak_audit.findings import AuditConfig, Finding, averages, computed, memories, newer_features, orders
from jobs.stats.leak_audit.gains import Gain, gains
from jobs.stats.leak_audit.lookups import Cells, bin_cells, pair_cells, row_cells, single_cells


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What an audit found, the strongest first within each kind.

    Attributes:
        findings: leaks.
        notes: what is no leak, but limits what an accuracy can mean.
        train_rows, valid_rows: rows of the split.
        base_rate: share of true labels in the validation rows.
        lookups: tables asked.
        largest: gain of the look-ups, the most significant first; for the record, clean or not.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
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
    table: Mapping[str, NDArray[Any]],
    target: str,
    *,
    split: BoolArray,
    rng: np.random.Generator,
    config: AuditConfig,
    decided_at: NDArray[Any] | None = None,
    feature_times: Mapping[str, NDArray[Any]] | None = None,
    identifiers: tuple[str, ...] = (),
) -> Audit:
    """Audit the features a model is given, on the very split its accuracy is to be measured on.

    Args:
        table: columns by name, shape (N,) each: texts are codes, numbers measures. Only what a model may use, besides
            the target; times of decision do not belong in it.
        target: column of the label, 0 or 1.
        split: rows that are learnt from; the others validate, shape (N,).
        rng: seeded generator of the permutations.
        config: sizes and probabilities.
        decided_at: when each row's decision was taken, datetime64, shape (N,); times are compared in its unit.
        feature_times: when a column's values became known, datetime64, shape (N,), by its name; NaT is unknown. The
            target's own: training labels must be known before the first validation decision.
        identifiers: columns that only number the rows; texts that hardly repeat are taken as such besides.

    Raises:
        ValueError: where the label is not 0 or 1, or one side of the split lacks one of them.
    """
    label, is_train = np.asarray(table[target], dtype=float), np.asarray(split, dtype=bool)
    _check(label, is_train)
    columns, numbers = code_table({name: table[name] for name in table if name != target}, identifiers)
    residual = additive_residuals(columns, label, is_train)
    ratios = ratio_columns(columns)
    lookups = list_lookups(columns, ratios)
    assessed = gains(lookups, label, residual, is_train, rng, config.permutations)
    assessed.sort(key=lambda each: (-each.z, each.cells.names))
    findings = [
        *newer_features(target, is_train, decided_at, feature_times or {}),
        *memories(assessed, label, is_train, len(columns), config),
        *averages(columns, label, is_train, config),
        *orders(numbers, residual, is_train, decided_at, config),
    ]
    valid = ~is_train
    return Audit(
        findings=tuple(findings),
        notes=tuple(computed(ratios, columns, config)),
        train_rows=int(is_train.sum()),
        valid_rows=int(valid.sum()),
        base_rate=float(label[valid].mean()),
        lookups=len(lookups),
        largest=tuple(assessed),
    )


def list_lookups(columns: list[Column], ratios: list[Column]) -> list[Cells]:
    """Every column, every pair, every repeating ratio by itself and with each code, and the whole row."""
    singles = [*map(single_cells, [*columns, *ratios]), *(bin_cells(column) for column in columns if column.is_measure)]
    pairs = [
        *combinations(columns, 2),
        *((column, ratio) for ratio in ratios for column in columns if not column.is_measure),
    ]
    whole = [row_cells(columns)] if len(columns) > 2 else []
    return [*singles, *(pair_cells(a, b) for a, b in pairs), *whole]


def _check(label: FloatArray, is_train: BoolArray) -> None:
    if not np.isin(label, (0.0, 1.0)).all():
        raise ValueError("the target is not 0 or 1 in every row")
    if any(len(np.unique(label[side])) < 2 for side in (is_train, ~is_train)):
        raise ValueError("the rows to learn from and the rows to validate must each hold both labels")
