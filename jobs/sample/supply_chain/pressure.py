"""The monthly supply-chain pressure index: quiet noise, lifted by closures of straits and by strikes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray
from jobs.sample.streams import stream
from jobs.sample.supply_chain.cases import Case
from jobs.sample.supply_chain.straits import Closure

CLOSURE_LIFT = 1.2  # standard deviations, in the month a strait closes
STRIKE_LIFT = 0.6


def simulate_pressure(
    seed: int, months: DateArray, cases: tuple[Case, ...], closures: tuple[Closure, ...]
) -> NDArray[np.float64]:
    """Standard deviations from the long-run mean, one value a month; a shock fades by a third a month."""
    noise = 0.25 * stream(seed, "pressure").standard_normal(len(months))
    lift = np.zeros(len(months))
    for closure in closures:
        lift[months == closure.start.astype("datetime64[M]")] += CLOSURE_LIFT
    for case in cases:
        if case.kind == "strike":
            lift[case.first] += STRIKE_LIFT
    index = np.zeros(len(months))
    index[0] = noise[0]
    for t in range(1, len(months)):
        index[t] = 0.67 * index[t - 1] + noise[t] + lift[t]
    return index
