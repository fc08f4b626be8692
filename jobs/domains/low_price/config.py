"""Settings of the low-price assessment, the same for the night, the counter and the back-test."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.contracts import register
from jobs.domains.low_price.detectors.price_changes import Memory
from jobs.domains.low_price.detectors.price_rules import PriceRule
from jobs.domains.low_price.levels import PriceLevelRule
from jobs.domains.low_price.methods.case_evidence import EvidenceConfig
from jobs.domains.low_price.methods.comparables.windows import REVIEW, Window
from jobs.domains.low_price.methods.reference.config import ReferenceConfig


@dataclass(frozen=True)
class LowPriceConfig:
    """What the assessment rests on besides the lots.

    Attributes:
        reference, rule, levels: of the reference price, the price rules and rule G.
        evidence: weights of the survey and of patterns beside the reference price.
        memory: how far back LP-2 and LP-5 look; within `pool_days` of every assessed lot.
        window: days of shipment of comparables; a nightly run sees the earlier ones only.
        vouching: days of shipment of lots that speak for the importer; later ones are as good.
        false_discovery_rate: of each pattern over all firms of the night.
        assessed_days: lots declared within so many days of the night are assessed.
        pool_days: lots declared within so many days are compared with.
        history_days: lots declared within so many days make the reference price.
        switch_days: length of the recent part in which LP-SWITCH looks for a move.
        implausible_factor: a price so many times off what such goods cost is a slip of the pen, and not assessed.
        seed: of the draws that explore, and of the simulated law of digits.
        exploration: part of the capacity that explores.
        uncertain: part of the exploration that follows uncertainty times revenue.
    """

    reference: ReferenceConfig = field(default_factory=ReferenceConfig)
    rule: PriceRule = field(default_factory=PriceRule)
    levels: PriceLevelRule = field(default_factory=PriceLevelRule)
    evidence: EvidenceConfig = field(default_factory=EvidenceConfig)
    memory: Memory = field(default_factory=lambda: Memory(lots=20, days=90, fresh_days=45))
    window: Window = field(default_factory=Window)
    vouching: Window = REVIEW
    false_discovery_rate: float = 0.05
    assessed_days: int = 7
    pool_days: int = 150
    history_days: int = 1096
    switch_days: int = 75
    implausible_factor: float = 50.0
    seed: int = 20_240_213
    exploration: float = 0.10
    uncertain: float = 0.5


def night_config() -> LowPriceConfig:
    """The settings that schemas/rules/low_price states for the night."""
    return LowPriceConfig(**register.rule("low_price", "night").parameters)
