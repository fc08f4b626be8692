"""SC-HOARD: stockpiling before trouble - far more arrives than usual, while the price rises and newcomers buy.

The finding needs all of its signs together, so its p-value is the largest of theirs (an intersection-union
test, Berger 1982: it holds its level whatever the dependence between them). A surge and a price are
required; the share of first-time importers and of air freight join where they are known. In 2021 the months
before the urea embargo looked like this: imports trebled, prices climbed, small traders appeared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray

PARTS = ("surge", "price", "newcomers", "air")


@dataclass(frozen=True)
class HoardingConfig:
    """SC-HOARD: least ratio of observed to expected quantity."""

    far_above: float


@dataclass(frozen=True, kw_only=True)
class Hoarding:
    """One cell is one series in one period; arrays have shape (S, K), `p_parts` and `is_known` (S, K, 4).

    Attributes:
        p: the largest p of the parts that are known; 1 where the surge is less than `far_above` times the
            expected; NaN where surge or price is unknown.
        ratio: observed over expected quantity; infinite where nothing was expected.
        p_parts: p of surge, price, newcomers and air share, in the order of PARTS; NaN where unknown.
        is_known: which of them are known.
        deciding: index into PARTS of the part that gave p, -1 where not testable.
        is_testable: whether a p-value exists.
    """

    p: FloatArray
    ratio: FloatArray
    p_parts: FloatArray
    is_known: NDArray[np.bool_]
    deciding: NDArray[np.int64]
    is_testable: NDArray[np.bool_]


def assess_hoarding(
    p_surge: FloatArray,
    p_price_up: FloatArray,
    observed: FloatArray,
    expected: FloatArray,
    config: HoardingConfig,
    *,
    p_newcomers: FloatArray | None = None,
    p_air: FloatArray | None = None,
) -> Hoarding:
    """Whether each series shows stockpiling in each period.

    Args:
        p_surge: one-sided p of the quantity, small for much.
        p_price_up: one-sided p of the unit price, small for dear.
        observed: quantity seen.
        expected: quantity expected, same unit.
        config: settings.
        p_newcomers: p of the share of first-time importers, NaN or None where unknown.
        p_air: p of the share sent by air, NaN or None where unknown.
    """
    unknown = np.full(np.shape(p_surge), np.nan)
    parts = [p_surge, p_price_up, unknown if p_newcomers is None else p_newcomers, unknown if p_air is None else p_air]
    p_parts = np.stack([np.asarray(part, dtype=float) for part in parts], axis=-1)
    is_known = ~np.isnan(p_parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((expected == 0) & (observed > 0), np.inf, observed / expected)
    testable = is_known[..., 0] & is_known[..., 1] & ~np.isnan(ratio)
    largest = np.where(is_known, p_parts, -1.0)
    p = np.where(ratio >= config.far_above, largest.max(axis=-1), 1.0)
    return Hoarding(
        p=np.where(testable, p, np.nan),
        ratio=ratio,
        p_parts=p_parts,
        is_known=is_known,
        deciding=np.where(testable, largest.argmax(axis=-1), -1),
        is_testable=testable,
    )
