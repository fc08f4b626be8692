"""Whole products assessed where they lie: a table of lots in, tables of answers out.

The same function runs in the driver over a small night and in Spark's workers over a large one; whatever products come
together, each is assessed from its own lots.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray
from jobs.domains.low_price.assessment import LotAssessment, assess_price_grounds, priced_lots
from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.facts.arrays import firm_groups, lot_facts
from jobs.domains.low_price.facts.columns import figures, join_texts
from jobs.domains.low_price.facts.features import owed_at_reference, own_columns
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.facts.markets import name_markets, names_of
from jobs.domains.low_price.facts.reference_data import ReferenceData
from jobs.domains.low_price.methods.duty import Rates
from jobs.domains.low_price.methods.reference.keys import GROUP
from jobs.domains.low_price.patterns import LotPatterns, PatternFlags
from jobs.domains.low_price.selection import Evidence, PricedLots
from jobs.domains.low_price.tables.beside import comparable_columns, known_columns, path_columns, reference_columns
from jobs.domains.low_price.tables.lots import lot_columns

EVIDENCE = ("log_ratio", "log_sd", "odds", "trade")
RATES = ("duty_kind", "ad_valorem_pct", "specific_krw_per_kg", "is_vat_exempt")


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What the patterns of the whole night say of lots, by name, so that it can be sent to where the lots lie.

    Attributes:
        shown: by pattern, the lines that show it.
        carried_kg: of the lines that show LP-WEIGHT, in their order, the net mass that was carried.
        discredited: groups of exporters none of whose lots vouches.
    """

    shown: dict[str, list[str]]
    carried_kg: list[float]
    discredited: list[str]


def mark(
    table: pa.Table, reference_data: ReferenceData, facts: LotFacts, result: PatternFlags, config: LowPriceConfig
) -> Marks:
    """The patterns by the names of the lots and groups they were found in."""
    lines = join_texts(table, "declaration_id", "line_no")
    groups = firm_groups(table["exporter_id"], reference_data.groups)
    shown = result.shown(facts, config)
    is_discredited = np.append(shown.discredited, False)[facts.lots.exporter_group]
    return Marks(
        shown={code: lines.filter(pa.array(holds)).to_pylist() for code, holds in shown.by_code.items()},
        carried_kg=shown.carried_kg[shown.by_code["LP-WEIGHT"]].tolist(),
        discredited=sorted(set(groups.filter(pa.array(is_discredited)).to_pylist())),
    )


def assess_products(
    table: pa.Table, reference_data: ReferenceData, marks: Marks, config: LowPriceConfig
) -> dict[str, pa.Table]:
    """Whole products of a night assessed.

    Returns:
        by name: `lot`, `comparable`, `price_path`, `reference_day`, `known_lot` with the columns of these gold tables
        that a product gives; `priced`, row by row what the selection needs of `lot`; `pool`, row by row of `known_lot`
        the evidence, label and propensity, what the ranker asks of a lot, and whether the lot is assessed.
    """
    table = table.sort_by([("period_start", "ascending"), ("declaration_id", "ascending"), ("line_no", "ascending")])
    facts = lot_facts(table, reference_data, config.facts)
    shown = apply_marks(table, reference_data, facts, marks)
    assessment = assess_price_grounds(facts, shown, config)
    keys, names = name_markets(table, facts.lots)
    market = names_of(keys[assessment.assessed, GROUP], names[GROUP])
    answers = {
        "lot": lot_columns(table, facts, assessment, market),
        "comparable": comparable_columns(table, facts, assessment),
        "price_path": path_columns(table, facts, assessment, keys, names[GROUP], config),
        "reference_day": reference_columns(facts, assessment, names, config),
        "known_lot": known_columns(table, assessment, np.append(shown.discredited, False)[facts.lots.exporter_group]),
        "priced": priced_columns(priced_lots(facts, assessment)),
        "pool": pool_columns(facts, assessment),
    }
    return {name: pa.table(columns) for name, columns in answers.items()}


def apply_marks(table: pa.Table, reference_data: ReferenceData, facts: LotFacts, marks: Marks) -> LotPatterns:
    """The marks on the lots of a table, and on its own numbers of exporter groups."""
    lines = join_texts(table, "declaration_id", "line_no")
    shown = {code: pc.is_in(lines, pa.array(names, pa.string())).to_numpy() for code, names in marks.shown.items()}
    groups = firm_groups(table["exporter_id"], reference_data.groups)
    hit = pc.is_in(groups, pa.array(marks.discredited, pa.string())).to_numpy()
    number = facts.lots.exporter_group
    discredited = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    discredited[number[hit & (number >= 0)]] = True
    at = pc.index_in(lines, pa.array(marks.shown.get("LP-WEIGHT", []), pa.string()))
    return LotPatterns(
        by_code=shown,
        discredited=discredited,
        carried_kg=figures(pa.chunked_array([pa.array(marks.carried_kg, pa.float64()).take(at)])),
    )


def priced_columns(lots: PricedLots) -> dict[str, np.ndarray]:
    """What the selection needs, as plain columns."""
    plain = {name: getattr(lots, name) for name in PricedLots.__dataclass_fields__ if name != "rates"}
    return plain | {name: getattr(lots.rates, name) for name in RATES}


def read_priced(table: pa.Table) -> PricedLots:
    """The same from plain columns."""
    columns = {name: table[name].to_numpy() for name in table.column_names}
    return PricedLots(
        **{n: v for n, v in columns.items() if n not in RATES}, rates=Rates(**{n: columns[n] for n in RATES})
    )


def read_pool(table: pa.Table) -> tuple[Evidence, FloatArray, FloatArray]:
    """Evidence, labels and propensities of the pool from plain columns."""
    return (
        Evidence(**{name: table[name].to_numpy() for name in EVIDENCE}),
        table["label"].to_numpy(),
        table["propensity"].to_numpy(),
    )


def pool_columns(facts: LotFacts, assessment: LotAssessment) -> dict[str, np.ndarray]:
    """What the probability model and the ranker learn from, lot by lot of the pool."""
    unknown = np.full(len(facts), np.nan)
    label, propensity = (unknown if each is None else each for each in (facts.label, facts.propensity))
    evidence = {name: getattr(assessment.evidence, name) for name in EVIDENCE}
    stated = {"label": label[assessment.pool], "propensity": propensity[assessment.pool]}
    asked = own_columns(facts, assessment) | {
        "reference_day": assessment.prices.vintage,
        "owed_krw": owed_at_reference(facts, assessment),
    }
    return evidence | stated | asked | {"is_assessed": facts.is_assessed[assessment.pool]}


def join_answers(parts: list[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    """The answers of several parts of a night as one; rows that belong together stay side by side."""
    first = 0  # a trade is of one product, which lies in one part
    for part in parts:
        trade = part["pool"]["trade"].to_numpy()
        numbers = pa.array(np.where(trade >= 0, trade + first, -1))
        part["pool"] = part["pool"].set_column(part["pool"].schema.get_field_index("trade"), "trade", numbers)
        first += int(trade.max(initial=-1)) + 1

    def both(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> dict[str, pa.Table]:
        return {name: pa.concat_tables([one[name], other[name]], promote_options="permissive") for name in one}

    return reduce(both, parts)
