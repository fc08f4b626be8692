"""LP-WEIGHT: net mass declared below what was carried, so that the price per kg looks normal.

Value and mass are cut together; what cannot be cut is physical: containers filled, bags of a known weight, the
gross mass on the bill of lading, a weighbridge. For each such measure y = log(net mass / amount) is set against the
usual y of its kind (product, packaging and container kind), in robust deviations of that kind. A firm is assessed
twice, together by
Bonferroni: by the median of its lots, which a half-filled last container does not move, how far honest firms' medians
lie apart (one always loads 22 tonnes, another 24) being estimated from all firms; and by the share of its lots that
are far too light, against that of its peers, for who understates only some.
Measures of one firm depend on each other and are joined by a Cauchy combination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.measures import Measure
from jobs.domains.low_price.methods.pattern import (
    NORMAL_MAD,
    Pattern,
    PeersRule,
    excess_over_peers,
    honest_variance,
    least_of,
    number_groups,
    weighted_median,
)
from jobs.stats.combine import combine_cauchy


@dataclass(frozen=True, kw_only=True)
class WeightRule:
    """Figures of the detector.

    Attributes:
        least_lots: of a firm with a measure, before its median is assessed.
        least_firms: in a kind, for a usual weight that is not one firm's.
        least_scale: of y; bags of nominal weight have no spread of their own.
        freedom: of the Student t of firms' medians; habits have heavier tails than a normal.
        least_within: spread of a firm's lots around its median at least, in robust deviations of the kind.
        low_z: robust deviations below which a lot shows the pattern.
    """

    least_lots: int
    least_firms: int
    least_scale: float
    freedom: float
    least_within: float
    low_z: float


def find_weight_understatement(
    net_mass_kg: FloatArray,
    measures: dict[str, Measure],
    firm: IntArray,
    rule: WeightRule,
    peers: PeersRule,
    *,
    rng: np.random.Generator | None = None,
) -> Pattern:
    """Which firms declare less mass than their containers, packages, gross mass or the weighbridge show.

    `statistic` is the least of the measures' z, `n` the firm's lots with any measure; the lots behind it lie 3
    robust deviations below their kind in some measure.

    Args:
        net_mass_kg: declared net mass, (N,).
        measures: physical amounts by reason code.
        firm: importer or group of related importers, (N,); -1 is in none.
        rng: randomises the p of counts, for calibration.
    """
    row = np.full(len(firm), -1)
    inside = np.flatnonzero(firm >= 0)
    row[inside], opens = number_groups(firm[inside])
    firms = len(opens)
    z = np.stack([_lot_deviation(net_mass_kg, measure, row, rule) for measure in measures.values()])
    assessed = np.stack([_assess(each, row, firms, rule, peers) for each in z])
    light = [_light_share(each, row, firms, rule, peers, rng) for each in z]
    p = [least_of(a, share) for a, share in zip(stats.t.cdf(assessed, rule.freedom), light, strict=True)]
    tested = np.isfinite(assessed)
    measured = np.isfinite(z).any(axis=0) & (row >= 0)
    return Pattern(
        group=firm[inside][opens],
        market=np.full(firms, -1),
        p=combine_cauchy(np.stack(p), axis=0),
        statistic=np.where(tested.any(axis=0), np.where(tested, assessed, np.inf).min(axis=0), np.nan),
        n=np.bincount(row[measured], minlength=firms),
        parts=dict(zip(measures, p, strict=True)),
        row=row,
        is_evidence=measured & (np.where(np.isfinite(z), z, 0.0) <= rule.low_z).any(axis=0),
    )


def carried_mass(
    net_mass_kg: FloatArray, measures: dict[str, Measure], firm: IntArray, is_evidence: BoolArray, rule: WeightRule
) -> FloatArray:
    """Net mass in kg that the physical amounts of a lot stand for, (N,); NaN but for lots that show the pattern.

    The usual net mass of such an amount in its kind, the median over the measures that are known; never less than
    declared.
    """
    carried = np.full(len(net_mass_kg), np.nan)
    if not is_evidence.any():
        return carried
    row = np.where(firm >= 0, firm, -1)
    deviations = [_log_deviation(net_mass_kg, measure, row, rule)[0] for measure in measures.values()]
    shown = np.stack(deviations)[:, is_evidence]
    stated = np.isfinite(shown).any(axis=0)
    short = np.where(stated, np.nanmedian(np.where(stated, shown, 0.0), axis=0), 0.0)
    carried[is_evidence] = net_mass_kg[is_evidence] * np.exp(np.maximum(-short, 0.0))
    return carried


def _lot_deviation(net_mass_kg: FloatArray, measure: Measure, row: IntArray, rule: WeightRule) -> FloatArray:
    """Robust deviation of each lot's log(net mass / amount) from its kind, (N,); NaN where nothing is known."""
    deviation, scale = _log_deviation(net_mass_kg, measure, row, rule)
    return deviation / scale


def _log_deviation(
    net_mass_kg: FloatArray, measure: Measure, row: IntArray, rule: WeightRule
) -> tuple[FloatArray, FloatArray]:
    """Each lot's log(net mass / amount) less the usual one of its kind, and the scale of the kind, (N,).

    NaN if unknown.

    Every firm has one vote in a kind, so that a large understating importer is not the usual weight.
    """
    usable: BoolArray = (net_mass_kg > 0) & (measure.amount > 0) & (measure.kind >= 0) & (row >= 0)
    out, spread = np.full(len(row), np.nan), np.full(len(row), np.nan)
    y = np.log(net_mass_kg[usable] / measure.amount[usable])
    cell, first = number_groups(measure.kind[usable], row[usable])
    kind, kinds = number_groups(measure.kind[usable])
    vote = 1.0 / np.bincount(cell)[cell]
    deviation = y - weighted_median(y, vote, kind)[kind]
    scale = np.maximum(weighted_median(np.abs(deviation), vote, kind) / NORMAL_MAD, rule.least_scale)
    known = np.bincount(kind[first], minlength=len(kinds)) >= rule.least_firms
    out[usable] = np.where(known[kind], deviation, np.nan)
    spread[usable] = scale[kind]
    return out, spread


def _light_share(
    z: FloatArray, row: IntArray, firms: int, rule: WeightRule, peers: PeersRule, rng: np.random.Generator | None
) -> FloatArray:
    """P(at least so many of a firm's lots below `low_z` | its peers' shares), (F,)."""
    known = np.isfinite(z)
    hits = np.bincount(row[known], z[known] <= rule.low_z, minlength=firms)
    return excess_over_peers(hits, np.bincount(row[known], minlength=firms), peers, rng)


def _assess(z: FloatArray, row: IntArray, firms: int, rule: WeightRule, peers: PeersRule) -> FloatArray:
    """Each firm's median deviation over the spread of honest firms' medians, (F,); NaN below `least_lots`."""
    out = np.full(firms, np.nan)
    lots = np.bincount(row[(row >= 0) & np.isfinite(z)], minlength=firms)
    use = np.isfinite(z) & (row >= 0)
    use[use] = lots[row[use]] >= rule.least_lots
    if not use.any():
        return out
    code, opens = number_groups(row[use])
    middle = weighted_median(z[use], np.ones(len(code)), code)
    within = np.median(np.abs(z[use] - middle[code])) / NORMAL_MAD
    firm = row[use][opens]
    deviation = middle - np.median(middle)
    sampling = np.pi / 2 * max(within, rule.least_within) ** 2 / lots[firm]
    out[firm] = deviation / np.sqrt(honest_variance(deviation, sampling, peers))
    return out
