"""Has the whole market of a lot's goods fallen, so that its price is low against the past and not against others?

Every firm group has one vote a week (the median of its lots), so that neither one firm's volume nor a ring of
related firms is a market. Prices are first taken relative to the usual one of their specification, so that a
week of lower grades is no fall.
The level of the last weeks is compared with that of weeks before; the limit follows from the spread of the votes and
their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.arrays import BoolArray, FloatArray, IntArray
from jobs.domains.low_price.methods.comparables.windows import can_compare, number_keys
from jobs.domains.low_price.methods.lots import Lots
from jobs.stats.robust.medians import group_median, group_spread, row_median

_MARKET = ("product", "state", "origin")


@dataclass(frozen=True, kw_only=True)
class FallRule:
    """Figures of the search.

    Attributes:
        least_fall: log change that is a fall.
        errors: standard errors it must exceed.
        voters: firm groups that must tell.
        within: share of the recent level from which a lot's own price goes with the market.
        recent_weeks: weeks of the recent level, the lot's own the last of them.
        before_weeks: how many weeks back the earlier level begins and ends.
    """

    least_fall: float
    errors: float
    voters: int
    within: float
    recent_weeks: int
    before_weeks: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class MarketFall:
    """Of M lots, shape (M,).

    Attributes:
        log_change: recent level of the market over the earlier one; NaN where too few firms tell.
        is_fall: it fell, by more than chance.
        explains: it fell, and the lot's price lies near the recent level.
    """

    log_change: FloatArray
    is_fall: BoolArray
    explains: BoolArray


def find_market_fall(assessed: Lots, pool: Lots, rule: FallRule) -> MarketFall:
    """Change of the market of each assessed lot (product, state, origin) at its week of shipment."""
    pool = pool.take(can_compare(pool))
    if len(pool) == 0:
        none = np.zeros(len(assessed), dtype=bool)
        return MarketFall(log_change=np.full(len(assessed), np.nan), is_fall=none, explains=none)
    relative, own_relative = _relative_prices(assessed, pool)
    ours, theirs = _renumber(*number_keys(*_columns(assessed, pool, _MARKET)))
    n_keys = int(theirs.max(initial=-1)) + 1
    first = int(pool.shipped.min()) // 7
    n_weeks = int(pool.shipped.max()) // 7 - first + 1
    cell = np.where(theirs >= 0, theirs * n_weeks + pool.shipped // 7 - first, -1)
    firms = int(pool.importer_group.max()) + 1
    ballots, ballot = np.unique(np.where(cell >= 0, cell * firms + pool.importer_group, -1), return_inverse=True)
    vote, _ = group_median(relative, ballot, len(ballots))
    level, voters = group_median(vote, ballots // firms, n_keys * n_weeks)
    week, (begin, end) = assessed.shipped // 7 - first, rule.before_weeks
    recent, n_recent = _window_level(level, voters, ours, week, n_weeks, np.arange(1 - rule.recent_weeks, 1))
    before, n_before = _window_level(level, voters, ours, week, n_weeks, np.arange(-begin, 1 - end))
    ballot_key = np.where(ballots >= 0, ballots // firms // n_weeks, -1)
    middle, _ = group_median(vote, ballot_key, n_keys)
    spread = np.append(group_spread(vote, ballot_key, middle), np.nan)[ours]
    with np.errstate(divide="ignore", invalid="ignore"):
        error = spread * np.sqrt(np.pi / 2 * (1 / n_recent + 1 / n_before))
    enough = (n_recent >= rule.voters) & (n_before >= rule.voters)
    change = np.where(enough, recent - before, np.nan)
    with np.errstate(invalid="ignore"):
        is_fall = (change < -rule.least_fall) & (change < -rule.errors * error)
        return MarketFall(
            log_change=change, is_fall=is_fall, explains=is_fall & (own_relative > recent + np.log(rule.within))
        )


def _columns(assessed: Lots, pool: Lots, names: tuple[str, ...]) -> tuple[list[IntArray], list[IntArray]]:
    return [getattr(assessed, name) for name in names], [getattr(pool, name) for name in names]


def _renumber(ours: IntArray, theirs: IntArray) -> tuple[IntArray, IntArray]:
    """Keys of the pool as 0, 1, 2 ...; an assessed key the pool has not is -1."""
    keys = np.unique(theirs[theirs >= 0])

    def number(key: IntArray) -> IntArray:
        at = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
        return np.where(np.isin(key, keys), at, -1)

    return number(ours), number(theirs)


def _relative_prices(assessed: Lots, pool: Lots) -> tuple[FloatArray, FloatArray]:
    """Log price over the usual one of the specification, of pool and assessed lots."""
    ours, theirs = _renumber(*number_keys(*_columns(assessed, pool, (*_MARKET, "specification", "trade_level"))))
    log_price = np.log(pool.price)
    usual, _ = group_median(log_price, theirs, int(theirs.max(initial=-1)) + 1)
    usual = np.append(usual, np.nan)  # -1 takes the last
    with np.errstate(divide="ignore", invalid="ignore"):
        return log_price - usual[theirs], np.log(assessed.price) - usual[ours]


def _window_level(
    level: FloatArray, voters: IntArray, key: IntArray, week: IntArray, n_weeks: int, weeks: IntArray
) -> tuple[FloatArray, IntArray]:
    """Median weekly level over the given weeks around each lot's, and the votes behind it."""
    at = week[:, None] + weeks
    inside = (at >= 0) & (at < n_weeks) & (key[:, None] >= 0)
    cell = np.where(inside, key[:, None] * n_weeks + at, -1)
    middle, _ = row_median(np.append(level, np.nan)[cell])
    return middle, np.append(voters, 0)[cell].sum(axis=1)
