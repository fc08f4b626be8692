"""What the planted cases do to the world's masses and prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import DateArray, FloatArray
from jobs.sample.parameters import (
    CLOSURE_LAG_DAYS,
    CLOSURE_RECOVERED_SHARE,
    HOARDING_FACTOR,
    HOARDING_MONTHS,
    HOARDING_PRICE,
    SCARCITY_PRICE,
    SUBSTITUTED_SHARE,
)
from jobs.sample.streams import stream
from jobs.sample.supply_chain.cases import Case
from jobs.sample.supply_chain.countries import route_share
from jobs.sample.supply_chain.imports import ImportMass
from jobs.sample.supply_chain.layout import Layout
from jobs.sample.supply_chain.straits import Closure


@dataclass(kw_only=True)
class Effects:
    """Series x months: mass = (uncut x `factor` + `added`) x `season`; prices rise by `log_price`."""

    factor: FloatArray
    added: FloatArray
    log_price: FloatArray
    season: FloatArray


def lay_effects(
    seed: int,
    layout: Layout,
    base: ImportMass,
    months: DateArray,
    cases: tuple[Case, ...],
    closures: tuple[Closure, ...],
) -> Effects:
    """Adds up what all cases and closures do."""
    shape = base.mass.shape
    effects = Effects(factor=np.ones(shape), added=np.zeros(shape), log_price=np.zeros(shape), season=np.ones(shape))
    rng = stream(seed, "effects")
    for case in cases:
        _LAY[case.kind](effects, case, layout, base, rng)
    for closure in closures:
        _delay_routed_cargo(effects, closure, layout, base, months)
    return effects


def delayed_share(closure: Closure, months: DateArray) -> FloatArray:
    """Share of each month's cargo through the strait that the closure holds up, by month of entry."""
    days = np.arange(closure.start, closure.end + 1) + CLOSURE_LAG_DAYS
    length = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    closed = (days.astype("datetime64[M]")[None, :] == months[:, None]).sum(axis=1)
    lost: NDArray[np.float64] = (1 - closure.factor) * closed / length.astype(int)
    return lost


def routed_series(closure: Closure, layout: Layout) -> tuple[NDArray[np.int64], FloatArray]:
    """The origins whose cargo passes the strait, as series numbers, and the share of it that does."""
    share = np.array([route_share(c, closure.strait) for c in layout.country]) * layout.is_origin
    series = np.flatnonzero(share > 0)
    return series, share[series]


def _break_supply(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    struck, span = case.series[0], slice(case.first, case.last + 1)
    item = layout.series_of(int(layout.item_of[struck]))
    e.factor[struck, span] *= case.depth
    e.log_price[item, span] += rng.uniform(*SCARCITY_PRICE)
    _substitute(e, struck, item, span, base, SUBSTITUTED_SHARE)
    if case.is_hoarded:
        _hoard(
            e,
            Case(kind="hoarding", first=case.first - HOARDING_MONTHS, last=case.first - 1, series=case.series),
            layout,
            base,
            rng,
        )


def _hoard(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    struck, span = case.series[0], slice(case.first, case.last + 1)
    e.factor[struck, span] *= rng.uniform(*HOARDING_FACTOR, case.last + 1 - case.first)
    e.log_price[struck, span] += rng.uniform(*HOARDING_PRICE)


def _shift_price(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    e.log_price[case.series[0], case.first :] += case.depth


def _dip_every_year(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    months = np.arange(e.factor.shape[1])
    dipping = (months - case.first) % 12 <= case.last - case.first
    e.season[np.ix_(case.series, dipping)] *= case.depth


def _slip_a_month(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    struck = case.series[0]
    e.factor[struck, case.first] *= case.depth
    e.added[struck, case.last] += (1 - case.depth) * base.mass[struck, case.first]


def _strike(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    e.factor[:, case.first] *= case.depth
    e.added[:, case.last] += CLOSURE_RECOVERED_SHARE * (1 - case.depth) * base.mass[:, case.first]


def _fade_out(e: Effects, case: Case, layout: Layout, base: ImportMass, rng: np.random.Generator) -> None:
    struck, span = case.series[0], slice(case.first, None)
    steps = np.arange(1, e.factor.shape[1] - case.first + 1) / (case.last + 1 - case.first)
    e.factor[struck, span] *= case.depth ** np.minimum(steps, 1.0)
    _substitute(e, struck, layout.series_of(int(layout.item_of[struck])), span, base, 1.0)


def _substitute(e: Effects, struck: int, item: NDArray[np.int64], span: slice, base: ImportMass, share: float) -> None:
    """The item's other origins make up for a share of the loss, in proportion to what they usually ship."""
    others = item[item != struck]
    lost = share * (1 - e.factor[struck, span]) * base.mass[struck, span]
    usual = base.expected[others, span]
    e.added[others, span] += lost * usual / usual.sum(axis=0)


def _delay_routed_cargo(e: Effects, closure: Closure, layout: Layout, base: ImportMass, months: DateArray) -> None:
    series, share = routed_series(closure, layout)
    stored = delayed_share(closure, months)
    lost = share[:, None] * stored * base.mass[series]
    e.factor[series] *= 1 - share[:, None] * stored
    e.added[series, 1:] += CLOSURE_RECOVERED_SHARE * lost[:, :-1]


_LAY = {
    "supply_break": _break_supply,
    "hoarding": _hoard,
    "price_shift": _shift_price,
    "seasonal_dip": _dip_every_year,
    "lumpy_month": _slip_a_month,
    "strike": _strike,
    "gradual_exit": _fade_out,
}
