"""LP-HUG: declared prices that bunch just above a published reference.

Whoever knows the security or survey price that customs compares with declares a little above it. With x =
log(price / reference) honest prices have a smooth density around zero, since the reference is not what they are set
by; a hugging firm's density jumps up there. Two tests, together by Bonferroni:

- the density discontinuity of Cattaneo, Jansson and Ma (`density_discontinuity`), where each side has decisions enough;
- excess mass next to the cutoff (the bunching of Saez 2010, Kleven 2016, here exact): of the decisions in the
  window just above zero and its two neighbours of equal width, the middle one holds at most a third wherever the
  density is log-linear or log-convex over the three, however steep. The binomial p takes that third, or the share
  of the other firms in the same market where that is larger (a market that follows the reference).

The unit is a price decision, not a lot: lots of one group at the same price under the same reference are one. A long
contract, whose price stays while references come and go, therefore counts once a reference and drifts through zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.pattern import Pattern, least_of, number_groups, settle
from jobs.stats.density_discontinuity import density_jump


@dataclass(frozen=True, kw_only=True)
class HugRule:
    """Figures of the detector.

    Attributes:
        window: width in logs of what is just above the reference.
        tick_usd_per_kg: prices that agree to it are one decision.
        least_side: decisions that the density test needs on each side of the reference.
    """

    window: float
    tick_usd_per_kg: float
    least_side: int


def find_hugging(
    price: FloatArray,
    reference: FloatArray,
    group: IntArray,
    market: IntArray,
    rule: HugRule,
    *,
    rng: np.random.Generator | None = None,
) -> Pattern:
    """Which groups' prices bunch just above the reference; `n` counts decisions, `statistic` the excess share.

    The excess share is what the window just above zero holds of it and its neighbours, less the share expected.

    Args:
        price: CIF price in USD per kg, (N,).
        reference: the reference published by the lot's day, same unit, (N,); NaN where there was none.
        group: firm, group of related firms, or any of them times product, (N,); -1 is in no group.
        market: product, (N,), nested or not; others in it show what is usual at this reference.
        rng: randomises the p of counts, for calibration.
    """
    usable = (group >= 0) & (market >= 0) & (price > 0) & (reference > 0)
    lots = np.flatnonzero(usable)
    x = np.full(len(price), np.nan)
    x[lots] = np.log(price[lots] / reference[lots])
    tick, at = (np.rint(a[lots] / rule.tick_usd_per_kg).astype(np.int64) for a in (price, reference))
    _, first = number_groups(group[lots], market[lots], at, tick)
    decisions = lots[first]
    row = np.full(len(price), -1)
    row[lots], opens = number_groups(group[lots])
    groups = len(opens)
    jump = density_jump(x[decisions], row[decisions], groups, rule.least_side)
    p, excess = excess_mass(x[decisions], row[decisions], groups, market[decisions], rule.window, rng)
    return Pattern(
        group=group[lots][opens],
        market=np.full(groups, -1),
        p=least_of(jump.p, p),
        statistic=excess,
        n=np.bincount(row[decisions], minlength=groups),
        parts={"density_jump": jump.p, "excess_mass": p},
        row=row,
        is_evidence=within(x, rule.window),
    )


def within(x: FloatArray, window: float) -> BoolArray:
    """Whether x lies in [0, window); false where unknown."""
    return (x >= 0) & (x < window)


def excess_mass(
    x: FloatArray,
    group: IntArray,
    groups: int,
    market: IntArray,
    window: float,
    rng: np.random.Generator | None = None,
) -> tuple[FloatArray, FloatArray]:
    """P(at least so many of those in [-window, 2 window) in [0, window)), and the excess share, (G,) each.

    A group without an observation there has no test (NaN).
    """
    near = (x >= -window) & (x < 2 * window)
    x, group, market = x[near], group[near], market[near]
    middle = within(x, window).astype(float)
    hits, trials = (np.bincount(group, w, minlength=groups) for w in (middle, np.ones(len(x))))
    usual = np.bincount(group, _usual_share(middle, group, market), minlength=groups) / np.maximum(trials, 1)
    tested = trials > 0
    p, beyond = (stats.binom.sf(k, trials.astype(np.int64), usual) for k in (hits - 1, hits))
    p = np.where(tested, settle(p, beyond, rng), np.nan)
    return p, np.where(tested, hits / np.maximum(trials, 1) - usual, np.nan)


def _usual_share(middle: FloatArray, group: IntArray, market: IntArray) -> FloatArray:
    """Share expected in the window for each observation: the other groups' of its market, at least a third.

    One group, one vote, and a third as one more: a ring must not become what is usual by its volume.
    """
    cell, first = number_groups(group, market)
    share = np.bincount(cell, middle) / np.bincount(cell)
    whole, _ = number_groups(market[first])
    others = np.bincount(whole)[whole] - 1
    usual = (np.bincount(whole, share)[whole] - share + 1 / 3) / (others + 1)
    return np.maximum(usual, 1 / 3)[cell]
