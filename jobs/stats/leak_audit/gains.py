"""The gain of every look-up, assessed against permutations on the largest, and what it is worth at a capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.stats.leak_audit.lookups import Answer, Cells, look_up

STRATA = 10  # of the additive prediction, within which labels are exchanged
PRIOR_ROWS = 1.0  # weight of the base rate in a look-up's score


@dataclass(frozen=True, kw_only=True)
class Gain:
    """One look-up.

    Attributes:
        cells: the tuples.
        gain: share of what purged look-ups leave unexplained that the exact tuple knows, over comparable rows.
        z: its standardised covariance with the validation residuals.
        p_value: share of permutations whose largest z reaches it.
        repeated: share of the validation rows whose tuple stands in the training rows.
        comparable: validation rows with both answers.
        explained: share of the label's variance that the look-up explains where it has an answer, both labels present.
    """

    cells: Cells
    gain: float
    z: float
    p_value: float
    repeated: float
    comparable: int
    explained: float


def gains(
    lookups: list[Cells],
    label: FloatArray,
    residual: FloatArray,
    is_train: BoolArray,
    rng: np.random.Generator,
    permutations: int,
) -> list[Gain]:
    """Gain of each look-up over V validation rows; labels are exchanged within strata of the additive prediction.

    Args:
        lookups: L look-ups.
        label: 0 or 1, shape (N,).
        residual: what an additive model leaves of it, shape (N,).
        is_train: rows the tables are made of, shape (N,).
        rng: seeded generator of the permutations.
        permutations: how many; p is at least 1 / (permutations + 1).
    """
    known = residual[~is_train]
    stratum = _strata(label[~is_train] - known)
    known = known - _stratum_mean(known, stratum)
    exchanged = _exchange(known, stratum, rng, permutations)
    result, largest = [], np.full(permutations, -np.inf)
    for cells in lookups:
        answer = look_up(cells, residual, is_train)
        weight = np.where(answer.is_comparable, answer.exact - answer.purged, 0.0)
        centred = weight - _stratum_mean(weight, stratum)
        deviation = np.sqrt(float((centred**2 * _stratum_mean(known**2, stratum)).sum()))
        total = float(known @ centred)
        if deviation > 0:
            largest = np.maximum(largest, (exchanged @ centred.astype(np.float32)) / deviation)
        unexplained = float((known[answer.is_comparable] ** 2).sum())
        result.append(
            Gain(
                cells=cells,
                gain=float(known @ weight) / unexplained if unexplained > 0 else 0.0,
                z=total / deviation if deviation > 0 else 0.0,
                p_value=1.0,
                repeated=float((answer.repeats > 0).mean()),
                comparable=int(answer.is_comparable.sum()),
                explained=_explained(cells, label, is_train, answer),
            )
        )
    beaten = [(1 + int((largest >= each.z).sum())) / (permutations + 1) for each in result]
    return [_with_p(each, p) for each, p in zip(result, beaten, strict=True)]


def precision_at(score: FloatArray, label: FloatArray, capacity: float) -> float:
    """Share of true labels among the highest-scored part of the rows; within a tie every row is as likely taken."""
    taken = capacity * len(score)
    level = np.unique(-score, return_inverse=True)[1]
    size, true = np.bincount(level), np.bincount(level, label)
    before = np.cumsum(size) - size
    part = np.clip((taken - before) / size, 0.0, 1.0)
    return float((part * true).sum() / taken)


def precisions(cells: Cells, label: FloatArray, is_train: BoolArray, capacity: float) -> tuple[float, float]:
    """Precision of a look-up at a capacity, by the exact tuples and purged of them."""
    base = label[is_train].mean()
    answer = look_up(cells, label - base, is_train)
    exact = answer.exact * answer.repeats / (answer.repeats + PRIOR_ROWS)
    asked = label[~is_train]
    return precision_at(exact, asked, capacity), precision_at(answer.purged, asked, capacity)


def _explained(cells: Cells, label: FloatArray, is_train: BoolArray, answer: Answer) -> float:
    """Share of the label's variance explained by the look-up over the rows it knows, 0 where they are of one label."""
    base = label[is_train].mean()
    count = np.bincount(cells.cell[is_train], minlength=cells.cell.max() + 1)
    total = np.bincount(cells.cell[is_train], label[is_train] - base, minlength=len(count))
    known = answer.repeats > 0
    asked = label[~is_train][known] - base
    said = (total / (count + PRIOR_ROWS))[cells.cell[~is_train][known]]
    spread = float((asked**2).sum())
    return 1.0 - float(((asked - said) ** 2).sum()) / spread if len(asked) and np.ptp(asked) > 0 else 0.0


def _strata(prediction: FloatArray) -> IntArray:
    """Equal parts of the additive prediction."""
    place = np.argsort(np.argsort(prediction, kind="stable"), kind="stable")
    return place * STRATA // len(prediction)


def _stratum_mean(values: FloatArray, stratum: IntArray) -> FloatArray:
    """Mean of each row's stratum."""
    return (np.bincount(stratum, values, STRATA) / np.maximum(np.bincount(stratum, minlength=STRATA), 1))[stratum]


def _exchange(values: FloatArray, stratum: IntArray, rng: np.random.Generator, times: int) -> FloatArray:
    """Values shuffled within strata, shape (times, V), in single precision."""
    home = np.argsort(stratum, kind="stable")
    shuffled = np.empty((times, len(values)), dtype=np.float32)
    for each in shuffled:
        each[home] = values[np.lexsort((rng.random(len(values)), stratum))]
    return shuffled


def _with_p(gain: Gain, p_value: float) -> Gain:
    return Gain(**{**gain.__dict__, "p_value": p_value})
