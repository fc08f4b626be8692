"""Duty and tax expected from looking at a lot: what it would owe at a reference price, times the chance that it does.

`E[duty] = P(under-priced) x (duty and tax at the reference - duty and tax as declared)`. The interval carries the
reference's own uncertainty through the tariff, which is not linear: where a specific rate binds, a higher value may owe
no more duty. The chance is not widened; it has its reliability table. Beside it stands the lower figure from the
lowest accepted comparable: what could be claimed on the price that speaks best for the importer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.domains.low_price.methods.duty import LARGEST_KG, LARGEST_WON, Rates, can_levy, levy

Z_90 = 1.6448536269514722  # half-width, in deviations, of a 90 % interval


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """What is at stake in each lot, shape (N,), in won; shortfalls are what a correction would bring in full.

    They are NaN where value, mass or rate lies beyond what the duty model computes.

    Attributes:
        probability: chance that the lot is under-priced.
        shortfall: duty and tax at the reference less as declared, never below zero.
        shortfall_lower, shortfall_upper: the same at the ends of the reference's 90 % interval.
        shortfall_at_lowest: the same at the lowest accepted comparable; NaN where there is none.
    """

    probability: FloatArray
    shortfall: FloatArray
    shortfall_lower: FloatArray
    shortfall_upper: FloatArray
    shortfall_at_lowest: FloatArray

    @property
    def is_computed(self) -> BoolArray:
        """The duty model could compute the lot."""
        return np.isfinite(self.shortfall)

    @property
    def expected(self) -> FloatArray:
        """Expected duty and tax of looking at the lot: the ranking's score."""
        return self.probability * self.shortfall

    @property
    def expected_lower(self) -> FloatArray:
        """Lower end of the expected sum."""
        return self.probability * self.shortfall_lower

    @property
    def expected_upper(self) -> FloatArray:
        """Upper end of the expected sum."""
        return self.probability * self.shortfall_upper

    @property
    def expected_at_lowest(self) -> FloatArray:
        """Expected sum at the lowest accepted comparable; NaN where there is none."""
        return self.probability * self.shortfall_at_lowest


def assess_stakes(
    probability: FloatArray,
    declared_krw: FloatArray,
    net_mass_kg: FloatArray,
    carried_kg: FloatArray,
    reference_krw_per_kg: FloatArray,
    reference_log_sd: FloatArray,
    lowest_krw_per_kg: FloatArray,
    rates: Rates,
    half_width: float = Z_90,
) -> Stakes:
    """What each lot would owe more, at the reference and at the lowest accepted comparable.

    Args:
        probability: chance that the lot is under-priced, (N,).
        declared_krw: CIF customs value as declared.
        net_mass_kg: net mass as declared.
        carried_kg: net mass that was carried, where it is known to differ; the declared one elsewhere.
        reference_krw_per_kg: reference price; 0 or NaN where a lot has none, and then nothing is at stake.
        reference_log_sd: standard deviation of its logarithm.
        lowest_krw_per_kg: lowest accepted comparable's price; NaN where there is none.
        rates: rates of each lot.
        half_width: ends of the interval in deviations.
    """
    can = can_levy(declared_krw, net_mass_kg, rates) & (carried_kg >= 0) & (carried_kg <= LARGEST_KG)
    rows = np.flatnonzero(can)
    rates, carried_kg = rates.take(rows), carried_kg[rows]
    as_declared = levy(declared_krw[rows], net_mass_kg[rows], rates).total_krw

    def shortfall(price: FloatArray) -> FloatArray:
        owed = np.full(len(can), np.nan)
        value = np.clip(np.nan_to_num(price[rows]) * carried_kg, 0, LARGEST_WON)
        owed[rows] = np.maximum(levy(value, carried_kg, rates).total_krw - as_declared, 0)
        return owed

    reach = np.exp(half_width * reference_log_sd)
    at_lowest = np.where(np.isnan(lowest_krw_per_kg), np.nan, shortfall(lowest_krw_per_kg))
    return Stakes(
        probability=probability,
        shortfall=shortfall(reference_krw_per_kg),
        shortfall_lower=shortfall(reference_krw_per_kg / reach),
        shortfall_upper=shortfall(reference_krw_per_kg * reach),
        shortfall_at_lowest=at_lowest,
    )
