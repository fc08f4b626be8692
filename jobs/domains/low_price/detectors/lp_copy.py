"""LP-COPY: prices that were written down together rather than bargained for, by network of an exporter.

Three signs, joined by Bonferroni:

- `same_price_across`: unrelated importers buying from unrelated exporters declare the same price. Round prices agree
  often, so each price is assessed against the prices of its own roundness nearby: moved to a random one of those
  within 3 %, it would meet a stranger's price with the chance of how many of them are taken. A price of 3.00 has no
  neighbour of its kind and proves nothing; one of 2.847 does. The count is held against the binomial of the mean
  chance, an upper bound for unequal ones (Hoeffding 1956).
- `same_price_within`: unrelated importers of one exporter declare the same price. Honest exporters sell by list, so
  only what exceeds the exporter's peers counts (beta-binomial).
- `digit_heaping`: invented figures shun some digits and love others. The last of three significant digits, without
  0 and 5 that mark round prices, is uniform over the other eight: chi-square, its law simulated below 50 prices.

A price that a network repeats is one statement, so that a long contract is neither a copy nor a heap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.pattern import (
    Pattern,
    PeersRule,
    excess_over_peers,
    least_of,
    number_groups,
    settle,
)

ROUND = (1000, 500, 100, 50, 10, 5, 1)  # ticks, each a multiple of the next
DIGITS = (1, 2, 3, 4, 6, 7, 8, 9)
SIMULATED_BELOW = 50  # prices, under which chi-square is no good law
DRAWS = 20_000


@dataclass(frozen=True, kw_only=True)
class CopyRule:
    """Figures of the detector.

    Attributes:
        tick_usd_per_kg: prices that agree to it are the same.
        nearby: how far a price is moved, as a share of it, to see what it would meet by chance.
        least_digits: statements below which digits prove nothing.
        period_days: within which the same price is one statement.
    """

    tick_usd_per_kg: float
    nearby: float
    least_digits: int
    period_days: int


def find_copying(
    price: FloatArray,
    market: IntArray,
    period: IntArray,
    exporter_group: IntArray,
    importer_group: IntArray,
    draws: np.random.Generator,
    rule: CopyRule,
    peers: PeersRule,
    *,
    rng: np.random.Generator | None = None,
) -> Pattern:
    """Which exporters' networks copy prices; one row an exporter group.

    `n` counts price statements (exporter group, market, period, price), `statistic` those shared with strangers beyond
    the number expected. The lots behind it are those at a shared price.

    Args:
        price: USD per kg, (N,): as invoiced where it is known, for freight blurs copies.
        market: product, (N,).
        period: about 30 days, numbered, (N,).
        exporter_group, importer_group: connected components of related firms, (N,); -1 is in none.
        draws: seeded generator of the digits' law.
        peers: how exporters are compared.
        rng: randomises the p of counts, for calibration.
    """
    keys = (market, period, exporter_group, importer_group)
    rows = np.flatnonzero((np.stack(keys) >= 0).all(axis=0) & (price > rule.tick_usd_per_kg))
    row = np.full(len(price), -1)
    row[rows], opens = number_groups(exporter_group[rows])
    groups = len(opens)
    cell, _ = number_groups(market[rows], period[rows])
    tick = np.rint(price[rows] / rule.tick_usd_per_kg).astype(np.int64)
    exporter, importer = row[rows], number_groups(importer_group[rows])[0]
    across, is_across, expected, n = _across(cell, tick, exporter, importer, groups, rule, rng)
    within, is_within = _within(cell, tick, exporter, importer, groups, peers, rng)
    digits = _digit_heaping(price[rows], market[rows], exporter, groups, rule, draws, rng)
    is_evidence = np.zeros(len(price), dtype=bool)
    is_evidence[rows] = is_across | is_within
    return Pattern(
        group=exporter_group[rows][opens],
        market=np.full(groups, -1),
        p=least_of(across, within, digits),
        statistic=expected,
        n=n,
        parts={"same_price_across": across, "same_price_within": within, "digit_heaping": digits},
        row=row,
        is_evidence=is_evidence,
    )


def _distinct(of: IntArray, per: IntArray) -> IntArray:
    """How many distinct values of `of` stand beside each value 0 to K - 1 of `per`, (K,)."""
    _, first = number_groups(per, of)
    return np.bincount(per[first])


def _across(
    cell: IntArray,
    tick: IntArray,
    exporter: IntArray,
    importer: IntArray,
    groups: int,
    rule: CopyRule,
    rng: np.random.Generator | None,
) -> tuple[FloatArray, BoolArray, FloatArray, IntArray]:
    """p of the prices each exporter shares with strangers (G,), the lots at them, the excess and the statements (G,).

    Where a price has two exporters and two importers, some pair of its lots shares neither.
    """
    place, first = number_groups(cell, tick)
    is_shared = (_distinct(exporter, place) >= 2) & (_distinct(importer, place) >= 2)
    chance = _chance(cell[first], tick[first], is_shared, rule.nearby)
    statement, at = number_groups(exporter, place)
    owner, where = exporter[at], place[at]
    n = np.bincount(owner, minlength=groups)
    hits, expected = (np.bincount(owner, each[where], minlength=groups) for each in (is_shared, chance))
    mean = expected / np.maximum(n, 1)
    p, beyond = (stats.binom.sf(k, n, np.minimum(mean, 1.0)) for k in (hits - 1, hits))
    return settle(p, beyond, rng), is_shared[where][statement], hits - expected, n


def _chance(cell: IntArray, tick: IntArray, is_shared: BoolArray, nearby: float) -> FloatArray:
    """Chance of each taken price, sorted by cell and tick, to meet a stranger's were it moved nearby, (K,)."""
    chance = np.zeros(len(tick))
    reach = np.floor(tick * nearby).astype(np.int64)
    low, high = tick - reach, tick + reach
    span = int(tick.max(initial=0)) * 2 + 2
    roundness = np.argmax(tick % np.array(ROUND)[:, None] == 0, axis=0)  # the first that divides is the roundest
    for kind, step in enumerate(ROUND):
        mine = roundness == kind
        base, place = cell[mine] * span, cell[mine] * span + tick[mine]
        result = np.searchsorted(place, base + high[mine], "right") - np.searchsorted(place, base + low[mine])
        kin = _multiples(low[mine], high[mine], step)
        if kind:
            kin -= _multiples(low[mine], high[mine], ROUND[kind - 1])
        # Its own place is a stranger's only where it is shared.
        chance[mine] = (result - ~is_shared[mine]) / kin
    return chance


