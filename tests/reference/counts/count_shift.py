"""Reference samples for a sustained shift in counts: quiet series sent through the whole procedure.

The residuals a CUSUM sums come from a rolling refit that leaves a gap and shares its estimation error from
period to period, and sparse counts have skewed ones; a limit from independent normal residuals would be
wrong in every class. So quiet negative-binomial series of the class are simulated, assessed by `judge_counts`
in the same periods with the same settings, and their sums are the reference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray
from jobs.stats.levels.cusum import Direction
from tests.builders.configs import ALLOWANCE
from tests.reference.counts.baseline import Period
from tests.reference.counts.cusum_reference import CusumReference, build_reference
from tests.reference.counts.farrington import FarringtonConfig, assess_counts

# Events a period: sparse below the first, medium to the second, dense from there on.
DENSITY_LIMITS = (1.0, 10.0)
DENSITY_CLASSES = ("sparse", "medium", "dense")


def density_class(expected: FloatArray) -> NDArray[np.int64]:
    """(S,) index into DENSITY_CLASSES by the median expected count (S, K); untestable series count as sparse."""
    known = np.isfinite(expected)
    filled = np.where(known.any(axis=1, keepdims=True), expected, 0.0)
    return np.searchsorted(DENSITY_LIMITS, np.nanmedian(filled, axis=1), side="right")


def quiet_residuals(
    level: FloatArray,
    phi: FloatArray,
    season: FloatArray,
    period: Period,
    at: NDArray[np.int64],
    rng: np.random.Generator,
    config: FarringtonConfig | None = None,
) -> FloatArray:
    """Residuals (R, K) of simulated series without season, trend or shift.

    Args:
        level: (R,) mean count a period, usually those of real series of the class.
        phi: (R,) dispersion, variance over mean.
        season: (T,) position in the year, as the real series have it.
        period: "week" or "month".
        at: (K,) consecutive periods to assess, as for the real series.
        rng: source of the simulated counts.
        config: the settings of the real run.
    """
    counts = simulate_counts(np.repeat(level[:, None], len(season), axis=1), phi[:, None], rng)
    quick = replace(config or FarringtonConfig(), with_interval=False)
    return assess_counts(counts, season, period, at, config=quick).z


def count_reference(
    level: FloatArray,
    phi: FloatArray,
    season: FloatArray,
    period: Period,
    at: NDArray[np.int64],
    rate: float,
    direction: Direction,
    rng: np.random.Generator,
    burn_in: int = 15,
    config: FarringtonConfig | None = None,
) -> CusumReference:
    """Reference of one density class: limit at `rate` alarms a series-period, and the sums behind the p-value.

    The first `burn_in` assessed periods run but are not counted: the sum starts at 0 and needs some to fill.
    """
    residuals = quiet_residuals(level, phi, season, period, at, rng, config)
    return build_reference(residuals, rate, direction, burn_in, ALLOWANCE)


def simulate_counts(mean: FloatArray, phi: FloatArray | float, rng: np.random.Generator) -> FloatArray:
    """Counts of the given mean and variance phi x mean, both broadcast; phi of 1 or less is Poisson."""
    mean, phi = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(phi, dtype=float))
    is_poisson = phi <= 1.0 + 1e-9
    excess = np.where(is_poisson, 1.0, phi - 1.0)
    mixed = rng.negative_binomial(mean / excess, 1.0 / (1.0 + excess))
    return np.where(is_poisson, rng.poisson(mean), mixed).astype(float)
