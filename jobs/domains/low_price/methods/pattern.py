"""What a pattern test hands over, and the three tools the low-price patterns share.

A pattern is found in a group of lots (an importer, an exporter's network), never in one lot. Honest firms differ
from each other: one always loads 22 tonnes in a container, one always sells by list. Every test therefore asks
how unusual a group is among its peers, with the spread between honest firms estimated robustly from all of them
(`honest_variance`) or their rates held against a beta-binomial (`excess_over_peers`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.arrays import BoolArray, FloatArray, IntArray

NORMAL_MAD = 0.6745  # median absolute value of a standard normal
SEARCHES = 4


@dataclass(frozen=True, kw_only=True)
class PeersRule:
    """How a group is compared with its peers.

    Attributes:
        least: groups below which no spread between them can be told.
        trim: rates rarer than this do not shape the law of their peers.
        set_aside: share of the groups, those of the highest rates, left out of the first fit.
    """

    least: int
    trim: float
    set_aside: float


@dataclass(frozen=True, kw_only=True)
class PatternsRule:
    """What all patterns share.

    Attributes:
        false_discovery_rate: of each pattern over all firms of the night (Benjamini-Hochberg).
        reason_p: up to which a part of a pattern is named as a reason.
        peers: how a group is compared with its peers.
    """

    false_discovery_rate: float
    reason_p: float
    peers: PeersRule


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One pattern in G groups of lots; arrays are (G,) unless they are of the N lots.

    Attributes:
        group: the caller's number of each group.
        market: product or family within which the group was assessed; -1 where the test spans markets.
        p: one-sided, P(at least so strong a pattern | honest group); NaN where not testable. Counts are discrete
            and this p is conservative, unless the caller passed a generator: then it is the randomised one, which
            is uniform where the null holds, for calibration only.
        statistic: size of the pattern; its unit stands with each function.
        n: what was counted: lots, price statements or shipments, as each function says.
        parts: p of each part of the test by reason code, NaN where it could not be made.
        row: row of each lot's group in these arrays, -1 for lots in no group, (N,).
        is_evidence: the lots that show the pattern, (N,).
    """

    group: IntArray
    market: IntArray
    p: FloatArray
    statistic: FloatArray
    n: IntArray
    parts: dict[str, FloatArray]
    row: IntArray
    is_evidence: BoolArray

    @property
    def is_testable(self) -> BoolArray:
        """Whether a p-value exists, (G,)."""
        return np.isfinite(self.p)

    def reason_codes(self, at: int, alpha: float) -> list[str]:
        """Parts that speak against one group at p <= `alpha`, the strongest first."""
        result = [(part[at], code) for code, part in self.parts.items() if part[at] <= alpha]
        return [code for _, code in sorted(result)]


def number_groups(*keys: IntArray) -> tuple[IntArray, IntArray]:
    """Rows numbered by equal keys, 0 to G - 1 in the order of the keys, and the first row of each number."""
    rows = len(keys[0])
    order = np.lexsort(keys[::-1])
    opens = np.zeros(rows, dtype=bool)
    opens[:1] = True
    for key in keys:
        ordered = key[order]
        opens[1:] |= ordered[1:] != ordered[:-1]
    codes = np.empty(rows, dtype=np.int64)
    codes[order] = np.cumsum(opens) - 1
    return codes, order[opens]


def weighted_median(values: FloatArray, weights: FloatArray, codes: IntArray) -> FloatArray:
    """Lower weighted median of each group 0 to G - 1; every group has a row, every weight is positive."""
    order = np.lexsort((values, codes))
    running = np.cumsum(weights[order])
    ends = np.flatnonzero(np.diff(codes[order], append=-1))
    before = np.concatenate([[0.0], running[ends[:-1]]]) if len(ends) else running
    half = before + (running[ends] - before) / 2
    # A sum of weights such as 1/n may miss its half by a rounding error.
    at = np.searchsorted(running, half * (1 - 1e-12))
    return values[order][np.minimum(at, ends)]


