"""Which lots are under-declared, and how: seven schemes in equal numbers, three cuts in equal numbers within each.

A scheme is a habit: a trade keeps to one for some months, then stops and others begin. What attracts evasion drifts:
the products in favour go once around in `DRIFT_DAYS`. Nothing here is known to a detector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.sample.low_price.days import Calendar
from jobs.sample.low_price.lots import DrawnLots
from jobs.sample.low_price.parameters import CUTS, DRIFT_DAYS, DRIFT_STRENGTH, EVASION_DAYS
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.trades import Trades, rank_within
from jobs.sample.streams import stream

SCHEMES = ("constant", "phased", "large_lot", "weight", "hug", "switch", "copy")
CONSTANT, PHASED, LARGE_LOT, WEIGHT, HUG, SWITCH, COPY = range(len(SCHEMES))
ANYWHERE = (CONSTANT, PHASED, LARGE_LOT, WEIGHT, HUG)  # needs neither a neighbouring code nor a ring

# Scheme: (the variant of the development seeds, the one held out)
VARIANTS = {
    "constant": ("every_lot", "two_lots_in_three"),
    "phased": ("six_weeks_on_and_off", "ten_days_a_month"),
    "large_lot": ("largest_third", "middle_third"),
    "weight": ("packages_true", "packages_fewer"),
    "hug": ("security_price_to_2_pct", "security_price_to_6_pct"),
    "switch": ("every_lot", "every_other_lot"),
    "copy": ("one_price_a_month", "one_price_a_fortnight"),
}
RING_PARTIES = 6


@dataclass(frozen=True, kw_only=True)
class Plans:
    """What each trade would do: T trades. `ring` numbers those that copy one another; -1 elsewhere."""

    scheme: IntArray
    cut: IntArray
    is_reserved: BoolArray
    ring: IntArray
    starts: IntArray
    ends: IntArray
    appeal: FloatArray


@dataclass(frozen=True, kw_only=True)
class Cases:
    """N lots: `scheme` and `cut` are positions in `SCHEMES` and `CUTS`, -1 for honest lots."""

    scheme: IntArray
    cut: IntArray
    is_reserved: BoolArray
    ring: IntArray

    @property
    def is_case(self) -> BoolArray:
        return self.scheme >= 0

    def of(self, scheme: int, is_reserved: bool | None = None) -> BoolArray:
        """The lots of one scheme, or of one variant of it."""
        chosen = self.scheme == scheme
        of_both: BoolArray = chosen if is_reserved is None else chosen & (self.is_reserved == is_reserved)
        return of_both


def security_class(seed: int, products: int) -> IntArray:
    """The cut, as a position in `CUTS`, at which the published security price of each product lies below its market.

    Whoever hugs that price cuts by as much; the three are spread evenly over the products.
    """
    return stream(seed, "declarations/security").permutation(np.arange(products) % len(CUTS))


def plan_schemes(
    seed: int, catalogue: Catalogue, calendar: Calendar, trades: Trades, hugged: IntArray, has_reserved: bool
) -> Plans:
    """Gives every trade the scheme it would use, in even shares, and the months it would.

    Args:
        hugged: `security_class` of each product.
    """
    rng = stream(seed, "declarations/schemes")
    count, product = len(trades), catalogue.product[trades.market]
    ring = _rings(rng, trades.market)
    scheme = _assign(rng, ring, catalogue.neighbour[product] >= 0, hugged[product])
    place, _ = rank_within(scheme, rng.random(count))
    cut = np.where(scheme == HUG, hugged[product], place % len(CUTS))
    cut = np.where(ring >= 0, rng.permutation(int(ring.max()) + 1)[ring] % len(CUTS), cut)
    place, _ = rank_within(scheme * len(CUTS) + cut, np.where(ring >= 0, ring + 0.0, rng.random(count)))
    reserved = (place // np.where(ring >= 0, RING_PARTIES, 1) % 2 == 1) & has_reserved
    starts = rng.integers(calendar.first - EVASION_DAYS[0], calendar.last + 1, count)
    ends = starts + rng.integers(*EVASION_DAYS, count)
    phase = rng.uniform(0, 2 * np.pi, len(catalogue.products))[product]
    wave = np.cos(phase + 2 * np.pi * (starts + ends) / 2 / DRIFT_DAYS)
    appeal = DRIFT_STRENGTH * wave + rng.gumbel(size=count)
    combined = _leaders(ring)  # a ring acts as one
    return Plans(
        scheme=scheme,
        cut=cut,
        is_reserved=reserved[combined],
        ring=ring,
        starts=starts[combined],
        ends=ends[combined],
        appeal=appeal[combined],
    )


def _assign(rng: np.random.Generator, ring: IntArray, can_switch: BoolArray, hugged: IntArray) -> IntArray:
    """The scheme of each trade: rings copy, a seventh of all switch where they can, the others share the rest."""
    scheme = np.full(len(ring), COPY)
    share = min(1.0, 1 / len(SCHEMES) / max(can_switch.mean(), 1e-9))
    switching = (ring < 0) & can_switch & (rng.random(len(ring)) < share)
    scheme[switching] = SWITCH
    rest = np.flatnonzero((ring < 0) & ~switching)
    place, _ = rank_within(hugged[rest], rng.random(len(rest)))
    scheme[rest] = np.array(ANYWHERE)[place % len(ANYWHERE)]
    return scheme


def _leaders(ring: IntArray) -> IntArray:
    """The first of its ring for each trade in one, each other trade itself."""
    alone = np.where(ring >= 0, ring, ring.max() + 1 + np.arange(len(ring)))
    _, first, at = np.unique(alone, return_index=True, return_inverse=True)
    return first[at]


def choose_cases(lots: DrawnLots, plans: Plans, cases: int) -> Cases:
    """The lots that are under-declared: exactly `cases`, the same number of each scheme and cut but for rounding.

    Raises:
        ValueError: where a scheme and cut cannot be filled in a world of this size.
    """
    is_open = _is_eligible(lots, plans)
    scheme, cut = plans.scheme[lots.trade], plans.cut[lots.trade]
    cells = len(SCHEMES) * len(CUTS)
    cell = np.where(is_open, scheme * len(CUTS) + cut, cells)
    acting = (lots.declared >= plans.starts[lots.trade]) & (lots.declared <= plans.ends[lots.trade])
    candidates = np.flatnonzero(is_open)
    # Trades in the order of their appeal, each with all its lots; those out of season only to fill up.
    standing = np.argsort(np.argsort(-plans.appeal, kind="stable"), kind="stable")
    order = (~acting[candidates]) * len(plans.appeal) + standing[lots.trade[candidates]]
    rank, available = rank_within(cell[candidates], order + candidates / (len(lots) + 1))
    quota = cases // cells + (np.arange(cells) * 5 % cells < cases % cells)  # 5 has no factor of 21
    short = np.setdiff1d(np.flatnonzero(quota), cell[candidates])
    if len(short) or (available < quota[cell[candidates]]).any():
        raise ValueError(f"{cases} cases do not fit into {len(lots)} lots; ask for more lots, or a lower prevalence")
    taken = candidates[rank < quota[cell[candidates]]]
    is_case = np.zeros(len(lots), bool)
    is_case[taken] = True
    return Cases(
        scheme=np.where(is_case, scheme, -1),
        cut=np.where(is_case, cut, -1),
        is_reserved=plans.is_reserved[lots.trade] & is_case,
        ring=np.where(is_case, plans.ring[lots.trade], -1),
    )


def _rings(rng: np.random.Generator, market: IntArray) -> IntArray:
    """An eighth of the trades of every market that has enough, in rings of up to six."""
    rank, size = rank_within(market, rng.random(len(market)))
    members = np.select([size >= 6, size >= 4], [np.maximum(3, np.rint(size / 8)), 2], 0)
    whole = np.maximum(1, members // RING_PARTIES)
    part = np.minimum(rank // RING_PARTIES, whole - 1).astype(np.int64)
    key = market * (int(size.max()) + 1) + part
    inside = rank < members
    ring = np.full(len(market), -1)
    ring[inside] = np.unique(key[inside], return_inverse=True)[1]
    return ring


def _is_eligible(lots: DrawnLots, plans: Plans) -> BoolArray:
    """Lots on which their trade would act, as its scheme and variant say."""
    scheme, reserved = plans.scheme[lots.trade], plans.is_reserved[lots.trade]
    place, _ = rank_within(lots.trade, lots.declared)
    by_mass, count = rank_within(lots.trade, lots.mass)
    third = 3 * by_mass // count
    since = lots.declared - plans.starts[lots.trade]
    rules = {
        CONSTANT: ~reserved | (place % 3 < 2),
        PHASED: np.where(reserved, since % 30 < 10, since // 42 % 2 == 0),
        LARGE_LOT: third == np.where(reserved, 1, 2),
        SWITCH: ~reserved | (place % 2 == 0),
        HUG: lots.grade <= 0,
        COPY: lots.grade <= 0,
    }
    eligible = np.ones(len(lots), bool)
    for kind, rule in rules.items():
        eligible &= (scheme != kind) | rule
    return eligible
