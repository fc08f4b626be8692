"""From prices to a selection: the chance that a lot is priced low, the duty at stake, and which lots the capacity is
spent on.

Lots whose price gives a ground to ask (level 2 or above) come first, by expected duty; a lot that an accepted third
party speaks for comes after them, since an assessment of it would not stand. Lots that somebody has already settled,
and those whose mass must be in another unit, are not drawn. Of a lot that the duty model cannot compute no stake is
known: it comes last among those with the same ground.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray, KeyArray
from jobs.domains.low_price.facts.columns import rounded
from jobs.domains.low_price.methods.case_evidence import EvidenceConfig, log_odds, multiply_odds, weigh_trade
from jobs.domains.low_price.methods.duty import Rates
from jobs.domains.low_price.methods.expected_duty import Stakes, assess_stakes
from jobs.domains.low_price.methods.selection_rule import SelectionRule
from jobs.stats.selection.calibration import Calibration, CalibrationRule, fit_calibration
from jobs.stats.selection.capacity import NONE, Allocation, Policy, allocate, weigh_uncertainty
from jobs.stats.selection.two_groups import TwoGroups, fit_two_groups, probability_low

CHANCE_DIGITS = 3  # of the mixture's chance, where labels are put together


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is said of N lots, before anyone has looked; every array has shape (N,).

    Attributes:
        log_ratio: log of declared over what is known of the price; NaN where nothing is.
        log_sd: standard deviation of an honest lot's.
        odds: factor of the odds by the patterns the lot shows; 1 where it shows none.
        trade: number of the trade the lot belongs to, -1 for none.
        peer_log_odds: log odds that each lot adds to the others of its trade, as on file; worked out where not given.
    """

    log_ratio: FloatArray
    log_sd: FloatArray
    odds: FloatArray
    trade: IntArray
    peer_log_odds: FloatArray | None = None


@dataclass(frozen=True)
class ProbabilityModel:
    """How the evidence becomes a chance.

    Attributes:
        mixture: honest and low prices of the night's pool.
        calibration: what inspections made of it.
    """

    mixture: TwoGroups
    calibration: Calibration

    def of(self, evidence: Evidence, config: EvidenceConfig) -> FloatArray:
        """Chance that each lot is priced low, (N,); NaN where nothing is known of its price."""
        return self.calibration.apply(before_labels(self.mixture, evidence, config))


def by_itself(mixture: TwoGroups, evidence: Evidence) -> FloatArray:
    """The chance of each lot by its own price and patterns, (N,)."""
    return multiply_odds(probability_low(mixture, evidence.log_ratio, evidence.log_sd), evidence.odds)


def mean_peer_log_odds(mixture: TwoGroups, evidence: Evidence, config: EvidenceConfig) -> FloatArray:
    """log odds that each lot adds to the others of its trade, (N,)."""
    return log_odds(by_itself(mixture, evidence), mixture.low_share, config)


def before_labels(mixture: TwoGroups, evidence: Evidence, config: EvidenceConfig) -> FloatArray:
    """The chance of each lot by its own price and patterns and by the other lots of its trade, (N,)."""
    alone = by_itself(mixture, evidence)
    peer_log_odds = evidence.peer_log_odds
    if peer_log_odds is None:
        peer_log_odds = log_odds(alone, mixture.low_share, config)
    return multiply_odds(alone, weigh_trade(peer_log_odds, evidence.trade, config))


def trade_odds(mixture: TwoGroups, evidence: Evidence, config: EvidenceConfig) -> FloatArray:
    """The factor of each lot's odds by the other lots of its trade, (N,)."""
    peer_log_odds = evidence.peer_log_odds
    if peer_log_odds is None:
        peer_log_odds = mean_peer_log_odds(mixture, evidence, config)
    return weigh_trade(peer_log_odds, evidence.trade, config)


def can_teach(label: FloatArray, propensity: FloatArray, known: FloatArray) -> BoolArray:
    """The lots whose finding says something of others: inspected with a stated chance, something known of them,
    (N,).
    """
    with np.errstate(invalid="ignore"):
        return np.isfinite(label) & np.isfinite(known) & (propensity > 0) & (propensity <= 1)


