"""Reference prices from declarations, day by day: a market's common movement, and each group's own level in it.

A group (product, specification, origin, trade level) has its own level; all groups of a market (product and state)
share common movements. Each morning a group's level is where its own lots left it, moved by what the market did since;
each evening the day's accepted lots first tell the market's movement by their common surprise, then each group's own.
So a thin group follows its market within days, while a dense one rests on its own lots. Both are point-mass filters
with gross errors (`point_mass`). A group without history starts from the pools of its relatives, so that few lots
shrink towards them (partial pooling; Efron and Morris 1975).

A firm that declares often is heard like a few firms, not like all its lots: n lots of one firm in 30 days weigh
n / (1 + (n - 1) rho), rho being the correlation of one firm's lots. Spreads are learned on the way from honest lots
(online expectation-maximisation; Cappe and Moulines 2009), shrunk to the market's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jobs.methods.lots import Lots
from jobs.methods.point_mass import GrossErrors, Motion
from jobs.methods.reference_keys import GROUP, MARKET, RUNGS, rung_keys
from jobs.methods.reference_price import StoredReference, freight_free_log_price

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class ReferenceConfig:
    """Settings of the reference price, the same for every product; chosen on simulated lots, never on real ones.

    Attributes:
        market: common movement of a market's log prices.
        group: movement of a group's level within its market.
        errors: how lots lie around a level.
        carried: share of the error of the market's movement that a group's own error does not contain already; chosen
            so that the reference's 95 % interval covers 95 %.
        firm_correlation: rho, of one firm's lots within `firm_window` days.
        firm_worth: lots that the usual share of far lots below is worth against a firm's own record of them.
        spread: log-sd of honest lots before any is seen, worth `spread_worth` lots; a group's own spread is shrunk
            to the market's by `group_worth` lots.
        pool_spread: log-sd of groups within the pool of each rung before any is seen, worth `pool_worth` groups.
        first_sd: log-sd of a level that nothing but its own first lots speaks for.
        window: days that a lot counts in n.
    """

    market: Motion = field(
        default_factory=lambda: Motion(speeds=(0.002, 0.006, 0.015, 0.03), jump_rate=0.001, jump_scale=0.15)
    )
    group: Motion = field(
        default_factory=lambda: Motion(speeds=(0.001, 0.005, 0.015), jump_rate=0.0002, jump_scale=0.2)
    )
    errors: GrossErrors = field(default_factory=GrossErrors)
    carried: float = 0.3
    firm_correlation: float = 0.1
    firm_window: int = 30
    firm_worth: float = 4.0
    spread: float = 0.20
    spread_worth: float = 8.0
    group_worth: float = 20.0
    pool_spread: tuple[float, ...] = (0.0, 0.15, 0.2, 0.25, 0.35, 0.45)
    pool_worth: float = 5.0
    first_sd: float = 0.5
    window: int = 90


def fit_reference(lots: Lots, config: ReferenceConfig | None = None, until: int | None = None) -> StoredReference:
    """Reference prices of every group on every day it has lots to judge, each from earlier lots only.

    Args:
        lots: all lots; those disputed, not accepted or without a price are judged but never part of a reference.
        config: settings.
        until: where given, rows of that morning are added for every group and pool on file, so that a declaration
            of that day can be scored from them; lots declared on it or later are left out.
    """
    config = config or ReferenceConfig()
    if until is not None:
        lots = lots.take(lots.declared < until)
    panel = _index_lots(lots, config)
    state = _State(panel, config)
    rows = [_no_rows()]
    for day, start, stop in zip(panel.days, panel.starts, panel.stops, strict=True):
        today = np.arange(start, stop)
        state.expire(int(day))
        rows += state.morning_rows(int(day), today)
        state.learn(int(day), today[panel.is_usable[today]])
    if until is not None:
        state.expire(until)
        rows += state.snapshot(until)
    table = [np.concatenate(column) for column in zip(*rows, strict=True)]
    order = np.lexsort((table[1], table[0]))
    return StoredReference(*(column[order] for column in table))


@dataclass(frozen=True)
class _Panel:
    """Lots in the order of day and group, and the groups and pools they belong to.

    Attributes:
        y: log price; group, market: index of each lot's, group -1 where it is not stated.
        pool_keys: keys of each lot on every rung, (N, rungs).
        firm_weight, market_weight: weight of each lot among its firm's, in the group and in the market.
        keys: of groups, (G,); market_of: (G,); pool_of: index of each group's pool by rung, -1 without.
        pools: keys by rung.
    """

    y: FloatArray
    is_usable: BoolArray
    group: IntArray
    market: IntArray
    firm: IntArray
    lot_keys: IntArray
    firm_weight: FloatArray
    market_weight: FloatArray
    keys: IntArray
    market_of: IntArray
    pool_of: list[IntArray]
    pools: list[IntArray]
    days: IntArray
    starts: IntArray
    stops: IntArray


def _index_lots(lots: Lots, config: ReferenceConfig) -> _Panel:
    order = np.lexsort((rung_keys(lots)[:, GROUP], lots.declared))
    lots = lots.take(order)
    y, keys = freight_free_log_price(lots), rung_keys(lots)
    keys[keys[:, MARKET] < 0, GROUP] = -1
    is_usable = np.isfinite(y) & lots.is_accepted & ~lots.is_disputed & (keys[:, GROUP] >= 0)
    group_keys, first, group = _number(keys[:, GROUP])
    markets, _, market = _number(keys[:, MARKET])
    pools, pool_of = [group_keys], [np.arange(len(group_keys))]
    for rung in range(1, len(RUNGS)):
        found, _, place = _number(keys[first, rung])
        pools, pool_of = [*pools, found], [*pool_of, place]
    days, starts = np.unique(lots.declared, return_index=True)
    return _Panel(
        y=y,
        is_usable=is_usable,
        group=group,
        market=market,
        firm=np.unique(np.column_stack([market, lots.importer_group]), axis=0, return_inverse=True)[1].ravel(),
        lot_keys=keys,
        firm_weight=_firm_weight(group, lots, is_usable, config),
        market_weight=_firm_weight(market, lots, is_usable, config),
        keys=group_keys,
        market_of=market[first],
        pool_of=pool_of,
        pools=pools,
        days=days,
        starts=starts,
        stops=np.append(starts[1:], len(y)),
    )


def _number(keys: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Distinct keys, the place where each first stands, and the number of each key; -1 for no key."""
    distinct, first, number = np.unique(keys, return_index=True, return_inverse=True)
    skip = int(len(distinct) > 0 and distinct[0] < 0)
    return distinct[skip:], first[skip:], number - skip


