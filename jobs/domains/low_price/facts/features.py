"""What a lot tells besides its price, and what was known of its parties on its own day: columns that a ranker learns
from.

What a lot tells by itself is taken where its product is assessed; what was known of its parties spans products and is
counted where the whole pool lies, or from what a night kept of it. Both look back no further than the pool does. A
finding counts from the day after it became known, and not before the lot it is about was declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.facts.arrays import UNDERVALUED
from jobs.domains.low_price.facts.columns import days, flags, number_texts
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.methods.expected_duty import assess_stakes
from jobs.domains.low_price.methods.party_history import look_back, shrink_share

if TYPE_CHECKING:
    from jobs.domains.low_price.assessment import LotAssessment

PARTIES = ("importer", "exporter", "declarant")
OF_PARTY = ("found_share", "inspected", "days_since")
OF_LOT = ("log_ratio", "log_sd", "survey_log_ratio", "log_mass", "freight_share")
FEATURES = (*OF_LOT, *(f"{party}_{stated}" for party in PARTIES for stated in OF_PARTY))
HISTORY = (*(f"{party}_id" for party in PARTIES), "period_start", "finding", "finding_known_on")


@dataclass(frozen=True, kw_only=True)
class Features:
    """Of N lots.

    Attributes:
        values: columns FEATURES, (N, F); NaN where unknown.
        newest: newest day that any of what is told of the parties rests on, (N,); -1 where nothing is.
        confirmed, inspected: by party, earlier lots of it that were found priced low, and that were inspected, (N,).
    """

    values: FloatArray
    newest: IntArray
    confirmed: dict[str, IntArray]
    inspected: dict[str, IntArray]


def own_columns(facts: LotFacts, assessment: LotAssessment) -> dict[str, FloatArray]:
    """What each lot of the pool tells by itself: columns OF_LOT."""
    lots, rows = facts.lots, assessment.pool
    price, evidence = lots.price[rows], assessment.evidence
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "log_ratio": evidence.log_ratio,
            "log_sd": evidence.log_sd,
            "survey_log_ratio": np.log(price / facts.survey_price[rows]),
            "log_mass": np.log(lots.net_mass_kg[rows]),
            "freight_share": lots.freight[rows] / price,
        }


def with_parties(lines: pa.Table, stated: pa.Table | Mapping[str, FloatArray]) -> pa.Table:
    """What is told of lines, row by row, with whose they are, when they were declared and what was found."""
    names = stated.column_names if isinstance(stated, pa.Table) else list(stated)
    return pa.table({name: lines[name] for name in HISTORY} | {name: stated[name] for name in names})


def owed_at_reference(facts: LotFacts, assessment: LotAssessment) -> FloatArray:
    """Duty and tax of each lot of the pool at its reference less as declared, in won, (P,); 0 where not computed."""
    rows = assessment.pool
    unknown, mass = np.full(len(rows), np.nan), facts.lots.net_mass_kg[rows]
    reference = assessment.prices.reference_usd_per_kg
    reference = np.where(np.isfinite(reference), reference, facts.survey_price[rows]) * facts.krw_per_usd[rows]
    value = facts.customs_value_krw[rows]
    stakes = assess_stakes(
        np.ones(len(rows)), value, mass, mass, reference, np.zeros(len(rows)), unknown, facts.rates.take(rows)
    )
    return np.nan_to_num(stakes.shortfall)


def lot_features(lots: pa.Table, history: pa.Table, party_prior: float) -> Features:
    """The features of lots, each as of its own day.

    Args:
        lots: columns HISTORY and OF_LOT.
        history: columns HISTORY of all lots of the pool, or of those of the parties and those inspected.
        party_prior: inspections that the share of all is worth against a party's own.
    """
    day, declared, known = (
        days(each) for each in (lots["period_start"], history["period_start"], history["finding_known_on"])
    )
    is_inspected = pc.is_valid(history["finding"]).to_numpy()
    is_positive = flags(pc.is_in(history["finding"], pa.array(UNDERVALUED)))[is_inspected]
    known = np.maximum(known, declared)[is_inspected]
    everyone = np.zeros(len(known), dtype=np.int64)
    base = look_back(everyone, known, is_positive, np.zeros(len(day), dtype=np.int64), day)
    columns = {name: lots[name].to_numpy() for name in OF_LOT}
    newest, result, inspected = base.newest, {}, {}
    for party in PARTIES:
        number, asked = number_texts(history[f"{party}_id"], lots[f"{party}_id"])
        findings = look_back(number[is_inspected], known, is_positive, asked, day)
        seen = look_back(number, declared, np.zeros(len(number), dtype=bool), asked, day)
        since = np.where(seen.newest >= 0, day - seen.newest, np.nan)  # unknown of a party that is new
        stated = (shrink_share(findings, base, party_prior), findings.count, since)
        columns |= {f"{party}_{name}": values for name, values in zip(OF_PARTY, stated, strict=True)}
        newest = np.maximum.reduce([newest, findings.newest, seen.newest])
        result[party], inspected[party] = findings.hits, findings.count
    return Features(
        values=np.stack([columns[name] for name in FEATURES], axis=1),
        newest=newest,
        confirmed=result,
        inspected=inspected,
    )
