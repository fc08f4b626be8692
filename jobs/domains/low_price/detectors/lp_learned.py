"""The learned ranker in the night: trained on what inspections of the pool found, tried on its past weeks, and told
why.

Every lot of the pool was assessed by the reference price of its own day, and its parties have the history they had
then, so the past weeks can be ranked again as they stood. Patterns and the other lots of a trade are tonight's
knowledge: they are no feature, a trial goes without them on both sides, and tonight they multiply the odds that the
ranker gives. On generated worlds that ranked true cases better than leaving out the trade, or than starting the ranker
from all of it.

The ranker moves the chance and so the order by expected duty; a level is never moved by it. While it is not promoted,
nothing of the night depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.facts.columns import days, rounded, significant
from jobs.domains.low_price.facts.features import FEATURES, OF_LOT, PARTIES, Features, lot_features
from jobs.domains.low_price.methods.case_evidence import EvidenceConfig, multiply_odds
from jobs.domains.low_price.methods.learned_rule import LearnedRule
from jobs.domains.low_price.selection import Evidence, ProbabilityModel, calibrate, can_teach, trade_odds
from jobs.stats.selection.calibration import Calibration
from jobs.stats.selection.ranker import Decisions, Ranker, contributions, rank_chance, train_ranker, try_challenger
from jobs.stats.selection.two_groups import TwoGroups, probability_low

PROMOTED, FEW_LABELS, FEW_WEEKS, NO_GAIN = STATES = ("promoted", "few_labels", "few_weeks", "no_gain")
WEEK = 7
SPOKEN = {
    **dict.fromkeys(OF_LOT[:3], "learned_price"),
    "log_mass": "learned_mass",
    "freight_share": "learned_freight",
    **{f"{party}_{stated}": f"learned_{party}_history" for party in PARTIES for stated in ("found_share", "inspected")},
    **{f"{party}_days_since": f"learned_{party}_rhythm" for party in PARTIES},
}
REASON_LIST = pa.list_(
    pa.struct(
        {
            "code": pa.string(),
            "odds_factor": pa.float64(),
            "found_count": pa.int64(),
            "inspected_count": pa.int64(),
        }
    )
)
REASONS = tuple(dict.fromkeys(SPOKEN[name] for name in FEATURES))


@dataclass(frozen=True)
class Promoted:
    """A ranker that the night ranks by, and what inspections made of the chances it gave before they ended."""

    ranker: Ranker
    calibration: Calibration

    def of(self, features: FloatArray, chance: FloatArray, factor: FloatArray) -> FloatArray:
        """Chance that each lot is priced low, (N,); NaN where nothing is known of its price.

        Args:
            features: as of each lot's day, (N, F).
            chance: by the price alone, (N,).
            factor: of the odds, by what is known tonight beside it, (N,).
        """
        learned = multiply_odds(rank_chance(self.ranker, features, chance), factor)
        return self.calibration.apply(np.where(np.isfinite(chance), learned, np.nan))


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What came of learning on a night.

    Attributes:
        state: one of STATES: promoted, or why not.
        labels: decisions with a finding known before the night.
        weeks: past weeks in which the ranker was compared with the price model.
        gain_lower: lower bound of what it found more, as a share of the shortfall; NaN without weeks enough.
        promoted: the ranker, where it is.
    """

    state: str
    labels: int
    weeks: int = 0
    gain_lower: float = np.nan
    promoted: Promoted | None = None


@dataclass(frozen=True)
class ReasonedProbabilities:
    """Of N assessed lots the chance that each is priced low, (N,), and what was learned that raises it, as lists of
    reasons.
    """

    probability: FloatArray
    reasons: pa.ListArray


def price_chance(mixture: TwoGroups, evidence: Evidence) -> FloatArray:
    """The chance by the price alone, as the ranker starts from it."""
    return probability_low(mixture, evidence.log_ratio, evidence.log_sd)


def tonight_odds(mixture: TwoGroups, evidence: Evidence, config: EvidenceConfig) -> FloatArray:
    """The factor of each lot's odds by its patterns and the other lots of its trade, (N,): what only tonight knows."""
    return evidence.odds * trade_odds(mixture, evidence, config)


def learn_ranker(
    pool: pa.Table, evidence: Evidence, mixture: TwoGroups, night: int, config: EvidenceConfig, rule: LearnedRule
) -> Learned:
    """Train on what was known before the night, and promote what would have found more in the weeks before.

    Args:
        pool: every lot of the pool: columns of `lot_features`, `label`, `propensity`, `reference_day`, `owed_krw`.
        evidence: of the same lots.
        mixture: the night's, from which the ranker starts.
        night: the night, in days since 1970-01-01.
        config: how the evidence becomes a chance.
        rule: when a ranker may rank.
    """
    label, propensity = (pool[name].to_numpy() for name in ("label", "propensity"))
    rows = np.flatnonzero(can_teach(label, propensity, evidence.log_ratio))
    decisions = decisions_of(pool, rows, price_chance(mixture, evidence)[rows], rule.party_prior)
    ranker, labels = train_ranker(decisions, FEATURES, night, rule.ranker), int((decisions.known < night).sum())
    if ranker is None:
        return Learned(state=FEW_LABELS, labels=labels)
    weeks = night - WEEK * np.arange(rule.trial_weeks, -1, -1)
    current = price_alone(decisions, weeks, config)
    trial = try_challenger(decisions, current, FEATURES, weeks, rule.trial_capacity, rule.ranker)
    if len(trial.nights) < rule.least_weeks:
        return Learned(state=FEW_WEEKS, labels=labels, weeks=len(trial.nights))
    result = Learned(
        state=NO_GAIN,
        labels=labels,
        weeks=len(trial.nights),
        gain_lower=float(rounded(np.array([trial.gain_lower]))[0]),
    )
    if not trial.is_promoted:
        return result
    given = multiply_odds(trial.chance, tonight_odds(mixture, evidence, config)[rows])
    line = calibrate(given, decisions.is_positive, decisions.propensity, config.calibration)
    shift = float(rounded(np.array([ranker.shift]))[0])
    return replace(result, state=PROMOTED, promoted=Promoted(replace(ranker, shift=shift), line))


