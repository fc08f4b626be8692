"""Scores by which lots are looked at: ours, the night's order, and the two baselines with their parameters for these
lots.

Ours is the chance that a lot is priced low, as the night states it beside every assessed lot. The night's order serves
revenue, a ground to ask first and then expected duty; cases of small duty come late in it.

The baselines' parameters are the best of a grid on generated worlds of seeds 1 and 2 (all difficulties, recall at 5 %
with look-alikes left out): grouping by product, by product and kind (state and grade), either with the origin or with
origin and trade level; walk .005 to .4 of the Kalman filter, 30 to 180 days of the median. Both do best with the coarse
grouping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray, IntArray
from jobs.contracts import register
from jobs.domains.low_price.assessment import AssessedLots, assess_lots
from jobs.domains.low_price.backtest.baselines.kalman_2007 import KalmanConfig, assess_by_kalman
from jobs.domains.low_price.backtest.baselines.median_mad import MedianConfig, assess_by_median
from jobs.domains.low_price.backtest.trial import OURS
from jobs.domains.low_price.backtest.world_tables import Tables
from jobs.domains.low_price.config import NAME, LowPriceConfig, low_price_config
from jobs.domains.low_price.facts.columns import days, figures, join_texts
from jobs.domains.low_price.facts.declared import ask_lots
from jobs.domains.low_price.facts.features import FEATURES as LEARNED
from jobs.domains.low_price.facts.features import OF_PARTY, PARTIES, lot_features, with_parties
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.reference_data import read_reference_data
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.price import assess_prices
from jobs.domains.low_price.methods.reference.price_filter import fit_reference
from jobs.domains.low_price.night import RankedLots, rank_here
from jobs.domains.low_price.partition import Marks
from jobs.stats.selection.two_groups import probability_low

NIGHT_ORDER = "night_order"  # a ground to ask first, then expected duty
PATTERNS = ("LP-HUG", "LP-COPY", "LP-WEIGHT", "LP-SWITCH")
FEATURES = (
    "log_ratio",
    "log_sd",
    "odds",
    "by_price",
    "level",
    *(f"pattern_{code}" for code in PATTERNS),
)
OF_PARTIES = tuple(f"{party}_{stated}" for party in PARTIES for stated in OF_PARTY)
KNOWN = "known"
WEEK, EPOCH = 7, date(1970, 1, 1).toordinal()
CAPACITY = 0.05  # of the night's own selection, which no figure here reads


@dataclass(frozen=True, kw_only=True)
class BaselinesConfig:
    """Parameters of the two baselines."""

    kalman: KalmanConfig
    median: MedianConfig


@cache
def baselines() -> BaselinesConfig:
    """What `schemas/rules/low_price/baselines.yml` states."""
    return register.configure(BaselinesConfig, register.rule(NAME, "baselines").parameters, "baselines")


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Our scores of N lots, larger for more suspect; what they were made of, and the day that was known by."""

    scores: dict[str, FloatArray]
    features: dict[str, FloatArray]
    known: IntArray


def rank_by_baselines(lots: Lots) -> dict[str, FloatArray]:
    """Deviations below the reference of each baseline, (N,) each; NaN without a reference.

    Args:
        lots: specifications being the kind of goods only.
    """
    rules, freight = baselines(), low_price_config().reference.freight
    return {
        "kalman_2007": -assess_by_kalman(lots, rules.kalman, freight).z,
        "median_mad": -assess_by_median(lots, rules.median, freight).z,
    }


