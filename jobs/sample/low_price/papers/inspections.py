"""What customs inspected in the past, why, and what they found: the only labels anybody has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.sample.low_price.look_alikes import DAMAGED, LOWER_GRADE, WRONG_UNIT, LookAlikes
from jobs.sample.low_price.lots import DrawnLots
from jobs.sample.low_price.papers.declared import Declared
from jobs.sample.low_price.parameters import (
    DETECTED_SHARE,
    DISPUTED_SHARE,
    INSPECTION_DAYS,
    MAX_PROPENSITY,
    PROFILED_SHARE,
    RANDOM_SHARE,
)
from jobs.sample.low_price.schemes import SWITCH, WEIGHT, Cases
from jobs.sample.low_price.trades import Trades
from jobs.sample.streams import stream

FINDINGS = (
    "no_finding",
    "undervalued",
    "misdescribed",
    "weight_understated",
    "damaged_or_lower_grade",
    "clerical_error",
)
REASONS = ("", "PRICE", "CODE", "MASS", "QUALITY", "UNIT")  # the office's own code, by finding
NO_FINDING, UNDERVALUED, MISDESCRIBED, UNDERWEIGHT, LOWER, CLERICAL = range(len(FINDINGS))
CHANGED = (UNDERVALUED, MISDESCRIBED, UNDERWEIGHT, CLERICAL)  # the declaration does not stand as it was


@dataclass(frozen=True, kw_only=True)
class Inspections:
    """N lots. `propensity` is the chance each had of being inspected.

    `day` of the result, `finding` -1 where it was not.

    `is_random` tells those that the random share brought; `changes` whether the declared value stood.
    """

    propensity: FloatArray
    is_inspected: BoolArray
    is_random: BoolArray
    day: IntArray
    finding: IntArray
    changes: BoolArray
    is_disputed: BoolArray


def inspect(
    seed: int, trades: Trades, lots: DrawnLots, declared: Declared, cases: Cases, look_alikes: LookAlikes
) -> Inspections:
    """A profile that looks at low prices, as far as an officer sees them, and at firms he knows; and a random share."""
    rng = stream(seed, "declarations/inspections")
    count = len(lots)
    seen = declared.value_usd / declared.net_mass / declared.reference * rng.lognormal(0.0, 0.3, count)
    low = np.clip(-np.log(seen) / 0.3, 0.0, 4.0)
    disliked = rng.standard_normal(int(trades.importer.max()) + 1)[trades.importer[lots.trade]]
    score = np.exp(0.8 * low + 0.5 * disliked)
    profiled = np.minimum(PROFILED_SHARE * score / score.mean(), MAX_PROPENSITY)
    by_profile, by_chance = rng.random(count) < profiled, rng.random(count) < RANDOM_SHARE
    inspected = by_profile | by_chance
    finding = np.where(cases.is_case, UNDERVALUED, NO_FINDING)
    finding[cases.of(WEIGHT)] = UNDERWEIGHT
    finding[cases.of(SWITCH)] = MISDESCRIBED
    finding[look_alikes.of(DAMAGED) | look_alikes.of(LOWER_GRADE)] = LOWER
    finding[look_alikes.of(WRONG_UNIT)] = CLERICAL
    finding[rng.random(count) >= DETECTED_SHARE] = NO_FINDING
    changes = inspected & np.isin(finding, CHANGED)
    return Inspections(
        propensity=1 - (1 - profiled) * (1 - RANDOM_SHARE),
        is_inspected=inspected,
        is_random=by_chance & ~by_profile,
        day=lots.declared + rng.integers(INSPECTION_DAYS[0], INSPECTION_DAYS[1] + 1, count),
        finding=np.where(inspected, finding, -1),
        changes=changes,
        is_disputed=changes & (rng.random(count) < DISPUTED_SHARE),
    )