@dataclass(frozen=True, kw_only=True)
class PricedLots:
    """M assessed lots as far as the selection needs them; every array has shape (M,).

    Attributes:
        reference_usd_per_kg, reference_log_sd: the reference and its own error alone; NaN where there is none.
        lowest_usd_per_kg: lowest accepted comparable, NaN without one.
        level, is_capped: by price, pattern and cap.
        is_open: looking at the lot can still bring something.
        key, customs_value_krw, krw_per_usd, net_mass_kg, rates: as in the facts.
        carried_kg: net mass that was carried, where it is known to differ; the declared one elsewhere.
    """

    reference_usd_per_kg: FloatArray
    reference_log_sd: FloatArray
    lowest_usd_per_kg: FloatArray
    level: IntArray
    is_capped: BoolArray
    is_open: BoolArray
    key: KeyArray
    customs_value_krw: FloatArray
    krw_per_usd: FloatArray
    net_mass_kg: FloatArray
    carried_kg: FloatArray
    rates: Rates

    def __len__(self) -> int:
        return len(self.level)

    def take(self, rows: IntArray) -> PricedLots:
        """The chosen lots."""
        whole = {each.name: getattr(self, each.name) for each in fields(self)}
        return PricedLots(**{name: v.take(rows) if name == "rates" else v[rows] for name, v in whole.items()})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Chance, stakes and selection of M assessed lots.

    A lot that is not open has no place in the draw (propensity 0).
    """

    probability: FloatArray
    stakes: Stakes
    rank: IntArray
    selection: IntArray
    propensity: FloatArray

    @property
    def is_chosen(self) -> BoolArray:
        """The lot is looked at."""
        chosen: BoolArray = self.selection != NONE
        return chosen


def fit_probability_model(
    evidence: Evidence,
    config: EvidenceConfig,
    label: FloatArray | None = None,
    propensity: FloatArray | None = None,
) -> ProbabilityModel:
    """The mixture of the night's pool, corrected by what inspections of it found.

    Args:
        evidence: of every lot of the pool, P of them.
        config: its weights.
        label: 1 found priced low, 0 not, NaN not inspected, (P,).
        propensity: chance with which each inspected lot had been chosen.
    """
    model = fit_two_groups(evidence.log_ratio, evidence.log_sd, config.prior_lots)
    mixture = replace(model, honest=rounded(model.honest), low=rounded(model.low))
    given = before_labels(mixture, evidence, config)
    none = np.full(len(given), np.nan)
    label, propensity = (none if each is None else each for each in (label, propensity))
    known = can_teach(label, propensity, given)
    return ProbabilityModel(mixture, calibrate(given[known], label[known] > 0, propensity[known], config.calibration))


def calibrate(given: FloatArray, is_positive: BoolArray, propensity: FloatArray, rule: CalibrationRule) -> Calibration:
    """What inspections made of the chances given, to the digits that gold keeps; a lot without a chance is left out."""
    known = np.isfinite(given)
    line = fit_calibration(np.round(given[known], CHANCE_DIGITS), is_positive[known], propensity[known], rule)
    return replace(line, model=rounded(line.model), confirmed=rounded(line.confirmed))


def select_lots(lots: PricedLots, probability: FloatArray, night: int, capacity: int, rule: SelectionRule) -> Selection:
    """Chance, stakes and selection of the assessed lots.

    Args:
        lots: the assessed lots.
        probability: chance that each is priced low, NaN where nothing is known of its price.
        night: number of the night.
        capacity: lots that can be looked at.
        rule: share that explores, seed of the draws.
    """
    known = np.nan_to_num(probability)
    stakes = assess_stakes(
        known,
        lots.customs_value_krw,
        lots.net_mass_kg,
        lots.carried_kg,
        lots.reference_usd_per_kg * lots.krw_per_usd,
        np.nan_to_num(lots.reference_log_sd),
        lots.lowest_usd_per_kg * lots.krw_per_usd,
        lots.rates,
    )
    policy = Policy(capacity=capacity, exploration=rule.exploration, uncertain=rule.uncertain)
    open_rows = np.flatnonzero(lots.is_open)
    score = order_by_ground(lots, np.nan_to_num(stakes.expected), rule.ground_level)
    drawn = allocate(
        score[open_rows],
        weigh_uncertainty(known, np.nan_to_num(stakes.shortfall))[open_rows],
        lots.key[open_rows],
        night,
        rule.seed,
        policy,
    )
    return spread_selection(len(lots), open_rows, drawn, score, probability, stakes)


def order_by_ground(lots: PricedLots, expected: FloatArray, ground_level: int) -> FloatArray:
    """A number that rises with the ground to ask first, then with expected duty; equal where both are."""
    tier = np.where(lots.level < ground_level, 0, np.where(lots.is_capped, 1, 2))
    _, place = np.unique(expected, return_inverse=True)
    return (tier * (len(expected) + 1) + place).astype(float)


def spread_selection(
    size: int, open_rows: IntArray, drawn: Allocation, score: FloatArray, probability: FloatArray, stakes: Stakes
) -> Selection:
    """The draw among open lots as columns of all; the others rank last, by the same score."""
    rank, selection, propensity = np.zeros(size, dtype=np.int64), np.full(size, NONE), np.zeros(size)
    rank[open_rows], selection[open_rows], propensity[open_rows] = drawn.rank, drawn.selection, drawn.propensity
    settled = np.setdiff1d(np.arange(size), open_rows)
    order = settled[np.argsort(-score[settled], kind="stable")]
    rank[order] = len(open_rows) + 1 + np.arange(len(order))
    return Selection(probability=probability, stakes=stakes, rank=rank, selection=selection, propensity=propensity)
