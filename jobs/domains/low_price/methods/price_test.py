"""A declared price against a reference: what every price rule answers with, and how sure it is.

r = declared / reference, a robust z = log r over what is uncertain (the spread of honest prices and the error of the
reference) and n, the prices the reference rests on. Spreads of few prices are shrunk towards the usual one, as an
inverse-gamma prior would (Smyth 2004, moderated variances): three equal prices prove no spread of zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class PriceRule:
    """Figures of the rules.

    Attributes:
        least: fewest prices a reference may rest on.
        usual_log_sd: spread of honest log prices where nothing better is known: a wide one, so that honest lots of
            a restless market stay below the nominal rate.
        prior: number of prices the usual spread counts for.
        low_ratio, low_z: below which a ground to ask stands; those of level 2.
    """

    least: int
    usual_log_sd: float
    prior: float
    low_ratio: float
    low_z: float


@dataclass(frozen=True, kw_only=True)
class PriceTest:
    """One rule on M lots; every array has shape (M,), NaN where the rule cannot test.

    Attributes:
        reference: price compared with, USD per kg.
        log_sd: standard deviation of an honest lot's log price around it.
        ratio: declared over reference.
        z: log ratio over log_sd.
        n: prices the reference rests on.
        reasons: conditions by code, each true only where the rule stands (`is_low`).
        is_low: the ground stands: ratio and z below the limits of level 2.
    """

    reference: FloatArray
    log_sd: FloatArray
    ratio: FloatArray
    z: FloatArray
    n: IntArray
    is_low: BoolArray
    reasons: dict[str, BoolArray] = field(default_factory=dict)


def compare_price(
    price: FloatArray,
    reference: FloatArray,
    log_sd: FloatArray,
    n: IntArray,
    rule: PriceRule,
    reasons: Mapping[str, BoolArray] | None = None,
) -> PriceTest:
    """Declared prices against references whose log-sd is known; not positive or not finite is no test."""
    with np.errstate(invalid="ignore"):
        testable = (price > 0) & (reference > 0) & (log_sd > 0) & np.isfinite(price * reference * log_sd)
    reference, log_sd = (np.where(testable, values, np.nan) for values in (reference, log_sd))
    ratio = np.where(testable, price, np.nan) / reference
    z = np.log(ratio) / log_sd
    is_low = (ratio < rule.low_ratio) & (z < rule.low_z)
    shown = {code: is_low & holds for code, holds in (reasons or {}).items()}
    n = np.where(testable, n, 0)
    return PriceTest(reference=reference, log_sd=log_sd, ratio=ratio, z=z, n=n, is_low=is_low, reasons=shown)


def uncertainty(spread: FloatArray, n: IntArray, rule: PriceRule, usual_log_sd: FloatArray | None = None) -> FloatArray:
    """Log-sd of an honest lot around the median of n prices of this robust spread; NaN below `least`.

    The spread is freed of its bias on few values, n / (n - 0.8) (Croux and Rousseeuw 1992); the usual one
    counts for `prior` prices; the median adds pi / 2n of the variance.
    """
    usual = rule.usual_log_sd if usual_log_sd is None else np.where(usual_log_sd > 0, usual_log_sd, rule.usual_log_sd)
    spread = np.nan_to_num(spread) * n / np.maximum(n - 0.8, 0.2)
    variance = (n * spread**2 + rule.prior * usual**2) / (n + rule.prior)
    log_sd = np.sqrt(variance * (1 + np.pi / (2 * np.maximum(n, 1))))
    return np.where(n >= rule.least, log_sd, np.nan)
