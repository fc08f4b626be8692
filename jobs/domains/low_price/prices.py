"""Lots of the pool against their reference prices, as the assessment asks for them."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.facts.columns import rounded
from jobs.domains.low_price.facts.lot_facts import LotFacts
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.price import FreightRule, PriceAssessment, StoredReference, assess_prices


def assess_pool(
    facts: LotFacts, pool: Lots, rows: IntArray, stored: StoredReference, freight: FreightRule
) -> PriceAssessment:
    """The lots of the pool against their references.

    Of those whose reference is on file only the assessed are asked.
    """
    if facts.reference_on_file is None:
        return assess_prices(pool, stored, freight)
    asked = np.flatnonzero(np.isnan(facts.reference_on_file[rows]) | facts.is_assessed[rows])
    result = assess_prices(pool.take(asked), stored, freight)
    empty = {"n": 0, "rung": -1, "vintage": -1}
    spread = {each.name: np.full(len(pool), empty.get(each.name, np.nan)) for each in fields(PriceAssessment)}
    for name, values in spread.items():
        values[asked] = getattr(result, name)
    return PriceAssessment(**{name: v.astype(np.int64) if name in empty else v for name, v in spread.items()})


def as_stored(rows: StoredReference) -> StoredReference:
    """The rows to the digits that gold keeps, so that the night assesses by what on-demand scoring will read."""
    figures = {name: rounded(getattr(rows, name)) for name in ("log_price", "log_sd", "drift", "spread")}
    return replace(rows, **figures)


def known_references(facts: LotFacts, pool_rows: IntArray, prices: PriceAssessment) -> FloatArray:
    """Reference price of each lot of the pool on its day: as assessed now, else as on file, (P,)."""
    now = rounded(prices.reference_usd_per_kg)
    if facts.reference_on_file is None:
        return now
    return np.where(np.isnan(now), facts.reference_on_file[pool_rows], now)


def without_score(prices: PriceAssessment, of: BoolArray) -> PriceAssessment:
    """The assessment, the lots chosen without a z: how far off they are is known, and says nothing of their price."""
    return replace(prices, z=np.where(of, np.nan, prices.z))


def prices_of(prices: PriceAssessment, rows: IntArray) -> PriceAssessment:
    """The assessment of some lots."""
    return PriceAssessment(**{each.name: getattr(prices, each.name)[rows] for each in fields(prices)})


def deviation(prices: PriceAssessment) -> tuple[FloatArray, FloatArray]:
    """Log of declared over reference, free of freight, and the standard deviation of an honest lot's."""
    log_sd = np.hypot(prices.log_sd, prices.spread)
    return prices.z * log_sd, log_sd
