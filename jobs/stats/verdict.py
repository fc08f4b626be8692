"""What a detector says of each assessed period: the shape every count, mass or price test answers in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One cell is one series in one assessed period; every array has shape (S, K).

    Attributes:
        observed: what was seen, in the unit of the series; NaN where the period is unknown.
        expected: mean of the predictive distribution, same unit.
        lower: lower end of the two-sided 99 % predictive interval.
        upper: upper end of the two-sided 99 % predictive interval.
        p_drop: P(Y <= observed) before seeing the period; small means too little arrived.
        p_surge: P(Y >= observed); small means too much arrived.
        phi: dispersion of the baseline, at least 1 for counts.
        baseline_n: number of known periods the baseline was fitted on.
        is_testable: whether a p-value exists; where False both are NaN.
        z: standardised residual, positive for more than expected; the input of CUSUM.
        baseline_start: index on the time axis of the earliest baseline period, -1 where there is none.
        baseline_end: index of the latest baseline period, -1 where there is none.
    """

    observed: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_drop: FloatArray
    p_surge: FloatArray
    phi: FloatArray
    baseline_n: NDArray[np.int64]
    is_testable: NDArray[np.bool_]
    z: FloatArray | None = None
    baseline_start: NDArray[np.int64] | None = None
    baseline_end: NDArray[np.int64] | None = None

    def score(self) -> FloatArray:
        """The standardised residual; NaN where there is none."""
        return np.full(self.observed.shape, np.nan) if self.z is None else self.z
