"""Lots to levels: reference price, LP-1 to LP-5, patterns, what speaks for the importer.

Plain arrays, no engine. The night calls `assess_price_grounds` where the data lie, whole products together, and
`select_lots` once; `assess_lots` does all of it where the lots are in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.detectors.lp_1 import assess_comparables
from jobs.domains.low_price.detectors.lp_2 import assess_supplier_change
from jobs.domains.low_price.detectors.lp_3 import assess_world_price
from jobs.domains.low_price.detectors.lp_4 import assess_survey_price
from jobs.domains.low_price.detectors.lp_5 import assess_new_counterpart
from jobs.domains.low_price.detectors.lp_ref import assess_reference
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.levels import PriceLevels, gather_evidence, raise_price_levels
from jobs.domains.low_price.methods.case_evidence import weigh_patterns, weigh_survey
from jobs.domains.low_price.methods.comparables.comparables import Comparables, find_comparables
from jobs.domains.low_price.methods.comparables.exculpation import Exculpation, search_exculpation
from jobs.domains.low_price.methods.implausible_prices import is_off_middle, is_off_reference, without_price
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.pattern import number_groups
from jobs.domains.low_price.methods.price_test import PriceTest
from jobs.domains.low_price.methods.reference.price import PriceAssessment, StoredReference
from jobs.domains.low_price.methods.reference.price_filter import fit_reference
from jobs.domains.low_price.patterns import LotPatterns, PatternFlags, find_patterns
from jobs.domains.low_price.prices import (
    as_stored,
    assess_pool,
    deviation,
    known_references,
    prices_of,
    without_score,
)
from jobs.domains.low_price.selection import (
    Evidence,
    PricedLots,
    ProbabilityModel,
    Selection,
    fit_probability_model,
    select_lots,
)

REFERENCE = "LP-REF"  # the ground that is no rule of its own: the reference price


@dataclass(frozen=True, kw_only=True)
class LotAssessment:
    """M assessed lots of P lots of the pool.

    Attributes:
        assessed, pool: rows of the facts, (M,) and (P,).
        stored: reference prices the lots were assessed by, and those of the next morning.
        prices: every lot of the pool against its reference, (P,).
        tests: each ground's figures and reasons by name, (M,).
        comparables: rows are of the pool.
        exculpation: what speaks for the importer; rows are of the pool.
        patterns: lots of the pool that show a pattern of their firm, by code, (P,).
        carried_kg: net mass that was carried, of lots that show LP-WEIGHT, (M,); NaN elsewhere.
        evidence: what the price and the patterns say of every lot of the pool.
        levels: by price, pattern and cap.
        is_implausible: the price is off by what only a wrong unit explains; nothing assesses it, (M,).
    """

    assessed: IntArray
    pool: IntArray
    stored: StoredReference
    prices: PriceAssessment
    tests: dict[str, PriceTest]
    comparables: Comparables
    exculpation: Exculpation
    patterns: dict[str, BoolArray]
    carried_kg: FloatArray
    evidence: Evidence
    levels: PriceLevels
    is_implausible: BoolArray

    @property
    def place(self) -> IntArray:
        """Place of each assessed lot in the pool, (M,)."""
        return np.searchsorted(self.pool, self.assessed)


@dataclass(frozen=True, kw_only=True)
class AssessedLots:
    """A night assessed in one place.

    Attributes:
        assessment: of the prices.
        patterns: of firms.
        model: how a price becomes a probability.
        selection: probability, stakes, rank and selection of each assessed lot, (M,).
    """

    assessment: LotAssessment
    patterns: PatternFlags
    model: ProbabilityModel
    selection: Selection


def assess_lots(
    facts: LotFacts,
    config: LowPriceConfig,
    capacity: int,
    stored: StoredReference | None = None,
    model: ProbabilityModel | None = None,
) -> AssessedLots:
    """The whole assessment of a night's lots.

    Args:
        facts: the lots and what is known of them.
        config: settings.
        capacity: lots that can be looked at.
        stored: reference prices on file; fitted on the facts when not given.
        model: how a price becomes a probability, on file; learned from the facts when not given.
    """
    result = find_patterns(facts, config)
    assessment = assess_price_grounds(facts, result.shown(facts, config), config, stored)
    if model is None:
        labels = (None if each is None else each[assessment.pool] for each in (facts.label, facts.propensity))
        model = fit_probability_model(assessment.evidence, config.evidence, *labels)
    probability = model.of(assessment.evidence, config.evidence)[assessment.place]
    selection = select_lots(priced_lots(facts, assessment), probability, facts.night, capacity, config.selection)
    return AssessedLots(assessment=assessment, patterns=result, model=model, selection=selection)


def assess_price_grounds(
    facts: LotFacts,
    shown: LotPatterns,
    config: LowPriceConfig,
    stored: StoredReference | None = None,
) -> LotAssessment:
    """Grounds and levels of the assessed lots; the facts may be any whole products of the night.

    Args:
        shown: what the patterns of all firms say of these lots.
        stored: reference prices on file; fitted when not given.
    """
    lots = facts.lots
    if stored is None:
        plausible = without_price(lots, is_off_middle(lots, config.implausible_factor))
        stored = as_stored(fit_reference(plausible, config.reference, until=facts.night + 1))
    in_pool = (lots.declared > facts.night - config.pool_days) & (lots.declared <= facts.night + 1)
    pool_rows = np.flatnonzero(in_pool | facts.is_assessed)
    assessed_rows = np.flatnonzero(facts.is_assessed)
    pool, own = lots.take(pool_rows), np.searchsorted(pool_rows, assessed_rows)
    quoted = {"world": facts.world_price[pool_rows], "survey": facts.survey_price[pool_rows]}
    prices = assess_pool(facts, pool, pool_rows, stored, config.reference.freight)
    past = known_references(facts, pool_rows, prices)
    is_implausible = is_off_reference(pool, past, quoted["survey"], config.implausible_factor, config.reference.freight)
    pool, prices = without_price(pool, is_implausible), without_score(prices, is_implausible)
    assessed = pool.take(own)
    result = find_comparables(assessed, pool, facts.kind_of, config.comparables, quoted["survey"][own])
    tests = assess_grounds(pool, own, prices, past, quoted, result, config)
    on_file = {code: holds[assessed_rows] for code, holds in facts.on_file.items()}
    ratio = np.fmin.reduce([test.ratio for test in tests.values()])
    exculpation = search_exculpation(assessed, pool, ratio, shown.discredited, on_file, config.exculpation)
    patterns = {code: holds[pool_rows] & ~is_implausible for code, holds in shown.by_code.items()}
    on_assessed = {code: holds[own] for code, holds in patterns.items()}
    levels = raise_price_levels(
        gather_evidence(tests, patterns=on_assessed, is_capped=exculpation.is_capped), config.levels
    )
    peer_log_odds = None if facts.peer_log_odds_on_file is None else facts.peer_log_odds_on_file[pool_rows]
    evidence = weigh_evidence(pool, quoted["survey"], prices, patterns, peer_log_odds, config)
    return LotAssessment(
        assessed=assessed_rows,
        pool=pool_rows,
        stored=stored,
        prices=prices,
        tests=tests,
        comparables=result,
        exculpation=exculpation,
        patterns=patterns,
        carried_kg=shown.carried_kg[assessed_rows],
        evidence=evidence,
        levels=levels,
        is_implausible=is_implausible[own],
    )


def weigh_evidence(
    pool: Lots,
    survey_price: FloatArray,
    prices: PriceAssessment,
    patterns: Mapping[str, BoolArray],
    peer_log_odds: FloatArray | None,
    config: LowPriceConfig,
) -> Evidence:
    """What reference price, survey and patterns together say of each lot, and which lots are of one trade."""
    log_ratio, log_sd = deviation(prices)
    with np.errstate(divide="ignore", invalid="ignore"):
        surveyed = np.log(pool.price / survey_price)
    weighed = weigh_survey(log_ratio, surveyed, config.evidence)
    log_sd = np.where(np.isfinite(log_sd), log_sd, np.where(np.isfinite(weighed), config.survey.least_log_sd, np.nan))
    odds = weigh_patterns(patterns, len(pool), config.evidence)
    return Evidence(log_ratio=weighed, log_sd=log_sd, odds=odds, trade=number_trades(pool), peer_log_odds=peer_log_odds)


def number_trades(lots: Lots) -> IntArray:
    """The trade of each lot: related importers buying one good of one origin from related exporters.

    -1 where unknown.
    """
    parts = (lots.product, lots.state, lots.origin, lots.importer_group, lots.exporter_group)
    trade, _ = number_groups(*parts)
    return np.where((lots.importer_group >= 0) & (lots.exporter_group >= 0), trade, -1)


def assess_grounds(
    pool: Lots,
    assessed: IntArray,
    prices: PriceAssessment,
    past: FloatArray,
    quoted: Mapping[str, FloatArray],
    result: Comparables,
    config: LowPriceConfig,
) -> dict[str, PriceTest]:
    """The reference price and LP-1 to LP-5 on the assessed lots, each by itself.

    Args:
        pool: lots known on the night.
        assessed: their rows that are assessed, (M,).
        prices, past: of the pool, against its references.
        quoted: the `world` and the `survey` price of each lot of the pool.
        result: comparables.
        config: settings.
    """
    lots, own = pool.take(assessed), prices_of(prices, assessed)
    rule, usual, world = config.price, own.spread, quoted["world"]
    change = (lots, pool, own.reference_usd_per_kg, past, usual, rule)
    return {
        REFERENCE: assess_reference(own, rule),
        "LP-1": assess_comparables(lots.price, result, usual, rule),
        "LP-2": assess_supplier_change(*change, config.supplier_change),
        "LP-3": assess_world_price(lots, pool, world[assessed], world, usual, rule, config.world),
        "LP-4": assess_survey_price(lots.price, quoted["survey"][assessed], 0.0, rule, config.survey),
        "LP-5": assess_new_counterpart(*change, config.new_counterpart),
    }


def priced_lots(facts: LotFacts, assessment: LotAssessment) -> PricedLots:
    """The assessed lots as far as the selection needs them; where no reference is known, the survey price stands in."""
    rows, survey = assessment.assessed, assessment.tests["LP-4"]
    own = prices_of(assessment.prices, assessment.place)
    known, mass = np.isfinite(own.reference_usd_per_kg), facts.lots.net_mass_kg[rows]
    return PricedLots(
        reference_usd_per_kg=np.where(known, own.reference_usd_per_kg, survey.reference),
        reference_log_sd=np.where(known, own.log_sd, survey.log_sd),
        lowest_usd_per_kg=assessment.comparables.lowest,
        level=assessment.levels.level,
        is_capped=assessment.exculpation.is_capped,
        is_open=facts.is_open[rows] & ~assessment.is_implausible,
        key=facts.key[rows],
        customs_value_krw=facts.customs_value_krw[rows],
        krw_per_usd=facts.krw_per_usd[rows],
        net_mass_kg=mass,
        carried_kg=np.where(np.isnan(assessment.carried_kg), mass, assessment.carried_kg),
        rates=facts.rates.take(rows),
    )
