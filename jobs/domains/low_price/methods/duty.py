"""Duty and tax of import lots in whole won: which tariff line applies on a day, and what it levies.

Duty is ad valorem on the customs value, specific on the net mass, or the larger of the two (dried garlic: 360 % or
1,800 won/kg); value-added tax is 10 % of value and duty, unless the good is exempt as unprocessed food is.

Rounding. Value is taken to the nearest won, mass to the nearest gram, a rate to thousandths of a percent or hundredths
of a won per kg; from there on the arithmetic is on integers, so no figure depends on the order or width of floats. Each
levy is then cut down to tens of won (National Treasury Funds Act, art. 47: fractions under 10 won are not counted).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray

KINDS = AD_VALOREM, SPECIFIC, GREATER_OF = 0, 1, 2
BASIC = -1  # no preference is claimed
OPEN_ENDED = 2**31  # day of a rate without an end
VAT_PERCENT = 10
UNIT_WON = 10
GRAMS, PERCENT_STEPS, RATE_STEPS = 1_000, 1_000, 100
LARGEST_WON, LARGEST_KG = 1e12, 1e9
LARGEST_PCT, LARGEST_KRW_PER_KG = 5_000, 50_000


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What is levied on each of N lots; every array has shape (N,).

    Attributes:
        duty_kind: AD_VALOREM, SPECIFIC or GREATER_OF.
        ad_valorem_pct: percent of the customs value; not read where the kind has none.
        specific_krw_per_kg: won per kg of net mass; likewise.
        is_vat_exempt: no value-added tax is due.
    """

    duty_kind: IntArray
    ad_valorem_pct: FloatArray
    specific_krw_per_kg: FloatArray
    is_vat_exempt: BoolArray

    def __len__(self) -> int:
        return len(self.duty_kind)

    def take(self, rows: IntArray) -> Rates:
        """The chosen rows, in the order of `rows`."""
        return Rates(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """The tariff table, M lines; every array has shape (M,).

    Attributes:
        hs10: number of the HSK10 code.
        preference: number of the preference code, agreement and quota rates among them; BASIC for the basic rate.
        valid_from, valid_to: first and last day, in days since 1970-01-01; OPEN_ENDED where no end is set.
        rates: what each line levies.
    """

    hs10: IntArray
    preference: IntArray
    valid_from: IntArray
    valid_to: IntArray
    rates: Rates


@dataclass(frozen=True)
class TariffChoice:
    """The tariff line of each lot, shape (N,).

    Attributes:
        line: row of the tariff table; -1 where the code has no rate on the day.
        is_refused: a preference was claimed that has no rate on the day, so that the basic one was taken.
    """

    line: IntArray
    is_refused: BoolArray


@dataclass(frozen=True)
class Levy:
    """Won due on each lot, shape (N,), in tens of won."""

    duty_krw: IntArray
    vat_krw: IntArray

    @property
    def total_krw(self) -> IntArray:
        """Duty and tax together."""
        return self.duty_krw + self.vat_krw


def can_levy(value_krw: FloatArray, net_mass_kg: FloatArray, rates: Rates) -> BoolArray:
    """Whether value, mass and rate of each lot lie within what `levy` computes; an unknown one does not."""
    has_value, has_mass = rates.duty_kind != SPECIFIC, rates.duty_kind != AD_VALOREM
    percent = np.where(has_value, rates.ad_valorem_pct, 0.0)
    per_kg = np.where(has_mass, rates.specific_krw_per_kg, 0.0)
    limits = ((value_krw, LARGEST_WON), (net_mass_kg, LARGEST_KG), (percent, LARGEST_PCT), (per_kg, LARGEST_KRW_PER_KG))
    within = [(values >= 0) & (values <= largest) for values, largest in limits]
    result: BoolArray = np.all([np.isin(rates.duty_kind, KINDS), *within], axis=0)
    return result


def levy(value_krw: FloatArray, net_mass_kg: FloatArray, rates: Rates) -> Levy:
    """Duty and value-added tax of each lot; rounding as the module says.

    Args:
        value_krw: CIF customs value, (N,).
        net_mass_kg: net mass, (N,).
        rates: rates of each lot, N rows.

    Raises:
        ValueError: a value or mass is unknown, negative or too large, or a duty kind is none of the three.
    """
    value = whole(value_krw, 1, LARGEST_WON, "customs value in won")
    gram = whole(net_mass_kg, GRAMS, LARGEST_KG, "net mass in kg")
    if not np.isin(rates.duty_kind, KINDS).all():
        raise ValueError("duty_kind must be AD_VALOREM, SPECIFIC or GREATER_OF")
    has_value, has_mass = rates.duty_kind != SPECIFIC, rates.duty_kind != AD_VALOREM
    stated_pct = np.where(has_value, rates.ad_valorem_pct, 0.0)
    percent = whole(stated_pct, PERCENT_STEPS, LARGEST_PCT, "ad valorem rate in percent")
    stated_krw = np.where(has_mass, rates.specific_krw_per_kg, 0.0)
    per_kg = whole(stated_krw, RATE_STEPS, LARGEST_KRW_PER_KG, "specific rate in won per kg")
    by_value = value * percent // (100 * PERCENT_STEPS)
    by_mass = gram * per_kg // (GRAMS * RATE_STEPS)
    duty = cut(np.maximum(by_value, by_mass))  # the part a kind does not have is zero
    vat = np.where(rates.is_vat_exempt, 0, cut((value + duty) * VAT_PERCENT // 100))
    return Levy(duty, vat)


def whole(values: FloatArray, steps: int, largest: float, name: str) -> IntArray:
    """Values as a whole number of `steps` to the unit, checked so that no later product leaves 64 bits."""
    values = np.asarray(values, dtype=float)
    if not ((values >= 0) & (values <= largest)).all():  # NaN is neither
        raise ValueError(f"{name} must be known, not negative and at most {largest:g}")
    return np.rint(values * steps).astype(np.int64)


def cut(won: IntArray) -> IntArray:
    """Won down to the ten below."""
    return won // UNIT_WON * UNIT_WON


def choose_tariff(tariff: Tariff, hs10: IntArray, preference: IntArray, day: IntArray) -> TariffChoice:
    """The line in force for each lot's code and claimed preference on its day, the basic one otherwise.

    Of several lines in force the one that began last is taken: a temporary rate stands above the one it interrupts, and
    gives way to it again when it ends.
    """
    claimed = find_line(tariff, hs10, preference, day)
    basic = find_line(tariff, hs10, np.full_like(preference, BASIC), day)
    return TariffChoice(np.where(claimed >= 0, claimed, basic), (claimed < 0) & (preference != BASIC))


def find_line(tariff: Tariff, hs10: IntArray, preference: IntArray, day: IntArray) -> IntArray:
    """Row of the line of exactly this code and preference that is in force and began last, -1 where none is."""
    if len(tariff.hs10) == 0:
        return np.full(len(hs10), -1)
    order = np.lexsort((tariff.valid_to, tariff.valid_from, tariff.preference, tariff.hs10))
    pairs, group = np.unique(np.stack([tariff.hs10, tariff.preference], axis=1)[order], axis=0, return_inverse=True)
    group = group.ravel()
    wanted = locate(pairs, hs10, preference)
    begins, ends = tariff.valid_from[order], tariff.valid_to[order]
    first = min(int(begins.min()), int(day.min(initial=0)))
    span = max(int(begins.max()), int(day.max(initial=0))) - first + 1
    at = np.searchsorted(group * span + (begins - first), wanted * span + (day - first), side="right") - 1
    # A line that ended leaves the day to one that began before it: step back until one is in force.
    while True:
        inside = (at >= 0) & (wanted >= 0) & (group[at] == wanted)
        ended = inside & (ends[at] < day)
        if not ended.any():
            return np.where(inside, order[at], -1)
        at = at - ended


def locate(pairs: IntArray, hs10: IntArray, preference: IntArray) -> IntArray:
    """Row of each (hs10, preference) among the sorted unique `pairs`, -1 where it is not there."""
    low = min(int(pairs[:, 1].min()), int(preference.min(initial=0)))
    width = max(int(pairs[:, 1].max()), int(preference.max(initial=0))) - low + 1
    known = pairs[:, 0] * width + (pairs[:, 1] - low)
    asked = hs10 * width + (preference - low)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[at] == asked, at, -1)