def honest_variance(deviation: FloatArray, variance: FloatArray, peers: PeersRule) -> FloatArray:
    """Variance of each group's statistic were it honest: sampling and, between firms, a robust rest.

    The sampling variances are scaled down (phi <= 1), or one variance tau^2 is added, until the median of
    |deviation| / sd is that of a normal: a tenth of the groups being dishonest moves it little. NaN where fewer
    than `least` groups are known.

    Args:
        deviation: statistic less its centre, (G,); NaN where unknown.
        variance: its sampling variance, (G,), positive.
        peers: how groups are compared.
    """
    known = np.isfinite(deviation)
    if known.sum() < peers.least:
        return np.full(len(deviation), np.nan)
    size, sampling = deviation[known] ** 2, variance[known]
    target = NORMAL_MAD**2
    scale = float(np.median(size / sampling)) / target
    if scale <= 1:
        return variance * max(scale, 1e-6)
    low, high = 0.0, float(size.max()) / target
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.median(size / (sampling + middle)) > target else (low, middle)
    return variance + high


def settle(p: FloatArray, beyond: FloatArray, rng: np.random.Generator | None) -> FloatArray:
    """The conservative p of a count, P(K >= k), or with a generator the randomised one between it and P(K > k)."""
    return p if rng is None else beyond + rng.random(p.shape) * (p - beyond)


def excess_over_peers(
    hits: FloatArray, trials: FloatArray, peers: PeersRule, rng: np.random.Generator | None = None
) -> FloatArray:
    """P(at least so many hits) were a group like its peers, (G,); NaN without trials or with too few peers.

    The peers' rates follow a beta law. It is fitted by moments without the tenth of the groups with the highest rates,
    which then come back in as far as the law finds them no rarer than `trim` (a forward search): a ring must not
    widen the law it is assessed by. Where honest rates differ widely (a third sell by list) they all come back,
    the law is flat and nothing is found, rightly.
    """
    usable = trials > 0
    p = np.full(len(hits), np.nan)
    k, n = hits[usable], trials[usable]
    if len(k) < peers.least:
        return p
    rate = (k + 0.5) / (n + 1)
    kept = rate <= np.quantile(rate, 1 - peers.set_aside)
    for _ in range(SEARCHES):
        law = _beta_moments(k[kept], n[kept])
        kept = stats.betabinom.sf(k - 1, n, *law) > peers.trim
    p[usable] = settle(stats.betabinom.sf(k - 1, n, *law), stats.betabinom.sf(k, n, *law), rng)
    return p


def _beta_moments(k: FloatArray, n: FloatArray) -> tuple[float, float]:
    """Parameters a, b of the beta law of rates, by moments with groups weighted by trials (Kleinman 1973)."""
    whole = n.sum()
    mean = (k.sum() + 0.5) / (whole + 1)
    spread = (n * (k / n - mean) ** 2).sum()
    pairs = whole - (n**2).sum() / whole
    sampling = mean * (1 - mean)
    # E[spread] = mean (1 - mean) [(G - 1) + rho (pairs - (G - 1))]
    rho = (spread / sampling - (len(n) - 1)) / max(pairs - (len(n) - 1), 1e-9)
    rho = float(np.clip(rho, 1e-4, 0.99))
    return mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1)


def least_of(*p: FloatArray) -> FloatArray:
    """Bonferroni over the tests that could be made, at most 1; NaN where none could.

    Fit for counts, whose p is often 1: a Cauchy combination lets such a 1 cancel what another part found.
    """
    stack = np.stack(p)
    tests = np.isfinite(stack).sum(axis=0)
    least = np.where(np.isfinite(stack), stack, 1.0).min(axis=0)
    return np.where(tests > 0, np.minimum(least * tests, 1.0), np.nan)
