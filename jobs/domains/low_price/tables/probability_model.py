"""The probability model and the selection as tables, and the model back from its table."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import BoolArray
from jobs.domains.low_price.detectors.lp_learned import PROMOTED, Learned, Promoted
from jobs.domains.low_price.facts.columns import significant, won
from jobs.domains.low_price.facts.features import FEATURES
from jobs.domains.low_price.selection import ProbabilityModel, Selection
from jobs.stats.selection.calibration import Calibration
from jobs.stats.selection.capacity import SELECTIONS
from jobs.stats.selection.ranker import Ranker
from jobs.stats.selection.two_groups import CUTS, WIDTHS, TwoGroups

NOT_COMPUTED = "duty_not_computed"


def with_selection(lots: pa.Table, selection: Selection, learned: pa.ListArray) -> pa.Table:
    """Rows of gold.lot with chance and what was learned of it, stakes, rank and selection."""
    stakes = selection.stakes
    lots = with_cap(lots, NOT_COMPUTED, ~stakes.is_computed)
    columns = {
        "probability": significant(selection.probability),
        "learned": learned,
        "shortfall_krw": won(stakes.shortfall),
        "stake_krw": won(stakes.expected),
        "stake_lower_krw": won(stakes.expected_lower),
        "stake_upper_krw": won(stakes.expected_upper),
        "stake_at_lowest_krw": won(stakes.expected_at_lowest),
        "rank": pa.array(selection.rank),
        "selection": pa.array(np.array(SELECTIONS, dtype=object)[selection.selection], pa.string()),
        "propensity": significant(selection.propensity),
    }
    for name, column in columns.items():
        lots = lots.append_column(name, column)
    return lots


def with_cap(lots: pa.Table, code: str, holds: BoolArray) -> pa.Table:
    """The lots, a code added to the caps of those for which it holds."""
    if not holds.any():
        return lots
    caps = [each + [code] * bool(is_so) for each, is_so in zip(lots["caps"].to_pylist(), holds, strict=True)]
    return lots.set_column(lots.schema.get_field_index("caps"), "caps", pa.array(caps, pa.list_(pa.string())))


def model_tables(model: ProbabilityModel, learned: Learned) -> dict[str, pa.Table]:
    """Columns of gold.chance_model and gold.lot_ranker."""
    return {"gold.chance_model": probability_rows(model, learned.promoted), "gold.lot_ranker": ranker_row(learned)}


def probability_rows(model: ProbabilityModel, learned: Promoted | None) -> pa.Table:
    """Columns of gold.chance_model."""
    mixture = model.mixture
    parts = {"honest": (WIDTHS, mixture.honest, mixture.lots), "low": (CUTS, mixture.low, mixture.lots)}
    lines = {"calibration": model.calibration} | ({"learned": learned.calibration} if learned else {})
    parts |= {part: (line.model, line.confirmed, int(line.labels)) for part, line in lines.items()}
    tables = [
        pa.table(
            {
                "part": pa.repeat(part, len(at)),
                "place": pa.array(np.arange(1, len(at) + 1).astype(np.int32)),
                "model_argument": significant(at),
                "model_value": significant(value),
                "lot_count": pa.repeat(count, len(at)),
            }
        )
        for part, (at, value, count) in parts.items()
    ]
    return pa.concat_tables(tables)


def ranker_row(learned: Learned) -> pa.Table:
    """Columns of gold.lot_ranker: the night's one row."""
    ranker = learned.promoted.ranker if learned.promoted else None
    return pa.table(
        {
            "ranker_state": [learned.state],
            "label_count": [learned.labels],
            "trial_weeks": pa.array([learned.weeks], pa.int32()),
            "gain_lower": significant(np.array([learned.gain_lower])),
            "feature_names": [list(FEATURES)],
            "log_odds_shift": pa.array([ranker and ranker.shift], pa.float64()),
            "model_text": pa.array([ranker and ranker.text], pa.string()),
        }
    )


def read_ranker(row: pa.Table, model: pa.Table) -> Promoted | None:
    """The promoted ranker of a night from its row, with its calibration from the rows of the model; None without one.

    Raises:
        LookupError: it was trained on other features than this program's.
    """
    stored = row.filter(pc.equal(row["ranker_state"], PROMOTED)).to_pylist()
    if not stored:
        return None
    if (stated := stored[0])["feature_names"] != list(FEATURES):
        raise LookupError(f"the ranker of {stated['night']} was trained on {', '.join(stated['feature_names'])}")
    line = model.filter(pc.equal(model["part"], "learned")).sort_by("place")
    labels = float(line["lot_count"][0].as_py())
    night = (stated["night"] - date(1970, 1, 1)).days
    ranker = Ranker(
        text=stated["model_text"], shift=stated["log_odds_shift"], night=night, labels=stated["label_count"]
    )
    return Promoted(
        ranker,
        Calibration(model=line["model_argument"].to_numpy(), confirmed=line["model_value"].to_numpy(), labels=labels),
    )


def read_probability_model(table: pa.Table) -> ProbabilityModel:
    """The probability model from its rows."""
    ordered = table.sort_by("place")
    parts = {part: ordered.filter(pc.equal(ordered["part"], part)) for part in ("honest", "low", "calibration")}
    value = {part: rows["model_value"].to_numpy() for part, rows in parts.items()}
    knots = parts["calibration"]["model_argument"].to_numpy()
    return ProbabilityModel(
        TwoGroups(honest=value["honest"], low=value["low"], lots=int(parts["low"]["lot_count"][0].as_py())),
        Calibration(
            model=knots, confirmed=value["calibration"], labels=float(parts["calibration"]["lot_count"][0].as_py())
        ),
    )
