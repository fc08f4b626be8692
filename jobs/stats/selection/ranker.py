"""A gradient-boosted ranker from decisions: it begins at the price's own chance and learns what price cannot tell.

LightGBM on the logit scale, started at the chance the price model gives (`init_score`), so that with few labels the
price speaks and with many the history of the parties does. Everything is fixed that could move a bit: seed, threads,
row-wise histograms; the model is kept as text, and the same labels give the same text.

Training does not weight labels by their propensity: a policy chooses by the score, which is made of the features, so
that the share found among lots of the same features is not biased by the choice, and weights would only add variance
(in the exploration back-test they cost a tenth of the revenue found). Its chances are then calibrated, and trials
assessed, with
weights: those are statements about all lots.

No look-ahead: a label counts from the night after it was known, and a row whose features are newer than its decision is
refused, not dropped, since it is a defect of the table. A challenger is promoted when it would have found more on past
nights, each ranked by a model trained on what was known before it (forward chaining).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from typing import Any

import lightgbm
import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit, logit

from jobs.arrays import BoolArray, FloatArray, IntArray

CHANCE_LEAST = 1e-4
LARGEST_SHIFT = 30.0
SETTINGS = {
    "objective": "binary",
    "max_bin": 127,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True, kw_only=True)
class RankerConfig:
    """When and how long a ranker is trained.

    Attributes:
        rounds: trees.
        learning_rate, num_leaves, least_in_leaf, lambda_l2: of LightGBM; least_in_leaf is its min_data_in_leaf.
        least_labels: labels below which nothing is learned.
        least_positive: of either kind.
        confidence: of the lower bound of a challenger's gain.
    """

    rounds: int
    learning_rate: float
    num_leaves: int
    least_in_leaf: int
    lambda_l2: float
    least_labels: int
    least_positive: int
    confidence: float

    def settings(self) -> dict[str, Any]:
        """Those of LightGBM."""
        return SETTINGS | {
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.least_in_leaf,
            "lambda_l2": self.lambda_l2,
        }


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Lots that were looked at, n rows.

    Attributes:
        features: as they were when the lot was ranked, shape (n, F); NaN where unknown.
        chance: the price model's chance at that time.
        decided: night the lot was ranked, in days since 1970-01-01.
        newest_feature: newest day any of its features rests on.
        known: day the finding was known.
        is_positive: the finding: under-priced.
        propensity: chance with which the lot was chosen.
        shortfall: duty and tax it owed more where it was found, in won.
    """

    features: FloatArray
    chance: FloatArray
    decided: IntArray
    newest_feature: IntArray
    known: IntArray
    is_positive: BoolArray
    propensity: FloatArray
    shortfall: FloatArray

    def __len__(self) -> int:
        return len(self.chance)

    def take(self, rows: IntArray | BoolArray) -> Decisions:
        """The chosen rows."""
        return Decisions(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Ranker:
    """A trained model.

    Attributes:
        text: LightGBM's own text form.
        shift: log odds by which the price model is off for all lots alike; trees started from it find no constant.
        night: it knows the findings of the days before.
        labels: how many those were.
    """

    text: str
    shift: float
    night: int
    labels: int


def train_ranker(decisions: Decisions, names: tuple[str, ...], night: int, config: RankerConfig) -> Ranker | None:
    """The model of what was found before `night`; None while labels are too few to learn from.

    Raises:
        ValueError: a row's features are newer than its decision.
    """
    newer = np.flatnonzero(decisions.newest_feature > decisions.decided)
    if len(newer):
        raise ValueError(f"{len(newer)} rows have features newer than their decision, the first is row {newer[0]}")
    seen = decisions.take(decisions.known < night)
    if (
        len(seen) < config.least_labels
        or min(seen.is_positive.sum(), (~seen.is_positive).sum()) < config.least_positive
    ):
        return None
    shift = fit_shift(log_odds(seen.chance), seen.is_positive)
    labelled = lightgbm.Dataset(
        seen.features,
        seen.is_positive.astype(float),
        init_score=log_odds(seen.chance) + shift,
        feature_name=list(names),
    )
    return Ranker(
        text=lightgbm.train(config.settings(), labelled, config.rounds).model_to_string(),
        shift=shift,
        night=night,
        labels=len(seen),
    )


def rank_chance(ranker: Ranker, features: FloatArray, chance: FloatArray) -> FloatArray:
    """Chance that each lot is under-priced, shape (N,): the price model's, moved by what was learned."""
    result: FloatArray = expit(
        log_odds(chance) + ranker.shift + load(ranker.text).predict(features, raw_score=True, num_threads=1)
    )
    return result


def contributions(ranker: Ranker, features: FloatArray, chance: FloatArray) -> FloatArray:
    """Why: log odds each feature adds (SHAP values of the trees), shape (N, F + 1).

    The last column is the price model's.

    They sum to the log odds of `rank_chance`; what is common to all lots is counted with the price model.
    """
    result = np.asarray(load(ranker.text).predict(features, pred_contrib=True, num_threads=1))
    result[:, -1] += log_odds(chance) + ranker.shift
    return result


def fit_shift(odds: FloatArray, is_positive: BoolArray) -> float:
    """The log odds to add to all lots so that as many are expected as were found."""

    def excess(shift: float) -> float:
        return float((expit(odds + shift) - is_positive).sum())

    return float(brentq(excess, -LARGEST_SHIFT, LARGEST_SHIFT))  # both kinds of label are there: it crosses zero


def log_odds(chance: FloatArray) -> FloatArray:
    """Logit, held away from certainty; an unknown chance counts as the least."""
    result: FloatArray = logit(np.clip(np.nan_to_num(chance), CHANCE_LEAST, 1 - CHANCE_LEAST))
    return result


@lru_cache(maxsize=4)
def load(text: str) -> lightgbm.Booster:
    """The model behind its text."""
    return lightgbm.Booster(model_str=text)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Challenger against current on past nights.

    Attributes:
        nights: nights compared, (T,).
        challenger, current: share of the shortfall each would have found, (T,).
        gain_lower: one-sided lower bound of the mean gain.
        chance: what the challenger gave each label at the time, (n,); NaN outside the nights compared. Calibrated by
            these, a chance is not taken for better than it is on lots that were not learned from.
    """

    nights: IntArray
    challenger: FloatArray
    current: FloatArray
    gain_lower: float
    chance: FloatArray

    @property
    def is_promoted(self) -> bool:
        """The challenger found more, and by more than nights vary."""
        return self.gain_lower > 0.0


def try_challenger(
    decisions: Decisions,
    current: FloatArray,
    names: tuple[str, ...],
    nights: IntArray,
    capacity: float,
    config: RankerConfig,
) -> Trial:
    """Replay past nights: train on what was known before each, rank its lots, compare with the current model's chance.

    Args:
        decisions: all labels on file.
        current: the chance the current model gave each of them at the time, (n,).
        names: names of the features.
        nights: first days of the nights (or weeks) compared, rising; each reaches to the next, the last is the end.
        capacity: part of the lots that can be looked at.
        config: of the training.
    """
    kept, ours, theirs = [], [], []
    chance = np.full(len(decisions), np.nan)
    for night, following in pairwise(nights):
        rows = (decisions.decided >= night) & (decisions.decided < following)
        ranker = train_ranker(decisions, names, int(night), config)
        lots = decisions.take(rows)
        if ranker is None or not lots.shortfall[lots.is_positive].any():  # nothing owed, nothing to find
            continue
        kept.append(night)
        chance[rows] = rank_chance(ranker, lots.features, lots.chance)
        ours.append(share_detected(chance[rows] * lots.shortfall, lots, capacity))
        theirs.append(share_detected(current[rows] * lots.shortfall, lots, capacity))
    gain = np.array(ours) - np.array(theirs)
    spread = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
    lower = gain.mean() - stats.t.ppf(config.confidence, len(gain) - 1) * spread if len(gain) > 1 else -np.inf
    return Trial(
        nights=np.array(kept, dtype=np.int64),
        challenger=np.array(ours),
        current=np.array(theirs),
        gain_lower=float(lower),
        chance=chance,
    )


def share_detected(score: FloatArray, lots: Decisions, capacity: float) -> float:
    """Share of the night's shortfall in the part ranked first, from labels weighted to stand for all lots."""
    order = np.argsort(-score, kind="stable")
    weight = 1.0 / lots.propensity[order]
    owed = weight * np.where(lots.is_positive, lots.shortfall, 0.0)[order]
    # The lot on the margin counts for the part of it that fits.
    fits = np.clip((capacity * weight.sum() - (np.cumsum(weight) - weight)) / weight, 0.0, 1.0)
    return float((fits * owed).sum() / owed.sum())
