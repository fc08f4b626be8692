"""Detection against alarm rate: ours by the full level rule, naive rules by the same episode rule.

An alarm is an episode entering level 3. The alarm rate is counted on the series as they were, in episodes a
year of eligible series-months; a cut counts as found when an episode enters level 3 in one of its months. Only
the false discovery rate q is swept for ours, only the threshold for a naive rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import BoolArray, FloatArray
from jobs.domains.supply_chain.backtest.cuts import LENGTH
from jobs.domains.supply_chain.backtest.nights import Nights
from jobs.domains.supply_chain.backtest.setup import Setup
from jobs.domains.supply_chain.levels import LevelRule, hold_levels
from jobs.stats.combine import bh_limit_for_one, reject_bh
from jobs.stats.episodes import entries

RATES = (0.15, 0.3, 0.6, 1.0)
Q_GRID = np.concatenate([np.geomspace(0.005, 0.3, 40), np.linspace(0.31, 0.99, 69)])


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One row a setting (q or threshold), from strict to loose.

    Attributes:
        setting: the swept value, shape (Q,).
        entered: episodes entering level 3 of each series without cuts, shape (Q, R).
        exposure: months in which each series was assessed, shape (R,).
        detected: whether each cut was found, by depth, shape (Q, D, N).
        lag: months from the cut to the alarm, -1 where not found, shape (Q, D, N).
    """

    setting: FloatArray
    entered: NDArray[np.int64]
    exposure: NDArray[np.int64]
    detected: BoolArray
    lag: NDArray[np.int64]

    @property
    def rate(self) -> FloatArray:
        """Episodes entering level 3 per series-year without cuts, shape (Q,)."""
        result: FloatArray = 12.0 * self.entered.sum(1) / max(int(self.exposure.sum()), 1)
        return result


def inside_cuts(setup: Setup) -> BoolArray:
    """Assessed months in which each cut lies, shape (N, K)."""
    ahead = np.arange(setup.nights.p.shape[1]) - setup.begin[:, None]
    return (ahead >= 0) & (ahead < LENGTH)


def sweep_ours(setup: Setup, rule: LevelRule, grid: FloatArray = Q_GRID) -> Curve:
    """Our detection and alarm rate over q: BH over the night's watched series, level 3, episodes.

    A cut series replaces only itself in its night's family.
    """
    p, cuts = setup.nights.p, setup.cut.values()
    changed = [cut.mass != setup.nights.mass[setup.position] for cut in cuts]
    touched = [np.maximum.accumulate(each, axis=1) for each in changed]
    entered, lag = [], []
    for q in grid:
        rejected = reject_bh(p, q)
        entered.append(entries(setup.nights.levels(rejected, rule).level, rule.alarm).sum(1))
        limit = limits_for_one(p, q)[setup.position]
        hits = []
        for cut, since in zip(cuts, touched, strict=True):
            with np.errstate(invalid="ignore"):
                again = np.where(since, cut.p <= limit, rejected[setup.position])
            hits.append(_first_entry(cut.levels(again, rule).level, setup, rule.alarm))
        lag.append(np.stack(hits))
    return Curve(
        setting=np.asarray(grid),
        entered=np.array(entered),
        exposure=np.isfinite(p).sum(1),
        detected=np.array(lag) >= 0,
        lag=np.array(lag),
    )


def limits_for_one(p: FloatArray, q: float) -> FloatArray:
    """Largest p at which each series would be rejected on each night, the others as they are, shape (R, T)."""
    limit = np.zeros(p.shape)
    for t in np.flatnonzero(np.isfinite(p).any(0)):
        whole = bh_limit_for_one(p[:, t], q)
        for i in range(len(p)):
            known = np.isfinite(p[i, t])
            limit[i, t] = bh_limit_for_one(np.delete(p[:, t], i), q) if known else whole
    return limit


def _first_entry(level: NDArray[np.int64], setup: Setup, alarm: int) -> NDArray[np.int64]:
    """Months from the cut's start to the first entry into the level `alarm` within it, -1 without one, shape (N,)."""
    inside = entries(level, alarm) & inside_cuts(setup)
    return np.where(inside.any(1), inside.argmax(1) - setup.begin, -1)


