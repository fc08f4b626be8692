"""Rows of gold.lot: each assessed lot with its figures, grounds, level and what would change it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.arrays import BoolArray, IntArray
from jobs.domains.low_price.assessment import LotAssessment
from jobs.domains.low_price.facts.columns import code_lists, dates, significant
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.levels import explain_price_level
from jobs.domains.low_price.methods.comparables.ladder import RUNGS
from jobs.domains.low_price.methods.price_test import PriceTest
from jobs.domains.low_price.prices import deviation, prices_of

HONEST_95 = 1.959963984540054  # deviations around the reference within which 95 % of honest lots lie
COPIED = (
    "declaration_id",
    "line_no",
    "record_id",
    "period_start",
    "shipped_on",
    "hs10_code",
    "standard_name_code",
    "product_state",
    "grade",
    "packaging",
    "crop_year",
    "origin_country",
    "trade_level",
    "office_code",
    "importer_id",
    "exporter_id",
    "net_mass_kg",
    "customs_value_krw",
    "preference_code",
)


def lot_columns(table: pa.Table, facts: LotFacts, assessment: LotAssessment, market: pa.Array) -> dict[str, pa.Array]:
    """Columns of gold.lot that an assessment of the price gives; chance, stakes and rank follow from the whole night.

    Args:
        table: the lots that `facts` were made of.
        facts: the lots as arrays.
        assessment: of them.
        market: market of each assessed lot.
    """
    rows, pool = assessment.assessed, assessment.pool
    assessed = table.take(pa.array(rows))
    own = prices_of(assessment.prices, assessment.place)
    reach = np.exp(HONEST_95 * deviation(own)[1])
    result, speaks = assessment.comparables, assessment.exculpation
    levels = assessment.levels
    return {
        **{name: assessed[name].combine_chunks() for name in COPIED},
        "market_id": market,
        "price_usd_per_kg": significant(facts.lots.price[rows]),
        "reference_usd_per_kg": significant(own.reference_usd_per_kg),
        "reference_lower_usd_per_kg": significant(own.reference_usd_per_kg / reach),
        "reference_upper_usd_per_kg": significant(own.reference_usd_per_kg * reach),
        "price_ratio": significant(own.r),
        "z_score": significant(own.z),
        "reference_n": pa.array(own.n),
        "reference_rung": pa.array(own.rung.astype(np.int32)),
        "reference_day": dates(own.vintage),
        "comparable_rung": pa.array(np.array(RUNGS, dtype=object)[result.rung], pa.string()),
        "comparable_count": pa.array(result.count),
        "lowest_comparable_usd_per_kg": significant(result.lowest),
        **line_names(table, pool, result.lowest_lot, "lowest"),
        **line_names(table, pool, speaks.voucher, "voucher"),
        "grounds": ground_lists(assessment.tests),
        "raw_level": pa.array(levels.raw.astype(np.int32)),
        "level_before_cap": pa.array(levels.before_cap.astype(np.int32)),
        "level": pa.array(levels.level.astype(np.int32)),
        "caps": code_lists(
            {
                "implausible_unit_price": assessment.is_implausible,
                "accepted_third_party": levels.before_cap > levels.level,
            },
            len(rows),
        ),
        "speaks_for": code_lists(speaks.reasons, len(rows)),
        **explanations(assessment),
    }


def line_names(table: pa.Table, pool: IntArray, lot: IntArray, prefix: str) -> dict[str, pa.Array]:
    """Declaration and line of a pool row, null where it is -1."""
    at = pa.array(np.append(pool, 0)[lot], mask=lot < 0)
    columns = {f"{prefix}_declaration_id": table["declaration_id"], f"{prefix}_line_no": table["line_no"]}
    return {name: column.combine_chunks().take(at) for name, column in columns.items()}


def ground_lists(tests: dict[str, PriceTest]) -> pa.ListArray:
    """For each lot the grounds that could test it, with their figures."""
    codes, each = np.array(list(tests), dtype=object), list(tests.values())
    matrix = np.stack([np.isfinite(test.ratio) for test in each], axis=1)
    lot, ground = np.nonzero(matrix)

    def figures(name: str) -> np.ndarray:
        return np.stack([getattr(test, name) for test in each], axis=1)[lot, ground]

    reasons = {
        code: _of_ground(test.reasons[code], k, lot, ground) for k, test in enumerate(each) for code in test.reasons
    }
    columns = {
        "code": pa.array(codes[ground], pa.string()),
        "reference_usd_per_kg": significant(figures("reference")),
        "ratio": significant(figures("ratio")),
        "z": significant(figures("z")),
        "n": pa.array(figures("n").astype(np.int64)),
        "is_low": pa.array(figures("is_low")),
        "reason_codes": code_lists(reasons, len(lot)),
    }
    offsets = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(columns.values()), list(columns)))


def _of_ground(holds: BoolArray, k: int, lot: IntArray, ground: IntArray) -> BoolArray:
    """Whether a reason of ground k holds for each listed ground."""
    holding: BoolArray = (ground == k) & holds[lot]
    return holding


def explanations(assessment: LotAssessment) -> dict[str, pa.Array]:
    """What raised each lot, what would raise it further and what would clear it.

    They follow from the level and the conditions that hold, so that each combination is explained once.
    """
    levels = assessment.levels
    steps = np.stack([levels.raw, levels.before_cap, levels.level], axis=1)
    state = np.concatenate([steps, np.stack(list(levels.holds.values()), axis=1)], axis=1)
    _, first, combination = np.unique(state, axis=0, return_index=True, return_inverse=True)
    stated = [explain_price_level(levels, int(row), tuple(assessment.patterns)) for row in first]
    names = {"reason_codes": "raised_by", "raises_codes": "raises", "clears_codes": "clears"}
    place = pa.array(combination.ravel())
    kind = pa.list_(pa.string())
    return {column: pa.array([list(each[name]) for each in stated], kind).take(place) for column, name in names.items()}
