"""Duty and tax of each lot from the tariff as the night knew it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.facts.columns import days, figures, flags, number_texts
from jobs.domains.low_price.methods.duty import (
    AD_VALOREM,
    BASIC,
    GREATER_OF,
    OPEN_ENDED,
    SPECIFIC,
    Rates,
    Tariff,
    choose_tariff,
    find_line,
)
from jobs.domains.low_price.methods.lots import Lots
from jobs.stats.robust.medians import group_median

DUTY_KINDS = {"ad_valorem": AD_VALOREM, "specific": SPECIFIC, "greater_of": GREATER_OF}


RATE_COLUMNS = ("duty_kind", "ad_valorem_pct", "specific_krw_per_kg", "is_vat_exempt")
FREE = (AD_VALOREM, 0.0, 0.0, True)


def read_tariff(tariffs: pa.Table, hs10: IntArray, preference: IntArray) -> Tariff:
    """The tariff table, and behind its lines one that levies nothing, for codes it does not have."""
    kinds = np.array([DUTY_KINDS[kind] for kind in tariffs["duty_kind"].to_pylist()], dtype=np.int64)
    ends = np.where(pc.is_null(tariffs["valid_to"]).to_numpy(), OPEN_ENDED, days(tariffs["valid_to"]))
    figured = (kinds, *(figures(tariffs[name]) for name in RATE_COLUMNS[1:3]), flags(tariffs["is_vat_exempt"]))
    rates = {n: np.append(values, free) for n, values, free in zip(RATE_COLUMNS, figured, FREE, strict=True)}
    return Tariff(
        hs10=hs10,
        preference=preference,
        valid_from=days(tariffs["valid_from"]),
        valid_to=ends,
        rates=Rates(**rates),
    )


def rates_of(table: pa.Table, tariffs: pa.Table, lots: Lots) -> tuple[Rates, FloatArray]:
    """Duty and tax of each lot, and its code's burden in the general case, percent of value; NaN where unknown.

    A code without a line in the tariff pays nothing that is known, so that nothing is at stake in it.
    """
    ours, theirs = number_texts(table["hs10_code"], tariffs["hs10_code"])
    claimed, offered = number_texts(*[stated(each["preference_code"]) for each in (table, tariffs)])
    tariff = read_tariff(tariffs, theirs, offered)
    rates = tariff.rates.take(choose_tariff(tariff, ours, claimed, lots.declared).line)  # line -1 takes the last
    basic = find_line(tariff, ours, np.full(len(lots), BASIC), lots.declared)
    general = tariff.rates.take(basic)
    usual = usual_price(figures(table["customs_value_krw"]) / lots.net_mass_kg, lots.product)
    by_value = np.where(general.duty_kind == SPECIFIC, 0.0, general.ad_valorem_pct)
    by_mass = np.where(general.duty_kind == AD_VALOREM, 0.0, general.specific_krw_per_kg / usual * 100)
    return rates, np.where(basic >= 0, np.maximum(by_value, by_mass), np.nan)


def stated(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """The codes, null where the text is empty: the basic rate."""
    return pc.if_else(pc.equal(codes, ""), pa.scalar(None, pa.string()), codes)


def usual_price(krw_per_kg: FloatArray, product: IntArray) -> FloatArray:
    """Median price of each row's product."""
    return group_median(krw_per_kg, product, int(product.max(initial=-1)) + 1)[0][product]
