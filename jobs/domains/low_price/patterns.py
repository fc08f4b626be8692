"""LP-HUG, LP-WEIGHT, LP-SWITCH, LP-COPY over all firms of a night: whom each was found in, and which lots show it.

A pattern belongs to a firm, and firms trade in many products, so that this is the one part of the assessment that needs
the whole night in one place. Each pattern is one family of Benjamini-Hochberg.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.detectors.lp_copy import find_copying
from jobs.domains.low_price.detectors.lp_hug import find_hugging
from jobs.domains.low_price.detectors.lp_switch import find_switching
from jobs.domains.low_price.detectors.lp_weight import WeightRule, carried_mass, find_weight_understatement
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.methods.measures import Measure
from jobs.domains.low_price.methods.pattern import Pattern
from jobs.stats.combine import reject_bh

CODES = ("LP-HUG", "LP-COPY", "LP-WEIGHT", "LP-SWITCH")
DISCREDITING = ("LP-HUG", "LP-COPY")


@dataclass(frozen=True, kw_only=True)
class LotPatterns:
    """What the patterns say of N lots.

    Attributes:
        by_code: by pattern, the lots that show it and belong to a firm it was found in, (N,).
        discredited: by number of the exporter group, whether none of its lots vouches.
        carried_kg: net mass that was carried, of lots that show LP-WEIGHT, (N,); NaN elsewhere.
    """

    by_code: dict[str, BoolArray]
    discredited: BoolArray
    carried_kg: FloatArray


@dataclass(frozen=True)
class PatternFlags:
    """The patterns of a night.

    Attributes:
        patterns: each pattern over all firm groups, by code.
        rejected: rows of it rejected at the false discovery rate.
    """

    patterns: dict[str, Pattern]
    rejected: dict[str, BoolArray]

    def shown(self, facts: LotFacts, config: LowPriceConfig) -> LotPatterns:
        """What they say of the lots they were found in."""
        by_code = self.on_lots()
        return LotPatterns(
            by_code=by_code,
            discredited=self.discredited(facts.lots.exporter_group),
            carried_kg=carried(facts, by_code, config.weight),
        )

    def on_lots(self) -> dict[str, BoolArray]:
        """By pattern, the lots that show it and belong to a firm it was found in, (N,)."""
        return {code: pattern.is_evidence & self.of_firm(code) for code, pattern in self.patterns.items()}

    def of_firm(self, code: str) -> BoolArray:
        """The lots of the firms in which a pattern was found, (N,)."""
        pattern = self.patterns[code]
        return np.append(self.rejected[code], False)[pattern.row]

    def discredited(self, exporter_group: IntArray) -> BoolArray:
        """Exporter groups in whose lots prices were copied or hugged: no lot of theirs vouches; by group number."""
        result = np.zeros(int(exporter_group.max(initial=-1)) + 1, dtype=bool)
        for code in DISCREDITING:
            if code in self.patterns:
                shown = self.patterns[code].is_evidence & self.of_firm(code) & (exporter_group >= 0)
                result[exporter_group[shown]] = True
        return result


def find_patterns(facts: LotFacts, config: LowPriceConfig, codes: Collection[str] = CODES) -> PatternFlags:
    """The patterns of the night's pool, all of them or those of some codes."""
    searches = {"LP-HUG": hugging, "LP-COPY": copying, "LP-WEIGHT": weight, "LP-SWITCH": switching}
    patterns = {code: searches[code](facts, config) for code in CODES if code in codes}
    return PatternFlags(patterns, {code: reject(each.p, config) for code, each in patterns.items()})


def hugging(facts: LotFacts, config: LowPriceConfig) -> Pattern:
    """Importers whose prices bunch just above the security price."""
    lots = facts.lots
    return find_hugging(lots.price, facts.security_price, lots.importer_group, lots.product, config.hug)


def copying(facts: LotFacts, config: LowPriceConfig) -> Pattern:
    """Exporters whose networks copy prices, as invoiced."""
    lots = facts.lots
    return find_copying(
        facts.invoice_price,
        facts.invoice_market,
        lots.declared // config.copy.period_days,
        lots.exporter_group,
        lots.importer_group,
        np.random.default_rng(config.selection.seed),
        config.copy,
        config.patterns.peers,
    )


def weight(facts: LotFacts, config: LowPriceConfig) -> Pattern:
    """Importers who declare less mass than what was carried shows."""
    kind = {"none": Measure(np.full(len(facts), np.nan), np.full(len(facts), -1))}
    measures = dict(facts.measures) or kind
    firm, mass = facts.lots.importer_group, facts.lots.net_mass_kg
    return find_weight_understatement(mass, measures, firm, config.weight, config.patterns.peers)


def carried(facts: LotFacts, by_code: Mapping[str, BoolArray], rule: WeightRule) -> FloatArray:
    """Net mass that was carried, of the lots that show LP-WEIGHT, (N,); NaN elsewhere."""
    is_light = by_code.get("LP-WEIGHT", np.zeros(len(facts), dtype=bool))
    return carried_mass(facts.lots.net_mass_kg, dict(facts.measures), facts.lots.importer_group, is_light, rule)


def switching(facts: LotFacts, config: LowPriceConfig) -> Pattern:
    """Importers who moved to a code of lower duty."""
    none = np.full(len(facts), -1)
    burden = np.full(len(facts), np.nan) if facts.burden is None else facts.burden
    return find_switching(
        facts.lots.net_mass_kg,
        burden,
        none if facts.family is None else facts.family,
        facts.lots.importer_group,
        facts.lots.declared // config.switch.month_days,
        first_after=(facts.night - config.switch.recent_days) // config.switch.month_days + 1,
        rule=config.switch,
        peers=config.patterns.peers,
    )


def reject(p: FloatArray, config: LowPriceConfig) -> BoolArray:
    """Benjamini-Hochberg over the groups of one pattern."""
    return reject_bh(p, config.patterns.false_discovery_rate) if len(p) else np.zeros(0, dtype=bool)
