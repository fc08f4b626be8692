"""LP-SWITCH: an importer's mass moves to a neighbouring code of lower duty, and the market's does not.

Dried pepper becomes frozen pepper, or a mixed seasoning. A family is the set of codes one good may be declared
under; each lot has a duty level, its code's burden between the lowest (0) and the highest (1) of the family. The
measure is the mass-weighted mean level of an importer, before and after; with two codes it is the share of the
dearer one. Tariffs and tastes move all, so the change is held against that of the family's other importers, as a shift
in log odds: a score test of a share before against one after, with an offset.

Lots of a month are often one contract, so that the sample size is the effective number of months (Kish 1965), not of
lots. How far honest importers change more or less than that is estimated from those of them that use both codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.pattern import Pattern, PeersRule, honest_variance, number_groups


@dataclass(frozen=True, kw_only=True)
class SwitchRule:
    """Figures of the detector.

    Attributes:
        recent_days: length of the recent part in which a move is looked for.
        month_days: length of the months that are counted, all alike.
        least_months: effective months, before and after each.
        least_others: importers whose change is the market's.
        mixed: least level (1 - level) of an importer that could show how honest ones change.
        low_level: duty level below which a lot shows the pattern.
    """

    recent_days: int
    month_days: int
    least_months: float
    least_others: int
    mixed: float
    low_level: float


def find_switching(
    net_mass_kg: FloatArray,
    duty: FloatArray,
    family: IntArray,
    importer: IntArray,
    period: IntArray,
    first_after: int,
    rule: SwitchRule,
    peers: PeersRule,
) -> Pattern:
    """Which importers moved to the low-duty codes of a family; one row an importer and family.

    `market` is the family, `n` the importer's lots in it, `statistic` the fall of the mean duty level beyond the
    market's (1 is a full switch). The lots behind it are those declared under the lower half of the
    levels after the change.

    Args:
        net_mass_kg: (N,).
        duty: burden of the declared code in the general case, not the lot's preference: ad valorem equivalent, (N,).
        family: codes one good may be declared under, (N,); -1 has no neighbour.
        importer: importer or group of related importers, (N,); -1 is in none.
        period: month number, (N,).
        first_after: first period after the change; lots before it are the importer's past.
    """
    rows = np.flatnonzero((family >= 0) & (importer >= 0) & (net_mass_kg > 0) & np.isfinite(duty))
    row = np.full(len(family), -1)
    row[rows], opens = number_groups(family[rows], importer[rows])
    group, market = importer[rows][opens], family[rows][opens]
    groups, code, mass = len(group), row[rows], net_mass_kg[rows]
    level = _duty_level(duty[rows], family[rows])
    is_after = period[rows] >= first_after
    shares, months = zip(
        *(_mean_level(code[a], level[a], mass[a], period[rows][a], groups) for a in (~is_after, is_after)),
        strict=True,
    )
    fall, sampling, third, is_mixed = _fall_beyond_market(np.stack(shares), np.stack(months), market, rule)
    # An importer of one code, before and after, would make all seem steadier than those of two are.
    spread = honest_variance(np.where(is_mixed, fall, np.nan), sampling, peers)
    spread = np.where(np.isfinite(spread), spread, sampling)  # too few of two codes: each month a coin of its own
    # A share near 1 can only fall: its skewness (Pearson III) doubles the false rate of a normal tail there.
    p = stats.pearson3.sf(fall / np.sqrt(spread), np.maximum(third / spread**1.5, 0.0))
    is_evidence = np.zeros(len(row), dtype=bool)
    is_evidence[rows] = is_after & (level < rule.low_level)
    return Pattern(
        group=group,
        market=market,
        p=p,
        statistic=fall,
        n=np.bincount(code, minlength=groups),
        parts={"moved_to_lower_duty": p},
        row=row,
        is_evidence=is_evidence,
    )


def _duty_level(duty: FloatArray, family: IntArray) -> FloatArray:
    """Burden between the family's lowest (0) and highest (1), (N,); NaN where a family has one burden only."""
    code, opens = number_groups(family)
    low, high = np.full(len(opens), np.inf), np.full(len(opens), -np.inf)
    np.minimum.at(low, code, duty)
    np.maximum.at(high, code, duty)
    with np.errstate(invalid="ignore", divide="ignore"):
        level: FloatArray = (duty - low[code]) / (high - low)[code]
        return level


def _mean_level(
    code: IntArray, level: FloatArray, mass: FloatArray, period: IntArray, groups: int
) -> tuple[FloatArray, FloatArray]:
    """Each group's mass-weighted mean level, NaN without mass, and its effective number of months, (G,) each."""
    month, first = number_groups(code, period)
    heap = np.bincount(month, mass)
    whole, squared = (np.bincount(code[first], w, minlength=groups) for w in (heap, heap**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.bincount(code, mass * level, minlength=groups) / whole, np.nan_to_num(whole**2 / squared)


def _fall_beyond_market(
    share: FloatArray, months: FloatArray, market: IntArray, rule: SwitchRule
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Fall of each share from before to after (2, G) beyond its market's, its variance and third cumulant; is it mixed.

    NaN where a side has too few months, or the market too few other importers.
    """
    fall, variance, third = np.full(len(market), np.nan), np.ones(len(market)), np.zeros(len(market))
    is_mixed = np.zeros(len(market), dtype=bool)
    known = np.flatnonzero((months >= rule.least_months).all(axis=0) & np.isfinite(share).all(axis=0))
    share, months = share[:, known], months[:, known]
    offset, others = _market_shift(share, 1 / (1 / months).sum(axis=0), market[known])
    both = months.sum(axis=0)
    # Half a month of each code is added, so that none of two months is not certainty.
    pooled = logit(((months * share).sum(axis=0) + 0.5) / (both + 1))
    expected = expit(pooled + offset * np.stack([-months[1], months[0]]) / both)
    beyond = (share - expected)[0] - (share - expected)[1]
    fall[known] = np.where(others >= rule.least_others, beyond, np.nan)
    binomial = expected * (1 - expected)
    variance[known] = (binomial / months).sum(axis=0)
    third[known] = np.subtract(*(binomial * (1 - 2 * expected) / months**2))
    is_mixed[known] = binomial.mean(axis=0) >= rule.mixed
    return fall, variance, third, is_mixed


def _market_shift(share: FloatArray, weight: FloatArray, market: IntArray) -> tuple[FloatArray, IntArray]:
    """Change in log odds of the mean share of each importer's market without it, and how many others there are."""
    code, _ = number_groups(market)
    whole = np.bincount(code, weight)[code] - weight
    total = np.stack([np.bincount(code, weight * each)[code] - weight * each for each in share])
    before, after = logit((total + 0.5) / (whole + 1))
    return after - before, np.bincount(code)[code] - 1
