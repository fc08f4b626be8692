"""SC-CONC: has an item's supply become more concentrated than its own past explains?

The HHI and the largest share of the last three months are set against those of the twelve months before
them. What such a change is worth depends on how lumpy the item is, so its spread is taken from a moving
block bootstrap of the months before (Kunsch 1989): whole months are drawn, all origins together, in blocks
of three, which keeps both the correlation between origins and that between neighbouring months. Fifteen to
forty months hold few independent blocks, so that the bootstrap's own tail ends near 1/n; the p-value comes
from Student's t with one degree of freedom fewer than there are blocks, on the bootstrap mean and standard
deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jobs.arrays import FloatArray, IntArray
from jobs.domains.supply_chain.methods.vulnerability import VulnerabilityRule


@dataclass(frozen=True, kw_only=True)
class ConcentrationConfig:
    """SC-CONC.

    Attributes:
        recent: length of the window assessed, in periods.
        before: length of the reference window.
        baseline: at most so many periods before the window assessed feed the bootstrap.
        block: block length in periods.
        draws: bootstrap paths; the same ones for all items, so that the answer does not depend on their order.
        seed: of the draws; results repeat exactly.
        spread_least: least spread of a change, so that a share that never moved may.
    """

    recent: int
    before: int
    baseline: int
    block: int
    draws: int
    seed: int
    spread_least: float


@dataclass(frozen=True, kw_only=True)
class Jump:
    """One cell is one item assessed in one period; every array has shape (I, K).

    Attributes:
        hhi: HHI of the recent window.
        hhi_before: HHI of the reference window before it.
        top1: largest share of the recent window.
        top1_before: largest share of the reference window.
        p_hhi: P(change of HHI at least this large) were the months exchangeable in blocks.
        p_top1: the same for the largest share.
        p: Bonferroni over the two, capped at 1; NaN where not testable.
        crossed_dependent: the largest share rose from below to where an item depends on it.
        crossed_concentrated: the HHI rose above where an item is concentrated.
        baseline_n: months the bootstrap drew from.
        is_testable: whether a p-value exists.
    """

    hhi: FloatArray
    hhi_before: FloatArray
    top1: FloatArray
    top1_before: FloatArray
    p_hhi: FloatArray
    p_top1: FloatArray
    p: FloatArray
    crossed_dependent: NDArray[np.bool_]
    crossed_concentrated: NDArray[np.bool_]
    baseline_n: IntArray
    is_testable: NDArray[np.bool_]


def _measure(amount: FloatArray, starts: IntArray, occupied: IntArray, items: int) -> FloatArray:
    """HHI and largest share of the amounts (S, B) of rows sorted by item: (2, I, B), NaN without any
    amount."""
    out = np.full((2, items, amount.shape[1]), np.nan)
    whole = np.add.reduceat(amount, starts, axis=0)
    whole = np.where(whole > 0, whole, np.nan)
    out[0, occupied] = np.add.reduceat(amount**2, starts, axis=0) / whole**2
    out[1, occupied] = np.maximum.reduceat(amount, starts, axis=0) / whole
    return out


def block_counts(
    months: int, lengths: tuple[int, int], block: int, draws: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """How often each baseline month enters the two windows of each bootstrap path: (months, draws) each.

    A path is `sum(lengths)` months glued from blocks that start anywhere; a random phase lets the shorter
    window straddle two blocks.
    """
    span = sum(lengths)
    blocks = -(-span // block) + 1
    start = rng.integers(0, months - block + 1, size=(draws, blocks))
    path = (start[:, :, None] + np.arange(block)).reshape(draws, -1)
    phase = rng.integers(0, block, size=draws)
    path = np.take_along_axis(path, phase[:, None] + np.arange(span), axis=1)
    counts = np.zeros((2, months, draws))
    column = np.arange(draws)[:, None]
    np.add.at(counts[0], (path[:, : lengths[0]], column), 1.0)
    np.add.at(counts[1], (path[:, lengths[0] :], column), 1.0)
    return counts[0], counts[1]


def concentration_jump(
    value: FloatArray,
    item: IntArray,
    items: int,
    periods: IntArray,
    config: ConcentrationConfig,
    limits: VulnerabilityRule,
) -> Jump:
    """Whether each item's supply became more concentrated in the window ending with each assessed period.

    Args:
        value: value of each item x origin row, zero without trade, NaN where unknown (counted as no trade),
            (S, T).
        item: item number of each row, (S,).
        items: number of items I.
        periods: the K assessed columns.
        config: windows and draws.
        limits: of what is concentrated and what is dependent.
    """
    recent, before, block = config.recent, config.before, config.block
    order = np.argsort(item, kind="stable")
    occupied, starts = np.unique(item[order], return_index=True)
    amounts = np.nan_to_num(value[order])

    def measure(amount: FloatArray) -> FloatArray:
        return _measure(amount, starts, occupied, items)

    answers = np.full((7, items, len(periods)), np.nan)
    for k, t in enumerate(np.asarray(periods)):
        cut = t - recent + 1
        past = amounts[:, max(0, cut - config.baseline) : max(cut, 0)]
        months = past.shape[1]
        if months < max(before, 2 * block):
            continue
        now = measure(amounts[:, cut : t + 1].sum(axis=1, keepdims=True))[..., 0]
        then = measure(past[:, -before:].sum(axis=1, keepdims=True))[..., 0]
        in_recent, in_before = block_counts(
            months, (recent, before), block, config.draws, np.random.default_rng([config.seed, months])
        )
        simulated = measure(past @ in_recent) - measure(past @ in_before)
        answers[0:2, :, k], answers[2:4, :, k], answers[6, :, k] = now, then, months
        answers[4:6, :, k] = _tail(now - then, simulated, months // block, config.spread_least)
    return _summarise(answers, limits)


def _tail(change: FloatArray, simulated: FloatArray, blocks: int, spread_least: float) -> FloatArray:
    """P(change at least this large), (2, I), from bootstrap changes (2, I, B)."""
    usable = ~np.isnan(simulated)
    n = usable.sum(axis=-1)
    filled = np.where(usable, simulated, 0.0)
    mean = filled.sum(axis=-1) / np.maximum(n, 1)
    spread = np.where(usable, simulated - mean[..., None], 0.0)
    sd = np.sqrt((spread**2).sum(axis=-1) / np.maximum(n - 1, 1) * (1 + 1 / blocks))
    # A share that never moved says nothing of how far it may move.
    z = (change - mean) / np.maximum(sd, spread_least)
    return np.where(n >= simulated.shape[-1] // 2, stats.t.sf(z, max(blocks - 1, 2)), np.nan)


def _summarise(answers: FloatArray, limits: VulnerabilityRule) -> Jump:
    """The record of `answers`: now (HHI, top1), before (HHI, top1), p (HHI, top1), months."""
    hhi, top1, hhi_before, top1_before, p_hhi, p_top1, months = answers
    p = np.minimum(2 * np.minimum(p_hhi, p_top1), 1.0)
    return Jump(
        hhi=hhi,
        hhi_before=hhi_before,
        top1=top1,
        top1_before=top1_before,
        p_hhi=p_hhi,
        p_top1=p_top1,
        p=p,
        crossed_dependent=(top1 >= limits.dependent) & (top1_before < limits.dependent),
        crossed_concentrated=(hhi > limits.concentrated) & (hhi_before <= limits.concentrated),
        baseline_n=np.nan_to_num(months).astype(np.int64),
        is_testable=~np.isnan(p),
    )
