"""Published prices and tariff lines of a generated world, for each lot as they stood on its day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.backtest.columns import days, joined, number_jointly
from jobs.domains.low_price.methods.duty import (
    AD_VALOREM,
    BASIC,
    GREATER_OF,
    OPEN_ENDED,
    SPECIFIC,
    Rates,
    Tariff,
    choose_tariff,
)

# Columns of a declaration that must agree with those of a quotation.
GOODS = {
    "survey": ("standard_name_code", "origin_country", "grade"),
    "security": ("standard_name_code", "origin_country"),
    "world": ("standard_name_code",),
}
KG_PER_TONNE = 1000.0
DUTY_KINDS = {"ad_valorem": AD_VALOREM, "specific": SPECIFIC, "greater_of": GREATER_OF}


def quoted_usd_per_kg(source: str, filed: pa.Table, quotations: pa.Table, won_a_dollar: FloatArray) -> FloatArray:
    """The newest price each source had published by a lot's day, USD/kg, (N,); NaN where it quotes no such goods.

    A security price is published before the month it holds for, so there the newest that has begun is meant.

    Args:
        source: survey, security or world.
        filed: `import_declaration`.
        quotations: `price_reference`.
        won_a_dollar: rate of each lot's day, (N,).

    Raises:
        ValueError: a unit that is neither KRW/kg nor USD/t.
    """
    quoted = quotations.filter(pc.equal(quotations["reference_source"], source))
    ours, theirs = number_jointly([joined(table, GOODS[source]) for table in (filed, quoted)])
    since = np.maximum(days(quoted["published_on"]), days(quoted["period_start"]) if source == "security" else 0)
    row = newest_before(ours, days(filed["declared_at"]), theirs, since)
    units = set(quoted["unit"].unique().to_pylist())
    if units - {"KRW/kg", "USD/t"} or len(units) > 1:
        raise ValueError(f"the quotations of {source} are in {sorted(units)}, not in KRW/kg or USD/t")
    per = KG_PER_TONNE if units == {"USD/t"} else won_a_dollar
    return np.append(quoted["price"].to_numpy(), np.nan)[row] / per


def newest_before(key: IntArray, day: IntArray, known_key: IntArray, known_day: IntArray) -> IntArray:
    """Row of the newest entry of each key up to the day, (N,); -1 where there is none."""
    order = np.lexsort((known_day, known_key))
    span = int(max(day.max(initial=0), known_day.max(initial=0))) + 1
    place = known_key[order] * span + known_day[order]
    at = np.searchsorted(place, key * span + day, side="right") - 1
    rows = np.append(order, -1)[at]
    return np.where((at >= 0) & (np.append(known_key, -1)[rows] == key), rows, -1)


def read_rates(filed: pa.Table, tariff: pa.Table) -> tuple[Rates, FloatArray]:
    """Rates of each lot's code and claimed preference on its day, and the basic ad valorem rate of its code in percent.

    Raises:
        ValueError: a declared code has no line.
    """
    hs10, lines_hs10 = number_jointly([filed["hs10_code"], tariff["hs10_code"]])
    preference, lines_preference = number_jointly([filed["preference_code"], tariff["preference_code"]])
    kind = np.array([DUTY_KINDS[name] for name in tariff["duty_kind"].to_pylist()])
    table = Rates(
        kind,
        tariff["ad_valorem_pct"].fill_null(0.0).to_numpy(),
        tariff["specific_krw_per_kg"].fill_null(0.0).to_numpy(),
        pc.equal(tariff["is_vat_exempt"], "Y").to_numpy(),
    )
    begins, ends = (optional_days(tariff[name]) for name in ("valid_from", "valid_to"))
    lines = Tariff(lines_hs10, lines_preference, begins, ends, table)
    day = days(filed["declared_at"])
    claimed = choose_tariff(lines, hs10, preference, day).line
    basic = choose_tariff(lines, hs10, np.full(len(filed), BASIC), day).line
    if min(claimed.min(initial=0), basic.min(initial=0)) < 0:
        raise ValueError("a declared code has no line in the tariff")
    return table.take(claimed), table.ad_valorem_pct[basic]


def optional_days(column: pa.ChunkedArray) -> IntArray:
    """Dates as days since 1970-01-01, an empty one as never ending."""
    dates = pc.cast(pc.if_else(pc.equal(column, ""), None, column), pa.date32())
    return pc.fill_null(pc.cast(pc.cast(dates, pa.int32()), pa.int64()), OPEN_ENDED).to_numpy()
