"""Reference prices from declarations, day by day: a market's common movement, and each group's own level in it.

A group (product, specification, origin, trade level) has its own level; all groups of a market (product and state)
share common movements. Each morning a group's level is where its own lots left it, moved by what the market did since;
each evening the day's accepted lots first tell the market's movement by their common surprise, then each group's own.
So a thin group follows its market within days, while a dense one rests on its own lots. Both are point-mass filters
with gross errors (`point_mass`). A group without history starts from the pools of its relatives, so that few lots
shrink towards them (`price_pools`).

Cheap lots come in runs of one firm. A firm that declares often is heard like a few firms (`price_panel.firm_weight`),
and one whose lots lay far below before is expected to do so again (a beta prior on its share of such lots), so that a
run of its lots tells little about the price. Spreads are learned on the way from honest lots (online expectation
maximisation; Cappe and Moulines 2009), a group's shrunk to its market's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.lots import Lots
from jobs.domains.low_price.methods.reference.config import ReferenceConfig
from jobs.domains.low_price.methods.reference.keys import MARKET, NO_KEY
from jobs.domains.low_price.methods.reference.market_levels import MarketLevels
from jobs.domains.low_price.methods.reference.price import StoredReference, stack_rows
from jobs.domains.low_price.methods.reference.price_panel import PricePanel, index_lots
from jobs.domains.low_price.methods.reference.price_pools import median_by, pool_levels
from jobs.domains.low_price.methods.reference.spreads import Spreads


def fit_reference(lots: Lots, config: ReferenceConfig, until: int | None = None) -> StoredReference:
    """Reference prices of every group on every day it has lots to assess, each from earlier lots only.

    Args:
        lots: all lots; those disputed, not accepted or without a price are assessed but never part of a reference.
        config: settings.
        until: where given, rows of that morning are added for every group and pool on file, so that a declaration
            of that day can be scored from them; lots declared on it or later are left out.
    """
    if until is not None:
        lots = lots.take(lots.declared < until)
    panel = index_lots(lots, config.firm_correlation, config.firm_window, config.freight)
    prices = _Prices(panel, config)
    result: list[StoredReference] = []
    for day, start, stop in zip(panel.days.tolist(), panel.starts, panel.stops, strict=True):
        today = np.arange(start, stop)
        prices.expire(day)
        groups = np.unique(panel.group[today])
        dawn = prices.forecast(groups[(groups >= 0) & prices.group.is_alive[groups]], day)
        result += [prices.group_rows(dawn), *prices.rows_for_strangers(today, day)]
        prices.learn(day, dawn, today[panel.is_usable[today]])
    if until is not None:
        prices.expire(until)
        alive = np.flatnonzero(prices.group.is_alive)
        result += [prices.group_rows(prices.forecast(alive, until)), *prices.pool_rows(alive, until)]
    return stack_rows(result)


@dataclass(frozen=True, kw_only=True)
class _Dawn:
    """What a morning expects of some groups: mass, its middle, mean and variance, and where their markets stand."""

    groups: IntArray
    day: int
    mass: FloatArray
    centre: FloatArray
    mean: FloatArray
    variance: FloatArray
    market_mean: FloatArray

    def of(self, groups: IntArray) -> _Dawn:
        """The same of fewer groups."""
        at = np.searchsorted(self.groups, groups)
        return replace(
            self,
            groups=groups,
            mass=self.mass[at],
            centre=self.centre[at],
            mean=self.mean[at],
            variance=self.variance[at],
            market_mean=self.market_mean[at],
        )


class _Prices:
    """All that is known between two days; `anchor` is where a group's market stood when the group was last seen."""

    def __init__(self, panel: PricePanel, config: ReferenceConfig) -> None:
        self.panel, self.config = panel, config
        groups, markets = len(panel.market_of), len(panel.pools[MARKET])
        self.market, self.group = MarketLevels(markets, config.market), MarketLevels(groups, config.group)
        self.anchor, self.anchor_variance = np.zeros(groups), np.zeros(groups)
        self.spreads = Spreads(panel, config)
        self.recent, self.expired = np.zeros(groups, dtype=np.int64), 0

    def expire(self, day: int) -> None:
        """Lots older than the window leave n."""
        panel = self.panel
        until = int(np.searchsorted(panel.days, day - self.config.window))
        stop = int(panel.starts[until]) if until < len(panel.days) else len(panel.y)
        gone = np.arange(self.expired, stop)
        self.recent -= np.bincount(panel.group[gone[panel.is_usable[gone]]], minlength=len(self.recent))
        self.expired = max(self.expired, stop)

    def moved(self, groups: IntArray, day: int) -> tuple[FloatArray, FloatArray]:
        """How far each group's market has gone since the group was last seen, and the variance of that."""
        market = self.panel.market_of[groups]
        rate = self.market.rate[market]
        now = self.market.variance[market] + rate * (day - self.market.last[market])
        error = np.minimum(rate * (day - self.group.last[groups]), self.anchor_variance[groups] + now)
        return self.market.mean[market] - self.anchor[groups], self.config.carried * error

    def forecast(self, groups: IntArray, day: int) -> _Dawn:
        """What the morning of `day` expects of the groups, all of which have been seen."""
        shift, variance = self.moved(groups, day)
        mass = self.group.carry(groups, day, variance)
        mean, variance = self.group.motion.moments(mass)
        centre = self.group.centre[groups] + shift
        return _Dawn(
            groups=groups,
            day=day,
            mass=mass,
            centre=centre,
            mean=centre + mean,
            variance=variance,
            market_mean=self.market.mean[self.panel.market_of[groups]],
        )

    def group_rows(self, dawn: _Dawn) -> StoredReference:
        groups = dawn.groups
        return StoredReference(
            key=self.panel.pools[0][groups],
            day=np.full(len(groups), dawn.day),
            log_price=dawn.mean,
            log_sd=np.sqrt(dawn.variance),
            drift=self.group.rate[groups] + self.market.rate[self.panel.market_of[groups]],
            spread=np.sqrt(self.spreads.of_groups(groups)),
            n=self.recent[groups],
        )

    def rows_for_strangers(self, today: IntArray, day: int) -> Iterator[StoredReference]:
        """Rows of the pools that lots whose group is not on file are assessed by."""
        group = self.panel.group[today]
        stranger = today[(group < 0) | ~self.group.is_alive[group]]
        if stranger.size:
            keys = self.panel.lot_keys[stranger]
            alive = np.flatnonzero(self.group.is_alive)
            near = np.isin(self.panel.pools[MARKET][self.panel.market_of[alive]], keys[:, MARKET])
            for rung, rows in enumerate(self.pool_rows(alive[near], day), start=1):
                yield rows.take(np.isin(rows.key, keys[:, rung]))

    def pool_rows(self, groups: IntArray, day: int) -> Iterator[StoredReference]:
        """Rows of the pools the groups form, rung by rung: where a group unseen so far would lie."""
        shift, variance = self.moved(groups, day)
        level, market = self.group.mean[groups] + shift, self.panel.market_of[groups]
        variance += self.group.variance[groups] + self.group.rate[groups] * (day - self.group.last[groups])
        for rung in range(1, MARKET + 1):
            pool = self.panel.pool_of[rung][groups]
            inside = np.flatnonzero(pool >= 0)
            prior = self.config.pools
            where, mean, between = pool_levels(
                level[inside], variance[inside], pool[inside], prior.spread[rung], prior.worth
            )
            of = inside[np.unique(pool[inside], return_index=True)[1]]
            yield StoredReference(
                key=self.panel.pools[rung][where],
                day=np.full(len(where), day),
                log_price=mean,
                log_sd=np.sqrt(between),
                drift=self.group.rate[groups[of]] + self.market.rate[market[of]],
                spread=np.sqrt(self.spreads.of_markets(market[of])),
                n=np.bincount(pool[inside], self.recent[groups[inside]])[where].astype(np.int64),
            )

    def learn(self, day: int, dawn: _Dawn, today: IntArray) -> None:
        """The evening of `day`: its usable lots, sorted by group, move their market, then their group."""
        panel = self.panel
        groups, place = np.unique(panel.group[today], return_inverse=True)
        markets = np.unique(panel.market_of[groups])
        fresh = markets[~self.market.is_alive[markets]]
        if fresh.size:
            self.market.start(fresh, np.zeros(len(fresh)), np.full(len(fresh), self.market.motion.step), day)
        known = self.group.is_alive[groups]
        old, new = today[known[place]], today[~known[place]]
        if old.size:
            dawn = dawn.of(groups[known])
            self.learn_market(dawn, old)
            market = panel.market_of[dawn.groups]
            self.learn_groups(
                dawn.groups, day, dawn.mass, dawn.centre + self.market.mean[market] - dawn.market_mean, old
            )
        if new.size:
            begun = groups[~known]
            self.begin(day, begun, new)
            self.learn_groups(begun, day, self.group.mass[begun], self.group.centre[begun], new)
        self.recent += np.bincount(panel.group[today], minlength=len(self.recent))

    def learn_market(self, dawn: _Dawn, today: IntArray) -> None:
        """The common surprise of the day's lots moves their markets; honest lots tell the spread."""
        panel, motion = self.panel, self.market.motion
        place = np.searchsorted(dawn.groups, panel.group[today])
        error, variance = panel.y[today] - dawn.mean[place], dawn.variance[place]
        weight, below = panel.market_weight[today], self.spreads.below(today)
        # Lots of one group share the error of its level: n of them weigh s^2 / n + v, not (s^2 + v) / n.
        sd = np.sqrt(self.spreads.of_groups(dawn.groups)[place] + np.bincount(place, weight)[place] * variance)
        order = np.argsort(panel.market[today], kind="stable")
        market, first, row = np.unique(panel.market[today][order], return_index=True, return_inverse=True)
        before = self.market.carry(market, dawn.day, np.zeros(len(market)))
        deviation = error[order, None] - (motion.grid - motion.moments(before)[0][row, None])
        density = self.config.errors.log_density(deviation, sd[order, None], below[order, None])
        likelihood = np.add.reduceat(weight[order, None] * density, first, axis=0)
        self.market.settle(market, motion.weigh(before, likelihood), dawn.day)
        self.spreads.learn(today, error, variance)

    def begin(self, day: int, groups: IntArray, today: IntArray) -> None:
        """Groups seen for the first time start where their best pool lies, else around their own first lots."""
        panel = self.panel
        own = np.searchsorted(groups, panel.group[today])
        centre, sd = median_by(own, panel.y[today]), np.full(len(groups), self.config.first_sd)
        alive = np.flatnonzero(self.group.is_alive)
        near = alive[np.isin(panel.market_of[alive], panel.market_of[groups])]
        for rung, rows in enumerate(self.pool_rows(near, day), start=1):
            key = np.append(panel.pools[rung], NO_KEY)[panel.pool_of[rung][groups]]
            hit = (key != NO_KEY) & np.isin(key, rows.key)
            at = np.searchsorted(rows.key, key[hit])
            better = np.flatnonzero(hit)[rows.log_sd[at] < sd[hit]]
            at = at[rows.log_sd[at] < sd[hit]]
            centre[better], sd[better] = rows.log_price[at], rows.log_sd[at]
        self.group.start(groups, centre, sd, day)
        market = panel.market_of[groups]
        self.anchor[groups], self.anchor_variance[groups] = self.market.mean[market], self.market.variance[market]

    def learn_groups(self, groups: IntArray, day: int, mass: FloatArray, centre: FloatArray, today: IntArray) -> None:
        """Each group's lots move its own level, given where the market went."""
        panel, motion = self.panel, self.group.motion
        _, first, place = np.unique(panel.group[today], return_index=True, return_inverse=True)
        deviation = (panel.y[today] - centre[place])[:, None] - motion.grid
        sd = np.sqrt(self.spreads.of_groups(groups))[place, None]
        density = self.config.errors.log_density(deviation, sd, self.spreads.below(today)[:, None])
        likelihood = np.add.reduceat(panel.group_weight[today, None] * density, first, axis=0)
        self.group.centre[groups] = centre
        self.group.settle(groups, motion.weigh(mass, likelihood), day)
        market = panel.market_of[groups]
        self.anchor[groups], self.anchor_variance[groups] = self.market.mean[market], self.market.variance[market]
