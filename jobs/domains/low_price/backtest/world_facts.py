"""A generated world night by night: what was known of its lots on each, in the shape the assessment takes.

Everything comes from the tables of landing. A lot is known from the day it is declared, its inspection from the day of
the result; quotations and rates are those of the lot's day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.backtest.columns import days, joined, number_texts
from jobs.domains.low_price.backtest.declared_lots import KIND, read_lots
from jobs.domains.low_price.backtest.quotations import quoted_usd_per_kg, read_rates
from jobs.domains.low_price.detectors.lp_weight import Measure
from jobs.domains.low_price.facts.columns import commodities
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.methods.lots import Lots
from jobs.sample.low_price import DeclarationWorld

NEVER = 1 << 30
OF_LOTS = (
    "key",
    "customs_value_krw",
    "world_price",
    "survey_price",
    "security_price",
    "invoice_price",
    "invoice_market",
    "family",
    "burden",
    "propensity",
)
LOW_FINDINGS = ("undervalued", "weight_understated", "misdescribed")


@dataclass(frozen=True)
class WorldFacts:
    """N lots of a world in the order of declaration, and what becomes known of them later.

    Attributes:
        facts: with everything known on the day of declaration, none assessed.
        settled: day of the inspection's result, `NEVER` without one, (N,).
        is_upheld, is_disputed: what it said of the declared value, (N,).
        label: 1 where it found a case, 0 where none, NaN without one, (N,).
    """

    facts: LotFacts
    settled: IntArray
    is_upheld: BoolArray
    is_disputed: BoolArray
    label: FloatArray

    def on(self, night: int, assessed_days: int) -> LotFacts:
        """The facts of a night: the lots of its last days are assessed, results up to it are known.

        Lots already settled stay open: every ranking is asked about the same lots.
        """
        known = np.flatnonzero(self.facts.lots.declared <= night)
        settled, lots = self.settled[known] <= night, self.facts.lots.take(known)
        lots = replace(
            lots,
            is_accepted=np.where(settled, self.is_upheld[known], lots.is_accepted),
            is_examined=settled,
            is_disputed=settled & self.is_disputed[known],
        )
        is_assessed = lots.declared > night - assessed_days
        measures = {code: Measure(each.amount[known], each.kind[known]) for code, each in self.facts.measures.items()}
        return replace(
            self.facts,
            **{name: getattr(self.facts, name)[known] for name in OF_LOTS},
            lots=lots,
            is_assessed=is_assessed,
            is_open=is_assessed,
            night=night,
            rates=self.facts.rates.take(known),
            measures=measures,
            label=np.where(settled, self.label[known], np.nan),
        )


def read_facts(world: DeclarationWorld) -> WorldFacts:
    """The facts of a whole world."""
    filed, stands = world.declarations(is_filed=True), world.declarations()
    lots = read_lots(filed, world.firm_relation)
    won_a_dollar = filed["customs_value_krw"].to_numpy() / filed["customs_value_usd"].to_numpy()
    rates, burden = read_rates(filed, world.tariff_rate)
    quoted = {
        f"{source}_price": quoted_usd_per_kg(source, filed, world.price_reference, won_a_dollar)
        for source in ("survey", "security", "world")
    }
    result, propensity = read_findings(world, filed)
    examined = pc.not_equal(stands["examination_result"], "not_examined").to_numpy()
    facts = LotFacts(
        lots=lots,
        is_assessed=np.zeros(len(lots), dtype=bool),
        is_open=np.ones(len(lots), dtype=bool),
        kind_of=number_kinds(filed, lots),
        key=np.arange(len(lots), dtype=np.uint64),
        night=0,
        customs_value_krw=filed["customs_value_krw"].to_numpy().astype(float),
        rates=rates,
        **quoted,
        invoice_price=filed["invoice_amount"].to_numpy() / lots.net_mass_kg,
        invoice_market=number_texts(joined(filed, ("standard_name_code", "invoice_currency"))),
        measures=read_measures(filed),
        family=number_texts(commodities(filed["standard_name_code"])),
        burden=burden,
        propensity=propensity,
    )
    return WorldFacts(
        facts=facts,
        settled=np.where(examined, days(pc.fill_null(stands["accepted_at"], "1970-01-01")), NEVER),
        is_upheld=pc.equal(stands["examination_result"], "examined_accepted").to_numpy(),
        is_disputed=pc.equal(stands["status"], "disputed").to_numpy(),
        label=result,
    )


def read_findings(world: DeclarationWorld, filed: pa.Table) -> tuple[FloatArray, FloatArray]:
    """Whether each lot's inspection found a case, and the chance it had been chosen with.

    NaN where uninspected, (N,).
    """
    results = world.inspection_results()
    keys = ["declaration_id", "line_no"]
    place = filed.select(keys).append_column("at", pa.array(np.arange(len(filed))))
    at = results.join(place, keys=keys, join_type="inner").sort_by("at")
    label, propensity = np.full(len(filed), np.nan), np.full(len(filed), np.nan)
    rows = at["at"].to_numpy()
    label[rows] = np.isin(np.array(at["finding"].to_pylist()), LOW_FINDINGS)
    propensity[rows] = at["propensity"].to_numpy()
    return label, propensity


def number_kinds(filed: pa.Table, lots: Lots) -> IntArray:
    """By number of the specification, the number of its kind: the state and grade."""
    kind = number_texts(joined(filed, KIND))
    kinds = np.full(int(lots.specification.max()) + 1, -1)
    kinds[lots.specification] = kind
    return kinds


def read_measures(filed: pa.Table) -> dict[str, Measure]:
    """What was carried, by reason code: containers, packages and the gross mass of the bill of lading."""
    boxes = pc.if_else(
        pc.equal(filed["container_numbers"], ""), 0, pc.add(pc.count_substring(filed["container_numbers"], ";"), 1)
    )
    kind = number_texts(joined(filed, ("standard_name_code", "packaging")))
    amounts = {"containers": boxes, "packages": filed["package_count"], "gross_mass": filed["gross_mass_kg"]}
    return {code: Measure(amount.to_numpy().astype(float), kind) for code, amount in amounts.items()}