def rank_world_nights(tables: Tables, nights: IntArray, lines: pa.Array, config: LowPriceConfig) -> Ranked:
    """The night's own run on every night of a world, each lot as the night that first sees it ranks it.

    Facts, reference prices, chances and the learned ranker, where it is promoted, are all as that night had them.

    Args:
        tables: of silver, by name.
        nights: days, oldest first.
        lines: names of all lots of the world.
        config: settings of the night.
    """
    columns = {name: np.full(len(lines), np.nan) for name in (OURS, NIGHT_ORDER, *FEATURES, *OF_PARTIES, KNOWN)}
    for before, night in zip(nights - WEEK, nights, strict=True):
        day = as_date(int(night))
        table, reference_data = (
            ask_lots(tables.__getitem__, day, config.history_days),
            read_reference_data(tables.__getitem__, day),
        )
        is_new = days(table["period_start"]) > before
        ranked, marks, _ = rank_here(table, reference_data, config, max(1, int(CAPACITY * is_new.sum())))
        at = pc.index_in(join_texts(ranked.answers["lot"], "declaration_id", "line_no"), lines)
        is_asked, rows = at.is_valid().to_numpy(False), at.drop_null().to_numpy()
        for name, values in read_ranked(ranked, marks, config).items():
            columns[name][rows] = values[is_asked]
    known = np.nan_to_num(columns.pop(KNOWN), nan=-1).astype(np.int64)
    return Ranked(scores={name: columns.pop(name) for name in (OURS, NIGHT_ORDER)}, features=columns, known=known)


def as_date(day: int) -> date:
    """The date of a day since 1970-01-01."""
    return date.fromordinal(EPOCH + day)


def read_ranked(ranked: RankedLots, marks: Marks, config: LowPriceConfig) -> dict[str, FloatArray]:
    """Scores and features of a night's assessed lots, and the newest day that any of them rests on, (M,) each."""
    lot, history = ranked.answers["lot"], with_parties(ranked.answers["known_lot"], ranked.answers["pool"])
    pool = history.take(pa.array(ranked.assessed))
    stated = ranked.answers["pool"].take(pa.array(ranked.assessed))
    log_ratio, log_sd = stated["log_ratio"].to_numpy(), stated["log_sd"].to_numpy()
    features = lot_features(pool, history, config.learned.party_prior)
    lines = join_texts(lot, "declaration_id", "line_no")
    return {
        OURS: figures(lot["probability"]),
        NIGHT_ORDER: -figures(lot["rank"]),
        "log_ratio": log_ratio,
        "log_sd": log_sd,
        "odds": stated["odds"].to_numpy(),
        "by_price": probability_low(ranked.mixture, log_ratio, log_sd),
        "level": figures(lot["level"]),
        **{
            f"pattern_{code}": pc.is_in(lines, pa.array(marks.shown.get(code, []), pa.string()))
            .to_numpy()
            .astype(float)
            for code in PATTERNS
        },
        **{name: features.values[:, LEARNED.index(name)] for name in OF_PARTIES},
        KNOWN: np.maximum(features.newest, stated["reference_day"].to_numpy()).astype(float),
    }


def rank_facts(on: Callable[[int], LotFacts], nights: IntArray, lots: Lots, config: LowPriceConfig) -> Ranked:
    """The assessment of every night where there is nothing but lots, each on the night that first sees it.

    Reference prices are fitted once over all lots as filed: each row of theirs rests on earlier days only.

    Args:
        on: the facts of a night, their lots being the first of `lots`.
        nights: days, oldest first.
        lots: all lots in the order of declaration.
        config: settings of the night.
    """
    stored = fit_reference(lots, config.reference)
    columns = {name: np.full(len(lots), np.nan) for name in (OURS, NIGHT_ORDER, *FEATURES)}
    for night in nights.tolist():
        facts = on(night)
        assessed = assess_lots(facts, config, int(CAPACITY * facts.is_assessed.sum()), stored)
        for name, values in read_night(assessed).items():
            columns[name][assessed.assessment.assessed] = values
    scores = {name: columns.pop(name) for name in (OURS, NIGHT_ORDER)}
    return Ranked(scores=scores, features=columns, known=assess_prices(lots, stored, config.reference.freight).vintage)


def read_night(assessed: AssessedLots) -> dict[str, FloatArray]:
    """Scores and features of a night's assessed lots, (M,) each."""
    result, selection = assessed.assessment, assessed.selection
    evidence, place = result.evidence, result.place
    log_ratio, log_sd = evidence.log_ratio[place], evidence.log_sd[place]
    return {
        OURS: selection.probability,
        NIGHT_ORDER: -selection.rank.astype(float),
        "log_ratio": log_ratio,
        "log_sd": log_sd,
        "odds": evidence.odds[place],
        "by_price": probability_low(assessed.model.mixture, log_ratio, log_sd),
        "level": result.levels.level.astype(float),
        **{f"pattern_{code}": shown[place].astype(float) for code, shown in result.patterns.items()},
    }