def decisions_of(pool: pa.Table, rows: IntArray, chance: FloatArray, party_prior: float) -> Decisions:
    """Lots of the pool that were looked at, as they stood on their own days, with the chance by their price."""
    seen = pool.take(pa.array(rows))
    features = lot_features(seen, pool, party_prior)
    return Decisions(
        features=features.values,
        chance=chance,
        decided=days(seen["period_start"]),
        newest_feature=np.maximum(features.newest, seen["reference_day"].to_numpy()),
        known=days(seen["finding_known_on"]),
        is_positive=seen["label"].to_numpy() > 0,
        propensity=seen["propensity"].to_numpy(),
        shortfall=seen["owed_krw"].to_numpy(),
    )


def price_alone(decisions: Decisions, weeks: IntArray, config: EvidenceConfig) -> FloatArray:
    """The chance by the price with the calibration that each week could have had, (n,); NaN outside the weeks."""
    chance = np.full(len(decisions), np.nan)
    for start, end in pairwise(weeks):
        before, rows = decisions.known < start, (decisions.decided >= start) & (decisions.decided < end)
        seen = decisions.take(before)
        line = calibrate(seen.chance, seen.is_positive, seen.propensity, config.calibration)
        chance[rows] = line.apply(decisions.chance[rows])
    return chance


def assess_probabilities(
    learned: Promoted | None,
    model: ProbabilityModel,
    evidence: Evidence,
    assessed: IntArray,
    lots: pa.Table,
    history: pa.Table,
    config: EvidenceConfig,
    rule: LearnedRule,
) -> ReasonedProbabilities:
    """The chance of each assessed lot, and what was learned that raises it.

    Args:
        learned: the ranker; without one the price model speaks as it would alone.
        model: the price model.
        evidence: of every lot of the pool.
        assessed: rows of the pool that are assessed.
        lots, history: the assessed lots and their parties' past, as `lot_features` takes them.
        config: weights of what is known tonight.
        rule: which reasons are named.
    """
    if learned is None or len(lots) == 0:
        return ReasonedProbabilities(model.of(evidence, config)[assessed], pa.array([[]] * len(lots), REASON_LIST))
    features = lot_features(lots, history, rule.party_prior)
    alone = price_chance(model.mixture, evidence)[assessed]
    probability = learned.of(features.values, alone, tonight_odds(model.mixture, evidence, config)[assessed])
    return ReasonedProbabilities(
        probability, reason_lists(raised_by(learned.ranker, features.values, alone), features, rule)
    )


def raised_by(ranker: Ranker, features: FloatArray, chance: FloatArray) -> FloatArray:
    """Log odds that each of REASONS adds, (N, R); nothing for a lot that all of them together do not raise."""
    parts = contributions(ranker, features, chance)[:, :-1]
    of = np.array([SPOKEN[name] for name in FEATURES])
    stated = np.stack([parts[:, of == reason].sum(axis=1) for reason in REASONS], axis=1)
    return np.where(parts.sum(axis=1, keepdims=True) > 0, stated, 0.0)


def reason_lists(parts: FloatArray, features: Features, rule: LearnedRule) -> pa.ListArray:
    """For each lot the strongest reasons, with the factor of its odds, and the party's inspections where they are
    one.
    """
    order = np.argsort(-parts, axis=1, kind="stable")[:, : rule.shown_most]
    is_stated = np.take_along_axis(parts, order, axis=1) >= np.log(rule.shown_factor)
    lot, reason = np.nonzero(is_stated)[0], order[is_stated]
    counts = {name: np.full(len(lot), -1) for name in ("found_count", "inspected_count")}
    for party in PARTIES:
        at = reason == REASONS.index(f"learned_{party}_history")
        for name, of_party in (("found_count", features.confirmed), ("inspected_count", features.inspected)):
            counts[name][at] = of_party[party][lot[at]]
    columns = {
        "code": pa.array(np.array(REASONS, dtype=object)[reason], pa.string()),
        "odds_factor": significant(np.exp(parts[lot, reason])),
        **{name: pa.array(values, mask=values < 0) for name, values in counts.items()},
    }
    offsets = np.concatenate([[0], np.cumsum(is_stated.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(columns.values()), list(columns)))