def _firm_weight(unit: IntArray, lots: Lots, is_usable: BoolArray, config: ReferenceConfig) -> FloatArray:
    """Weight of each lot: one over 1 + rho (n - 1), n the firm's lots in the unit in the days up to its own."""
    _, firm = np.unique(np.column_stack([unit, lots.importer_group]), axis=0, return_inverse=True)
    first = lots.declared.min() if len(lots) else 0
    span = int(lots.declared.max() - first + 1 + config.firm_window) if len(lots) else 1
    place = firm.ravel() * span + (lots.declared - first) + config.firm_window
    counted = np.sort(place[is_usable])
    n = np.searchsorted(counted, place, side="right") - np.searchsorted(
        counted, place - config.firm_window, side="right"
    )
    return 1.0 / (1.0 + config.firm_correlation * np.maximum(n - 1, 0))


class _Levels:
    """Point-mass levels of S series: mass (S, C, K), the middle of each grid, and the day each was last seen."""

    def __init__(self, size: int, motion: Motion, dtype: type = np.float64) -> None:
        self.motion = motion
        self.mass = np.zeros((size, len(motion.speeds), motion.cells), dtype=dtype)
        self.centre = np.zeros(size)
        self.last = np.zeros(size, dtype=np.int64)
        self.mean = np.zeros(size)
        self.variance = np.zeros(size)

    def start(self, rows: IntArray, centre: FloatArray, sd: FloatArray, day: int, weight: FloatArray) -> None:
        self.centre[rows] = centre
        self.settle(rows, self.motion.start(sd, weight), day)

    def settle(self, rows: IntArray, mass: FloatArray, day: int) -> None:
        """Keep the posterior of an evening, its grid moved under it where it has gone far."""
        cells = np.rint(self.motion.moments(mass)[0] / self.motion.step).astype(np.int64)
        cells = np.where(np.abs(cells) > self.motion.cells // 6, cells, 0)
        if cells.any():
            mass = self.motion.shift(mass, cells)
            self.centre[rows] += cells * self.motion.step
        mean, self.variance[rows] = self.motion.moments(mass)
        self.mean[rows] = self.centre[rows] + mean
        self.mass[rows], self.last[rows] = mass, day

    def speed_weight(self, rows: IntArray) -> FloatArray:
        return self.mass[rows].sum(axis=2)

    def rate(self, rows: IntArray) -> FloatArray:
        """Expected variance a day adds, (S,)."""
        return self.speed_weight(rows) @ self.motion.daily_variance


class _State:
    """All that is known between two days; `anchor` is where a group's market stood when the group was last seen."""

    def __init__(self, panel: _Panel, config: ReferenceConfig) -> None:
        self.panel, self.config = panel, config
        groups, markets = len(panel.keys), len(panel.pools[MARKET])
        self.market, self.group = _Levels(markets, config.market), _Levels(groups, config.group)
        self.market_alive, self.alive = np.zeros(markets, dtype=bool), np.zeros(groups, dtype=bool)
        self.anchor, self.anchor_variance = np.zeros(groups), np.zeros(groups)
        self.square, self.weight = np.zeros(groups), np.zeros(groups)
        self.market_square = np.full(markets, config.spread_worth * config.spread**2)
        self.market_worth = np.full(markets, config.spread_worth)
        firms = int(panel.firm.max(initial=-1)) + 1
        self.firm_far, self.firm_lots = np.zeros(firms), np.zeros(firms)
        self.recent, self.expired = np.zeros(groups, dtype=np.int64), 0

    def expire(self, day: int) -> None:
        """Lots older than the window leave n."""
        panel = self.panel
        until = int(np.searchsorted(panel.days, day - self.config.window))
        stop = int(panel.starts[until]) if until < len(panel.days) else len(panel.y)
        gone = np.arange(self.expired, stop)
        gone = panel.group[gone[panel.is_usable[gone]]]
        self.recent -= np.bincount(gone, minlength=len(self.recent))
        self.expired = max(self.expired, stop)

    def market_spread2(self, markets: IntArray) -> FloatArray:
        return self.market_square[markets] / self.market_worth[markets]

    def spread2(self, groups: IntArray) -> FloatArray:
        """Variance of honest lots around each group's level."""
        worth = self.config.group_worth
        common = self.market_spread2(self.panel.market_of[groups])
        return (self.square[groups] + worth * common) / (self.weight[groups] + worth)

    def moved(self, groups: IntArray, day: int) -> tuple[FloatArray, FloatArray]:
        """How far each group's market has gone since the group was last seen, and the variance of that."""
        market = self.panel.market_of[groups]
        days = day - self.group.last[groups]
        rate = self.market.rate(market)
        now = self.market.variance[market] + rate * (day - self.market.last[market])
        return (
            self.market.mean[market] - self.anchor[groups],
            self.config.carried * np.minimum(rate * days, self.anchor_variance[groups] + now),
        )

    def forecast(self, groups: IntArray, day: int) -> tuple[FloatArray, FloatArray]:
        """Mass of each group's level in the morning of `day`, and the middle of its grid."""
        shift, variance = self.moved(groups, day)
        days = (day - self.group.last[groups]).astype(float)
        return self.group.motion.carry(self.group.mass[groups], days, variance), self.group.centre[groups] + shift

    def rows(self, groups: IntArray, day: int) -> tuple[np.ndarray, ...]:
        """Stored rows of groups on file, in the order of the fields of StoredReference."""
        mass, centre = self.forecast(groups, day)
        mean, variance = self.group.motion.moments(mass)
        drift = self.group.rate(groups) + self.market.rate(self.panel.market_of[groups])
        return (
            self.panel.keys[groups], np.full(len(groups), day), centre + mean, np.sqrt(variance),
            drift, np.sqrt(self.spread2(groups)), self.recent[groups],
        )  # fmt: skip

    def morning_rows(self, day: int, today: IntArray) -> list[tuple[np.ndarray, ...]]:
        """Rows the day's lots are judged by: their groups, and the pools of lots whose group is not on file."""
        panel = self.panel
        has_group = panel.group[today] >= 0
        groups = np.unique(panel.group[today[has_group]])
        known = groups[self.alive[groups]]
        found = [self.rows(known, day)] if known.size else []
        stranger = ~has_group
        stranger[has_group] = ~self.alive[panel.group[today[has_group]]]
        wanted = panel.lot_keys[today[stranger]]
        if not stranger.any() or not self.alive.any():
            return found
        markets = np.isin(panel.pools[MARKET][panel.market_of], wanted[:, MARKET])
        return found + [
            tuple(column[np.isin(rows[0], wanted[:, rung])] for column in rows)
            for rung, rows in enumerate(self.pool_rows(day, markets), start=1)
        ]

    def snapshot(self, day: int) -> list[tuple[np.ndarray, ...]]:
        groups = np.flatnonzero(self.alive)
        return [self.rows(groups, day), *self.pool_rows(day, self.alive)] if groups.size else []

    def pool_rows(self, day: int, members: BoolArray) -> list[tuple[np.ndarray, ...]]:
        """Rows of the pools of all groups on file among `members`: where a group unseen so far would lie."""
        groups = np.flatnonzero(self.alive & members)
        shift, variance = self.moved(groups, day)
        level = self.group.mean[groups] + shift
        variance = self.group.variance[groups] + variance + self.group.rate(groups) * (day - self.group.last[groups])
        market = self.panel.market_of[groups]
        drift = self.market.rate(market) + self.group.rate(groups)
        found = []
        for rung in range(1, len(RUNGS)):
            pool = self.panel.pool_of[rung][groups]
            inside = pool >= 0
            mean, between = _pool(
                level[inside], variance[inside], pool[inside], self.config.pool_spread[rung], self.config.pool_worth
            )
            where, first = np.unique(pool[inside], return_index=True)
            of = np.flatnonzero(inside)[first]
            n = np.bincount(pool[inside], self.recent[groups[inside]])[where].astype(np.int64)
            found.append((
                self.panel.pools[rung][where], np.full(len(where), day), mean[where], np.sqrt(between[where]),
                drift[of], np.sqrt(self.market_spread2(market[of])), n,
            ))  # fmt: skip
        return found

    def learn(self, day: int, today: IntArray) -> None:
        """The evening of `day`: its usable lots, sorted by group, move their market, then their group."""
        if today.size == 0:
            return
        panel = self.panel
        groups, first, place = np.unique(panel.group[today], return_index=True, return_inverse=True)
        market = np.unique(panel.market_of[groups])
        fresh = market[~self.market_alive[market]]
        if fresh.size:
            weight = np.full((len(fresh), len(self.market.motion.speeds)), 1.0 / len(self.market.motion.speeds))
            self.market.start(fresh, np.zeros(len(fresh)), np.full(len(fresh), 0.01), day, weight)
            self.market_alive[fresh] = True
        known = self.alive[groups]
        if known.any():
            self.learn_market(day, today[known[place]])
        self.begin(day, groups[~known], today[~known[place]])
        self.learn_groups(day, groups, today, first, place)
        self.recent += np.bincount(panel.group[today], minlength=len(self.recent))

    def learn_market(self, day: int, today: IntArray) -> None:
        """The common surprise of the lots of groups on file moves their markets; honest lots tell the spread."""
        panel = self.panel
        groups, place = np.unique(panel.group[today], return_inverse=True)
        mass, centre = self.forecast(groups, day)
        mean, variance = self.group.motion.moments(mass)
        error = panel.y[today] - (centre + mean)[place]
        spread2 = self.spread2(groups)[place]
        below = self.below(today)
        self.learn_spread(today, error, spread2, variance[place], below)
        # Lots of one group share the error of its level: n of them weigh s^2 / n + v, not (s^2 + v) / n.
        weight = panel.market_weight[today]
        shared = np.bincount(place, weight)[place] * variance[place]
        sd = np.sqrt(spread2 + shared)
        by_market = np.argsort(panel.market[today], kind="stable")
        market, first = np.unique(panel.market[today][by_market], return_index=True)
        motion = self.market.motion
        days = (day - self.market.last[market]).astype(float)
        before = motion.carry(self.market.mass[market], days, np.zeros(len(market)))
        middle = motion.moments(before)[0]
        rows = np.repeat(np.arange(len(market)), np.diff(np.append(first, len(today))))
        deviation = error[by_market, None] - (motion.grid - middle[rows, None])
        likelihood = weight[by_market, None] * self.config.errors.log_density(
            deviation, sd[by_market, None], below[by_market, None]
        )
        self.market.settle(market, motion.weigh(before, np.add.reduceat(likelihood, first, axis=0)), day)

    def learn_spread(
        self, today: IntArray, error: FloatArray, spread2: FloatArray, variance: FloatArray, below: FloatArray
    ) -> None:
        """Squared errors of lots as far as they are honest and the level is known."""
        panel = self.panel
        predictive = spread2 + variance
        honest = self.config.errors.probability_honest(error, np.sqrt(predictive), below)
        self.firm_far += np.bincount(panel.firm[today], (1 - honest) * (error < 0), minlength=len(self.firm_far))
        self.firm_lots += np.bincount(panel.firm[today], minlength=len(self.firm_lots))
        trust = panel.firm_weight[today] * honest
        trust *= spread2 / predictive
        square = trust * error**2 * spread2 / predictive
        self.square += np.bincount(panel.group[today], square, minlength=len(self.square))
        self.weight += np.bincount(panel.group[today], trust, minlength=len(self.weight))
        self.market_square += np.bincount(panel.market[today], square, minlength=len(self.market_square))
        self.market_worth += np.bincount(panel.market[today], trust, minlength=len(self.market_worth))

    def below(self, today: IntArray) -> FloatArray:
        """Share of far lots below expected of each lot's firm in this market, from its earlier lots."""
        worth, firm = self.config.firm_worth, self.panel.firm[today]
        return (worth * self.config.errors.below + self.firm_far[firm]) / (worth + self.firm_lots[firm])

    def begin(self, day: int, groups: IntArray, today: IntArray) -> None:
        """Groups seen for the first time start where their best pool lies, else around their own first lots."""
        if groups.size == 0:
            return
        panel, config = self.panel, self.config
        own = np.searchsorted(groups, panel.group[today])
        centre, sd = _median_by(own, panel.y[today]), np.full(len(groups), config.first_sd)
        if self.alive.any():
            members = np.isin(panel.market_of, panel.market_of[groups])
            for rung, rows in enumerate(self.pool_rows(day, members), start=1):
                at = np.searchsorted(rows[0], panel.pools[rung][panel.pool_of[rung][groups]])
                at = np.minimum(at, max(len(rows[0]) - 1, 0))
                if len(rows[0]) == 0:
                    continue
                hit = (panel.pool_of[rung][groups] >= 0) & (
                    rows[0][at] == panel.pools[rung][panel.pool_of[rung][groups]]
                )
                better = hit & (rows[3][at] < sd)
                centre, sd = np.where(better, rows[2][at], centre), np.where(better, rows[3][at], sd)
        weight = np.full((len(groups), len(self.group.motion.speeds)), 1.0 / len(self.group.motion.speeds))
        self.group.start(groups, centre, sd, day, weight)
        self.alive[groups] = True
        self.anchor[groups] = self.market.mean[panel.market_of[groups]]
        self.anchor_variance[groups] = self.market.variance[panel.market_of[groups]]

    def learn_groups(self, day: int, groups: IntArray, today: IntArray, first: IntArray, place: IntArray) -> None:
        """Each group's lots move its own level, given where the market went."""
        panel, motion = self.panel, self.group.motion
        mass, centre = self.forecast(groups, day)
        deviation = panel.y[today, None] - centre[place, None] - motion.grid
        sd = np.sqrt(self.spread2(groups))[place, None]
        likelihood = panel.firm_weight[today, None] * self.config.errors.log_density(
            deviation, sd, self.below(today)[:, None]
        )
        self.group.centre[groups] = centre
        self.group.settle(groups, motion.weigh(mass, np.add.reduceat(likelihood, first, axis=0)), day)
        market = panel.market_of[groups]
        self.anchor[groups], self.anchor_variance[groups] = self.market.mean[market], self.market.variance[market]


def _pool(
    level: FloatArray, variance: FloatArray, pool: IntArray, prior_sd: float, worth: float
) -> tuple[FloatArray, FloatArray]:
    """Mean level of each pool's groups, and the variance of a further group of it, by pool index."""
    weight = 1.0 / (variance + prior_sd**2)
    total = np.maximum(np.bincount(pool, weight), 1e-300)
    mean = np.bincount(pool, weight * level) / total
    excess = np.maximum((level - mean[pool]) ** 2 - variance, 0.0)
    between = (np.bincount(pool, excess) + worth * prior_sd**2) / (np.maximum(np.bincount(pool) - 1, 0) + worth)
    return mean, between + 1.0 / total


def _median_by(owner: IntArray, values: FloatArray) -> FloatArray:
    """Median of the values of each owner 0 .. n - 1, every one of which has some."""
    ordered = values[np.lexsort((values, owner))]
    count = np.bincount(owner)
    start = np.cumsum(count) - count
    return (ordered[start + (count - 1) // 2] + ordered[start + count // 2]) / 2


def _no_rows() -> tuple[np.ndarray, ...]:
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return whole, whole, real, real, real, real, whole
