"""The reference price of a lot, its uncertainty, and how far the lot lies below it.

Reference prices are rows: what was known, in the morning of `day`, of the price of one group. A night's lots and a
single declaration are assessed by the same reading of these rows (`reference_at`), so they cannot disagree. A group
that is not on file is answered by the pool that predicts it best.

Prices are compared free of freight and insurance, and reported with those of the lot assessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.keys import GROUP, NO_KEY, rung_keys

WHOLE = ("key", "day", "n")


@dataclass(frozen=True, kw_only=True)
class FreightRule:
    """Freight and insurance as a share of the CIF price.

    Attributes:
        usual: where a lot does not state them.
        most: a stated one may be; beyond it the figure is taken for a slip and not believed.
    """

    usual: float
    most: float


@dataclass(frozen=True, kw_only=True)
class StoredReference:
    """Reference prices as rows sorted by key and day; every array has shape (R,).

    Attributes:
        key: group or pool, see `reference_keys`.
        day: morning the row speaks of: only lots declared before it are in it.
        log_price: log of USD per kg, free of freight.
        log_sd: standard deviation of log_price, for a pool that of a group unseen so far.
        drift: variance a day adds to it until the next row.
        spread: standard deviation of honest lots' log prices around the true reference.
        n: lots of the 90 days before.
    """

    key: IntArray
    day: IntArray
    log_price: FloatArray
    log_sd: FloatArray
    drift: FloatArray
    spread: FloatArray
    n: IntArray

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: IntArray | NDArray[np.bool_]) -> StoredReference:
        """The chosen rows, in the order of `rows`."""
        return StoredReference(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def latest(self) -> StoredReference:
        """The last row of each key: all that scoring a declaration of that day needs."""
        return self.take(np.append(self.key[1:] != self.key[:-1], True) if len(self) else np.zeros(0, dtype=bool))


def stack_rows(parts: Sequence[StoredReference]) -> StoredReference:
    """All rows in one, sorted by key and day."""
    names = [each.name for each in fields(StoredReference)]
    if not parts:
        return StoredReference(**{name: np.zeros(0, dtype=np.int64 if name in WHOLE else float) for name in names})
    table = StoredReference(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    return table.take(np.lexsort((table.day, table.key)))


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What the stored rows say of M lots on their days; NaN, 0 and -1 where they say nothing.

    Attributes:
        log_price, log_sd, spread, n: as stored, log_sd grown to the day asked for.
        rung: 0 for the lot's own group, else that of the pool that answered.
        vintage: day of the row that answered.
    """

    log_price: FloatArray
    log_sd: FloatArray
    spread: FloatArray
    n: IntArray
    rung: IntArray
    vintage: IntArray


@dataclass(frozen=True, kw_only=True)
class PriceAssessment:
    """N lots against their reference; NaN where there is none.

    Attributes:
        reference_usd_per_kg: including the lot's own freight.
        log_sd: of the reference.
        spread: log-sd of honest lots around it.
        n: lots behind the reference.
        rung: 0 the lot's own group; pools above.
        vintage: morning the reference speaks of; -1 where there is none.
        r: declared price over reference.
        z: log deviation, free of freight, over the root of both variances.
    """

    reference_usd_per_kg: FloatArray
    log_sd: FloatArray
    spread: FloatArray
    n: IntArray
    rung: IntArray
    vintage: IntArray
    r: FloatArray
    z: FloatArray


def contained_freight(lots: Lots, rule: FreightRule) -> FloatArray:
    """Freight and insurance in each price, USD per kg: as stated, else the usual share of the price."""
    believed = (lots.freight >= 0) & (lots.freight <= rule.most * lots.price)
    return np.where(believed, lots.freight, rule.usual * lots.price)


def freight_free_log_price(lots: Lots, rule: FreightRule) -> FloatArray:
    """Log of USD per kg without freight and insurance; NaN where the price is not positive."""
    bare = lots.price - contained_freight(lots, rule)
    usable = np.isfinite(bare) & (bare > 0)
    return np.where(usable, np.log(np.where(usable, bare, 1.0)), np.nan)


