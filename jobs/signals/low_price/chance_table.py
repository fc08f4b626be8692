"""Chances and choices as tables, and the model of chances back from its table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.methods.calibration import Calibration
from jobs.methods.capacity import SELECTIONS
from jobs.methods.probability import CUTS, WIDTHS, TwoGroups
from jobs.signals.low_price.choice import Chances, Choice
from jobs.signals.low_price.columns import significant, won


def with_choice(lots: pa.Table, choice: Choice) -> pa.Table:
    """Rows of gold.lot with chance, stakes, rank and selection."""
    stakes = choice.stakes
    columns = {
        "probability": significant(choice.probability), "shortfall_krw": won(stakes.shortfall), "stake_krw": won(stakes.expected),
        "stake_lower_krw": won(stakes.expected_lower), "stake_upper_krw": won(stakes.expected_upper),
        "stake_at_lowest_krw": won(stakes.expected_at_lowest), "rank": pa.array(choice.rank),
        "selection": pa.array(np.array(SELECTIONS, dtype=object)[choice.selection], pa.string()),
        "propensity": significant(choice.propensity),
    }  # fmt: skip
    for name, column in columns.items():
        lots = lots.append_column(name, column)
    return lots


def chance_rows(chances: Chances) -> pa.Table:
    """Columns of gold.chance_model."""
    mixture, line = chances.mixture, chances.calibration
    parts = {"honest": (WIDTHS, mixture.honest), "low": (CUTS, mixture.low), "calibration": (line.model, line.found)}
    tables = [
        pa.table({
            "part": pa.repeat(part, len(at)), "place": pa.array(np.arange(1, len(at) + 1).astype(np.int32)),
            "model_argument": significant(at), "model_value": significant(value),
            "lot_count": pa.repeat(int(line.labels if part == "calibration" else mixture.lots), len(at)),
        })
        for part, (at, value) in parts.items()
    ]  # fmt: skip
    return pa.concat_tables(tables)


def read_chances(table: pa.Table) -> Chances:
    """The model of chances from its rows."""
    ordered = table.sort_by("place")
    parts = {part: ordered.filter(pc.equal(ordered["part"], part)) for part in ("honest", "low", "calibration")}
    value = {part: rows["model_value"].to_numpy() for part, rows in parts.items()}
    knots = parts["calibration"]["model_argument"].to_numpy()
    return Chances(
        TwoGroups(value["honest"], value["low"], int(parts["low"]["lot_count"][0].as_py())),
        Calibration(knots, value["calibration"], float(parts["calibration"]["lot_count"][0].as_py())),
    )
