"""What was promised and what came, by bins of the promise: how far a chance is calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray


@dataclass(frozen=True)
class Reliability:
    """What was promised and what came, by bins of the promise, shape (B,); empty bins are left out.

    Attributes:
        promised: mean chance given.
        came: share that came true.
        weight: sum of weights in the bin.
    """

    promised: FloatArray
    came: FloatArray
    weight: FloatArray

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance between promised and came."""
        return float(np.average(np.abs(self.promised - self.came), weights=self.weight))


def reliability(
    probability: FloatArray, is_true: NDArray[np.bool_], weight: FloatArray | None = None, bins: int = 10
) -> Reliability:
    """Promised against came in bins of equal width."""
    weight = np.ones(len(probability)) if weight is None else weight
    bin_of = np.minimum((probability * bins).astype(np.int64), bins - 1)
    mass = np.bincount(bin_of, weight, bins)
    used = mass > 0
    promised, came = (np.bincount(bin_of, weight * each, bins)[used] / mass[used] for each in (probability, is_true))
    return Reliability(promised, came, mass[used])