def _multiples(low: IntArray, high: IntArray, step: int) -> IntArray:
    """How many multiples of `step` lie in [low, high], the lower end above zero."""
    return high // step - (low - 1) // step


def _within(
    cell: IntArray,
    tick: IntArray,
    exporter: IntArray,
    importer: IntArray,
    groups: int,
    peers: PeersRule,
    rng: np.random.Generator | None,
) -> tuple[FloatArray, BoolArray]:
    """p of the periods in which an exporter's importers share a price (G,), and the lots at a price so shared."""
    price, at = number_groups(exporter, cell, tick)
    is_shared = _distinct(importer, price) >= 2
    month, first = number_groups(exporter, cell)
    can_share = _distinct(importer, month) >= 2
    shares = np.bincount(month[at], is_shared, minlength=len(first)) > 0
    hits, trials = (np.bincount(exporter[first], each, minlength=groups) for each in (shares, can_share))
    return excess_over_peers(hits, trials.astype(np.int64), peers, rng), is_shared[price]


def _digit_heaping(
    price: FloatArray,
    market: IntArray,
    exporter: IntArray,
    groups: int,
    rule: CopyRule,
    draws: np.random.Generator,
    rng: np.random.Generator | None,
) -> FloatArray:
    """p of the last digits being uniform, (G,); NaN below `least_digits` statements.

    Distinct prices only: a firm whose prices lie close together then fills the digits evenly, it cannot heap them.
    """
    exponent = np.floor(np.log10(price)).astype(np.int64)
    figure = np.rint(price * 10.0 ** (2 - exponent)).astype(np.int64)
    _, first = number_groups(exporter, market, exponent, figure)
    digit, owner = figure[first] % 10, exporter[first]
    counts = np.stack([np.bincount(owner[digit == d], minlength=groups) for d in DIGITS], axis=1)
    n = counts.sum(axis=1)
    squares = (counts**2).sum(axis=1)  # grows with chi-square at a given n, and is a whole number
    p = np.full(groups, np.nan)
    large = n >= SIMULATED_BELOW
    p[large] = stats.chi2.sf(squares[large] * len(DIGITS) / n[large] - n[large], len(DIGITS) - 1)
    for size in np.unique(n[(n >= rule.least_digits) & ~large]):
        law = np.sort((draws.multinomial(size, [1 / len(DIGITS)] * len(DIGITS), DRAWS) ** 2).sum(axis=1))
        mine = n == size
        tail = (1 + DRAWS - np.stack([np.searchsorted(law, squares[mine], side) for side in ("left", "right")])) / (
            DRAWS + 1
        )
        p[mine] = settle(tail[0], tail[1], rng)
    return p