def reference_at(stored: StoredReference, group: IntArray, day: IntArray) -> Reference:
    """The reference of each lot as known in the morning of its day.

    Args:
        stored: the rows on file.
        group: the lot's keys, its own group first, then the pools that may stand in, (M, rungs).
        day: day of declaration, (M,).
    """
    row = np.column_stack([_last_row(stored, keys, day) for keys in group.T])
    is_positive = row >= 0
    days = np.where(is_positive, day[:, None] - _at(stored.day, row, 0), 0)
    variance = np.where(is_positive, _at(stored.log_sd, row, np.inf) ** 2 + _at(stored.drift, row, 0.0) * days, np.inf)
    # A pool answers only where the group is not on file; of the pools, the one that predicts best.
    rung = np.where(is_positive[:, GROUP], GROUP, np.argmin(variance, axis=1))
    best, variance = (np.take_along_axis(each, rung[:, None], axis=1)[:, 0] for each in (row, variance))
    return Reference(
        log_price=_at(stored.log_price, best, np.nan),
        log_sd=np.sqrt(np.where(best >= 0, variance, np.nan)),
        spread=_at(stored.spread, best, np.nan),
        n=_at(stored.n, best, 0),
        rung=np.where(best >= 0, rung, -1),
        vintage=_at(stored.day, best, -1),
    )


def _at(values: NDArray[Any], row: IntArray, absent: float) -> NDArray[Any]:
    """The values of the rows, `absent` where the row is -1."""
    return np.where(row >= 0, np.append(values, absent)[row], absent).astype(values.dtype)


def _last_row(stored: StoredReference, key: IntArray, day: IntArray) -> IntArray:
    """Row of each key with the largest day up to `day`; -1 where there is none."""
    order = np.lexsort((day, key))
    merged_key = np.concatenate([stored.key, key[order]])
    merged_day = np.concatenate([stored.day, day[order]])
    is_asked = np.arange(len(merged_key)) >= len(stored)
    merged = np.lexsort((is_asked, merged_day, merged_key))
    row = np.maximum.accumulate(np.where(is_asked[merged], -1, merged))
    asked = merged[is_asked[merged]] - len(stored)
    result = np.empty(len(key), dtype=np.int64)
    result[order[asked]] = row[is_asked[merged]]
    return np.where((key != NO_KEY) & (_at(stored.key, result, NO_KEY) == key), result, -1)


def assess_prices(lots: Lots, stored: StoredReference, freight: FreightRule) -> PriceAssessment:
    """Every lot against its stored reference: the night's batch and the single declaration alike."""
    reference = reference_at(stored, rung_keys(lots), lots.declared)
    return assess_against(lots, reference, freight)


def assess_against(lots: Lots, reference: Reference, freight: FreightRule) -> PriceAssessment:
    """Every lot against a reference of its own, whichever method it comes from."""
    price = np.exp(reference.log_price) + contained_freight(lots, freight)
    deviation = freight_free_log_price(lots, freight) - reference.log_price
    return PriceAssessment(
        reference_usd_per_kg=price,
        log_sd=reference.log_sd,
        spread=reference.spread,
        n=reference.n,
        rung=reference.rung,
        vintage=reference.vintage,
        r=lots.price / price,
        z=deviation / np.sqrt(reference.log_sd**2 + reference.spread**2),
    )


def own_reference(lots: Lots, log_price: FloatArray, log_sd: FloatArray, spread: FloatArray, n: IntArray) -> Reference:
    """A reference each lot's own group gave on the lot's own day; unknown where `log_price` is NaN."""
    known = np.isfinite(log_price)
    return Reference(
        log_price=log_price,
        log_sd=np.where(known, log_sd, np.nan),
        spread=np.where(known, spread, np.nan),
        n=np.where(known, n, 0),
        rung=np.where(known, GROUP, -1),
        vintage=np.where(known, lots.declared, -1),
    )
