"""SC-DROP, SC-SHORT and SC-SHIFT on monthly mass: one month, one to three months together, a lasting shortfall.

Three readings of the same model of a series' mass:

- SC-DROP: P(Y <= y) of the month itself.
- SC-SHORT: the scan for a break of the last one, two and three months (`supply_break`), the three by Cauchy
  combination; the one p-value that is tested against the night's family.
- SC-SHIFT: Page's CUSUM of the shortfalls, reset after an alarm.

The months of a rolling refit with a gap are correlated, so the p-values of the last two are read from tables of the
whole procedure run over quiet simulated worlds, by how often a series is empty and never pooled (`shortage_tables`,
written by `python -m tests.calibration.mass tables`). A month that kept four fifths of what was expected is no
shortage, however steady the series: its p is 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray
from jobs.domains.supply_chain.methods.mass import MassVerdict
from jobs.domains.supply_chain.methods.quantity import QuantityConfig, ShiftConfig
from jobs.domains.supply_chain.methods.shortage_tables import LIMIT, SHIFT, SHORT, TAIL
from jobs.domains.supply_chain.methods.supply_break import scan_breaks
from jobs.stats.combine import combine_cauchy
from jobs.stats.levels.cusum import cusum
from jobs.stats.levels.hurdle import density_class


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One cell is one series in one assessed month, shape (S, K); NaN where not testable.

    Attributes:
        p_drop, p_short, p_shift: lower-tail p of each detector.
        short: largest log likelihood ratio of a break over the three windows; shift: the CUSUM. Larger for less.
    """

    p_drop: FloatArray
    p_short: FloatArray
    p_shift: FloatArray
    short: FloatArray
    shift: FloatArray


def size_residual(verdict: MassVerdict, config: ShiftConfig) -> FloatArray:
    """Residual of the month's size among non-empty months, of the month itself where empty, shape (S, K).

    Where gaps are habit, a twentieth of the usual mass is still unheard of among the months that are none.
    """
    p_size = verdict.p_size()
    z = stats.norm.ppf(np.clip(p_size, 1e-10, 1.0 - 1e-10))
    return np.clip(np.where(np.isfinite(p_size), z, verdict.z), -config.residual_most, config.residual_most)


def assess_shortage(verdict: MassVerdict, config: QuantityConfig) -> Shortage:
    """P-values of the quantity family, downwards, for consecutive assessed months."""
    short, shifting = config.short, config.shift
    kind = density_class(1.0 - np.nan_to_num(verdict.p_empty, nan=1.0), config.mass.density)
    scanned = scan_breaks(verdict.break_evidence, short.breaks.longest)
    residual, limit = size_residual(verdict, shifting), np.asarray(LIMIT)[kind[:, -1]]
    shift = cusum(residual, "down", limit=limit, allowance=shifting.allowance).statistic
    with np.errstate(invalid="ignore"):
        is_short = verdict.observed <= (1.0 - short.shortfall_least) * verdict.expected
    pairs = zip(scanned, SHORT, strict=True)
    windows = [tail_chance(statistic, kind, table, short.p_least) for statistic, table in pairs]
    p_short = np.minimum(short.margin * combine_cauchy(np.stack(windows, axis=-1)), 1.0)
    return Shortage(
        p_drop=verdict.p_drop,
        p_short=np.where(is_short | np.isnan(p_short), p_short, 1.0),
        p_shift=tail_chance(shift, kind, SHIFT, short.p_least),
        short=np.fmax.reduce(scanned),
        shift=shift,
    )


def tail_chance(statistic: FloatArray, kind: NDArray[np.int64], table: FloatArray, least: float) -> FloatArray:
    """P(statistic at least this large in quiet times), log-linear between the tabulated points, same shape.

    Args:
        statistic: larger is more alarming; NaN gives NaN.
        kind: density class of each cell.
        table: statistic exceeded with each chance of TAIL, ascending, shape (3, P).
        least: the smallest p that is read.
    """
    p = np.full(statistic.shape, np.nan)
    log_tail = np.log(TAIL)
    for c in range(len(table)):
        cells = (kind == c) & np.isfinite(statistic)
        value, points = statistic[cells], table[c]
        slope = (log_tail[-1] - log_tail[-6]) / max(points[-1] - points[-6], 0.2)
        beyond = log_tail[-1] + slope * np.maximum(value - points[-1], 0.0)
        inside = np.interp(value, points, log_tail, left=0.0)
        p[cells] = np.exp(np.where(value > points[-1], beyond, inside))
    return np.where(np.isnan(p), np.nan, np.maximum(p, least))
