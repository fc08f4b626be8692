"""The configuration of low prices, read from the register once for night, on-demand scoring, replay and back-test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jobs.contracts import register
from jobs.domains.low_price.detectors.lp_3 import WorldPriceRule
from jobs.domains.low_price.detectors.lp_4 import SurveyRule
from jobs.domains.low_price.detectors.lp_5 import NewCounterpartRule
from jobs.domains.low_price.detectors.lp_copy import CopyRule
from jobs.domains.low_price.detectors.lp_hug import HugRule
from jobs.domains.low_price.detectors.lp_switch import SwitchRule
from jobs.domains.low_price.detectors.lp_weight import WeightRule
from jobs.domains.low_price.facts.lot_facts import FactsRule
from jobs.domains.low_price.levels import PriceLevelRule
from jobs.domains.low_price.methods.case_evidence import EvidenceConfig
from jobs.domains.low_price.methods.comparables.comparables import ComparablesRule
from jobs.domains.low_price.methods.comparables.exculpation import ExculpationRule
from jobs.domains.low_price.methods.learned_rule import LearnedRule
from jobs.domains.low_price.methods.pattern import PatternsRule
from jobs.domains.low_price.methods.price_changes import MemoryRule
from jobs.domains.low_price.methods.price_test import PriceRule
from jobs.domains.low_price.methods.reference.config import ReferenceConfig
from jobs.domains.low_price.methods.selection_rule import SelectionRule

NAME = "low_price"
SHARED = ("facts", "reference", "levels", "evidence", "patterns", "comparables", "exculpation", "selection")
OWN = {
    "supplier_change": "LP-2",
    "world": "LP-3",
    "survey": "LP-4",
    "new_counterpart": "LP-5",
    "copy": "LP-COPY",
    "hug": "LP-HUG",
    "learned": "LP-LEARNED",
    "switch": "LP-SWITCH",
    "weight": "LP-WEIGHT",
}


@dataclass(frozen=True, kw_only=True)
class LowPriceConfig:
    """What the assessment rests on besides the lots.

    Attributes:
        facts: which lots are assessed, and how long quotations hold.
        reference, price, levels: of the reference price, the price rules and the levels.
        evidence: weights of the survey and of patterns beside the reference price.
        patterns: what all patterns share.
        comparables: which sales a lot is compared with; a nightly run sees the earlier ones only.
        exculpation: what speaks for the importer.
        selection: how the capacity is spent.
        supplier_change, world, survey, new_counterpart: of LP-2 to LP-5; none looks further back than `pool_days`.
        copy, hug, learned, switch, weight: of the other detectors.
        pool_days: lots declared within so many days are compared with.
        history_days: lots declared within so many days make the reference price.
        implausible_factor: a price so many times off what such goods cost is a slip of the pen, and not assessed.
    """

    facts: FactsRule
    reference: ReferenceConfig
    price: PriceRule
    levels: PriceLevelRule
    evidence: EvidenceConfig
    patterns: PatternsRule
    comparables: ComparablesRule
    exculpation: ExculpationRule
    selection: SelectionRule
    supplier_change: MemoryRule
    world: WorldPriceRule
    survey: SurveyRule
    new_counterpart: NewCounterpartRule
    copy: CopyRule
    hug: HugRule
    learned: LearnedRule
    switch: SwitchRule
    weight: WeightRule
    pool_days: int
    history_days: int
    implausible_factor: float


@cache
def low_price_config() -> LowPriceConfig:
    """The configuration that `schemas/rules/low_price` and `schemas/detectors/low_price` state."""
    parameters = dict(register.rule(NAME, "night").parameters)
    parameters |= {part: register.rule(NAME, part).parameters for part in SHARED}
    parameters |= {part: register.detector(detector).parameters for part, detector in OWN.items()}
    ground = {f"low_{name}": parameters["levels"][f"{name}_2"] for name in ("ratio", "z")}  # level 2 is a ground to ask
    parameters["price"] = register.rule(NAME, "price").parameters | ground
    return register.configure(LowPriceConfig, parameters, NAME)
