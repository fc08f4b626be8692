"""Settings of the supply-chain assessment, the same for the night, its replay and the back-test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from jobs.contracts import register
from jobs.domains.supply_chain.facts.panel import EligibilityRule
from jobs.domains.supply_chain.levels import LevelRule
from jobs.domains.supply_chain.methods.concentration import ConcentrationConfig
from jobs.domains.supply_chain.methods.hoarding import HoardingConfig
from jobs.domains.supply_chain.methods.quantity import (
    CommonRule,
    MassConfig,
    QuantityConfig,
    ShiftConfig,
    ShortConfig,
)
from jobs.domains.supply_chain.methods.transits import TransitConfig
from jobs.domains.supply_chain.methods.unit_price import PriceConfig
from jobs.domains.supply_chain.methods.vulnerability import VulnerabilityRule

DOMAIN = "supply_chain"
Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Span:
    """Which months a night assesses.

    Attributes:
        history: last months in which quantity is assessed, so that an episode's beginning is seen.
        recent: last months in which every detector is run: the three that make a level and the one before.
    """

    history: int
    recent: int


@dataclass(frozen=True, kw_only=True)
class CombineRule:
    """How findings become rejections and rows.

    Attributes:
        false_discovery_rate: Benjamini-Hochberg, per night and direction.
        stored_p: a subject's findings are stored when any of its p-values is at most this.
        reason_p: a detector speaks for an alert with a p-value of at most this.
        months_least: a source with a shorter history is not assessed.
    """

    false_discovery_rate: float
    stored_p: float
    reason_p: float
    months_least: int


@dataclass(frozen=True)
class SurgeRule:
    """SC-SURGE: the warning level that a surge alone never passes."""

    level: int


@dataclass(frozen=True, kw_only=True)
class SupplyChainConfig:
    """What the assessment rests on besides the facts.

    Attributes:
        span, eligibility, vulnerability, combine, levels: rules that the detectors share.
        quantity, surge, price, concentration, hoarding, transits: settings of the detectors.
    """

    span: Span
    eligibility: EligibilityRule
    vulnerability: VulnerabilityRule
    combine: CombineRule
    levels: LevelRule
    quantity: QuantityConfig
    surge: SurgeRule
    price: PriceConfig
    concentration: ConcentrationConfig
    hoarding: HoardingConfig
    transits: TransitConfig


@cache
def supply_chain_config() -> SupplyChainConfig:
    """The settings that schemas/detectors/supply_chain and schemas/rules/supply_chain state."""
    return SupplyChainConfig(
        span=_rule("span", Span),
        eligibility=_rule("eligibility", EligibilityRule),
        vulnerability=_rule("vulnerability", VulnerabilityRule),
        combine=_rule("combine", CombineRule),
        levels=_rule("levels", LevelRule),
        quantity=QuantityConfig(
            mass=_rule("mass", MassConfig),
            common=_detector("SC-COMMON", CommonRule),
            short=_detector("SC-SHORT", ShortConfig),
            shift=_detector("SC-SHIFT", ShiftConfig),
        ),
        surge=_detector("SC-SURGE", SurgeRule),
        price=_detector("SC-PRICE", PriceConfig),
        concentration=_detector("SC-CONC", ConcentrationConfig),
        hoarding=_detector("SC-HOARD", HoardingConfig),
        transits=_detector("SC-PIPE", TransitConfig),
    )


def _rule(name: str, shape: type[Shape]) -> Shape:
    return register.configure(shape, register.rule(DOMAIN, name).parameters, f"rules/{DOMAIN}/{name}.yml")


def _detector(detector_id: str, shape: type[Shape]) -> Shape:
    parameters = register.detector(detector_id).parameters
    return register.configure(shape, parameters, f"detectors/{DOMAIN}/{detector_id}.yml")
