"""Settings of the reference price."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.domains.low_price.methods.reference.price import FreightRule
from jobs.domains.low_price.methods.reference.price_pools import PoolPrior
from jobs.stats.levels.point_mass import GrossErrors, Motion


@dataclass(frozen=True, kw_only=True)
class ReferenceConfig:
    """Settings of the reference price, the same for every product; chosen on simulated lots, never on real ones.

    Attributes:
        market: common movement of a market's log prices.
        group: movement of a group's level within its market.
        errors: how lots lie around a level.
        pools: what is expected of groups without lots.
        freight: of lots that do not state it.
        carried: share of the error of the market's movement that a group's own error does not contain already; chosen
            so that the reference's 95 % interval covers 95 %.
        firm_correlation: of one firm's lots within `firm_window` days.
        most_below: share of far lots expected of a firm at most: the rest may be ordinary, or dear by a slip.
        firm_worth: lots that the usual share of far lots below is worth against a firm's own record of them.
        spread: log-sd of honest lots before any is seen, worth `spread_worth` lots; a group's own is shrunk to its
            market's by `group_worth` lots.
        first_sd: log-sd of a level that nothing but its own first lots speaks for.
        window: days that a lot counts in n.
    """

    market: Motion
    group: Motion
    errors: GrossErrors
    pools: PoolPrior
    freight: FreightRule
    carried: float
    firm_correlation: float
    firm_window: int
    firm_worth: float
    most_below: float
    spread: float
    spread_worth: float
    group_worth: float
    first_sd: float
    window: int