def sweep_naive(
    setup: Setup,
    mass: FloatArray,
    cut_mass: dict[float, FloatArray],
    score: Callable[[FloatArray], FloatArray],
    rule: LevelRule,
    *,
    settings: int = 160,
    is_gated: bool = False,
) -> Curve:
    """The same for a rule of thumb whose score alarms below a threshold.

    Args:
        setup: series and cuts.
        mass: of the series from the first month on file, (R, T): a rule of thumb may look back before the first
            assessed month.
        cut_mass: the same of the cuts' series by depth, (N, T).
        score: function of mass (N, T) to score (N, T), smaller for more alarming.
        rule: of episodes.
        settings: thresholds tried, quantiles of the score on the series as they were.
        is_gated: an alarm counts only for origins that matter for level 3.
    """
    gate = rule if is_gated else None
    quiet = _naive_score(score(mass)[:, setup.first :], setup.nights, gate)
    cut = [_naive_score(score(cut_mass[d])[:, setup.first :], nights, gate) for d, nights in setup.cut.items()]
    exposure = (np.isfinite(score(mass)[:, setup.first :]) & setup.nights.watched).sum(1)
    grid = np.unique(np.quantile(quiet[np.isfinite(quiet)], np.linspace(0.001, 0.5, settings)))
    entered, lag = [], []
    for threshold in grid:
        entered.append(entries(_naive_level(quiet, threshold, rule), rule.alarm).sum(1))
        lag.append(np.stack([_first_entry(_naive_level(each, threshold, rule), setup, rule.alarm) for each in cut]))
    return Curve(
        setting=grid, entered=np.array(entered), exposure=exposure, detected=np.array(lag) >= 0, lag=np.array(lag)
    )


def _naive_score(score: FloatArray, nights: Nights, gate: LevelRule | None) -> FloatArray:
    allowed = nights.watched
    if gate is not None:
        most = nights.evidence.vulnerability_most
        allowed = allowed & ((most >= gate.vulnerable) | (nights.evidence.share >= gate.share_strong))
    return np.where(allowed, score, np.nan)


def _naive_level(score: FloatArray, threshold: float, rule: LevelRule) -> NDArray[np.int64]:
    with np.errstate(invalid="ignore"):
        return hold_levels(np.where(score <= threshold, rule.alarm, 1), rule.hold)


def at_rate(rates: FloatArray, rate: float) -> int:
    """Loosest setting before the alarm rate first exceeds `rate`; -1 where even the strictest does."""
    over = np.flatnonzero(rates > rate * (1 + 1e-9))
    return int(over[0] - 1) if len(over) else len(rates) - 1


def leave_one_item_out(
    curve: Curve, rows_item: NDArray[np.int64], cuts_item: NDArray[np.int64], rate: float
) -> tuple[FloatArray, float]:
    """Share of cuts found by depth (D,), and the alarm rate, each item assessed at the setting the others chose.

    Args:
        curve: over all items.
        rows_item: item of each series, shape (R,).
        cuts_item: item of each cut, shape (N,).
        rate: alarm rate asked for.
    """
    result, episodes = np.zeros(curve.detected.shape[1]), 0
    for item in np.unique(rows_item):
        others = rows_item != item
        at = at_rate(12.0 * curve.entered[:, others].sum(1) / max(int(curve.exposure[others].sum()), 1), rate)
        if at >= 0:
            result += curve.detected[at][:, cuts_item == item].sum(1)
            episodes += int(curve.entered[at, ~others].sum())
    return result / len(cuts_item), 12.0 * episodes / max(int(curve.exposure.sum()), 1)


def bootstrap_interval(
    result: BoolArray, cluster: NDArray[np.int64], rng: np.random.Generator, draws: int = 1000
) -> tuple[float, float]:
    """95 % interval of a share of found cuts, series drawn whole: cuts into one series are not independent."""
    groups = np.unique(cluster)
    hits = np.array([result[cluster == g].sum() for g in groups])
    size = np.array([(cluster == g).sum() for g in groups])
    pick = rng.integers(0, len(groups), (draws, len(groups)))
    share = hits[pick].sum(1) / size[pick].sum(1)
    low, high = np.quantile(share, [0.025, 0.975])
    return float(low), float(high)


def operating_points(curve: Curve, rates: Sequence[float] = RATES) -> list[tuple[float, int]]:
    """Each alarm rate asked for with the index of its setting on the curve."""
    return [(rate, at_rate(curve.rate, rate)) for rate in rates]
