"""The quotation of each lot: the last one published by the lot's day that still holds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray
from jobs.domains.low_price.facts.columns import days, figures, join_texts, named, number_texts
from jobs.domains.low_price.methods.lots import Lots

SPAN = 1 << 20


def find_quotations(table: pa.Table, lots: Lots, quotes: pa.Table, source: str, lasting: int | None) -> FloatArray:
    """The last quotation known on each lot's day that still holds, USD per kg; of its grade before one of none.

    A price fixed in won holds in won: it is converted at the rate at which the lot's own value was.

    Args:
        lasting: days it answers for after its publication; None where it names its period.
    """
    own = quotes.filter(pc.equal(quotes["reference_source"], source))
    names = ("standard_name_code",) if source == "world" else ("standard_name_code", "origin_country")
    won_per_usd = figures(table["customs_value_krw"]) / figures(table["customs_value_usd"])
    result = np.full(len(lots), np.nan)
    for grade in (named(table)["grade"], pa.chunked_array([pa.repeat("", len(table))])):
        asked = join_texts(table.set_column(table.schema.get_field_index("grade"), "grade", grade), *names, "grade")
        ours, theirs = number_texts(asked, join_texts(own, *names, "grade"))
        first, usd, won = days(own["first_day"]), figures(own["usd_per_kg"]), figures(own["krw_per_kg"])
        last = days(own["last_day"]) if lasting is None else first + lasting
        order = np.lexsort((first, theirs))
        place = (theirs * SPAN + first)[order]
        at = np.searchsorted(place, ours * SPAN + lots.declared, side="right") - 1
        row = np.append(order, -1)[np.maximum(at, -1)]
        holds = (
            (at >= 0) & (ours >= 0) & (np.append(theirs, -2)[row] == ours) & (np.append(last, -1)[row] >= lots.declared)
        )
        fixed = np.append(won, np.nan)[row] / won_per_usd
        quoted = np.where(np.isnan(fixed), np.append(usd, np.nan)[row], fixed)
        result = np.where(np.isnan(result) & holds, quoted, result)
    return result
