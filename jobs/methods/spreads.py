"""How far honest lots lie around their price, and how often each firm's lots lie far below it, learned lot by lot.

Online expectation-maximisation (Cappe and Moulines 2009, J R Stat Soc B 71:593): each squared error counts as far as
its lot is likely to be an ordinary one, so cuts and slips do not widen the spread. A group's spread is shrunk to its
market's, a firm's share of far lots to the usual share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jobs.methods.point_mass import GrossErrors
from jobs.methods.price_panel import PricePanel
from jobs.methods.reference_keys import MARKET

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Spreads:
    """Running sums by group, market and firm.

    Args:
        panel: the lots.
        errors: how lots lie around a level.
        usual, worth: log-sd before any lot is seen, and the lots it is worth.
        group_worth: lots a market's spread is worth in a group's.
        firm_worth: lots the usual share of far lots below is worth in a firm's.
    """

    def __init__(
        self, panel: PricePanel, errors: GrossErrors, usual: float, worth: float, group_worth: float, firm_worth: float
    ) -> None:
        self.panel, self.errors, self.group_worth, self.firm_worth = panel, errors, group_worth, firm_worth
        groups, markets, firms = len(panel.market_of), len(panel.pools[MARKET]), int(panel.firm.max(initial=-1)) + 1
        self.group_square, self.group_weight = np.zeros(groups), np.zeros(groups)
        self.market_square, self.market_weight = np.full(markets, worth * usual**2), np.full(markets, worth)
        self.firm_far, self.firm_lots = np.zeros(firms), np.zeros(firms)

    def of_markets(self, markets: IntArray) -> FloatArray:
        """Variance of honest log prices around their level, by market."""
        return self.market_square[markets] / self.market_weight[markets]

    def of_groups(self, groups: IntArray) -> FloatArray:
        """Variance of honest log prices around their level, by group."""
        common = self.of_markets(self.panel.market_of[groups])
        return (self.group_square[groups] + self.group_worth * common) / (self.group_weight[groups] + self.group_worth)

    def below(self, today: IntArray) -> FloatArray:
        """Share of lots far below that is expected of each lot's firm in its market."""
        firm = self.panel.firm[today]
        return (self.firm_worth * self.errors.below + self.firm_far[firm]) / (self.firm_worth + self.firm_lots[firm])

    def learn(self, today: IntArray, error: FloatArray, variance: FloatArray) -> None:
        """Count the day's lots, whose log prices missed levels known with `variance` by `error`."""
        panel = self.panel
        group, market, firm = panel.group[today], panel.market[today], panel.firm[today]
        spread2 = self.of_groups(group)
        sd, below = np.sqrt(spread2 + variance), self.below(today)
        honest = self.errors.probability_honest(error, sd, below)
        known = spread2 / (spread2 + variance)
        weight = panel.group_weight[today] * honest * known
        square = weight * error**2 * known / self.errors.variance_kept(sd, below)
        _add(self.group_square, group, square)
        _add(self.group_weight, group, weight)
        _add(self.market_square, market, square)
        _add(self.market_weight, market, weight)
        _add(self.firm_far, firm, (1.0 - honest) * (error < 0))
        _add(self.firm_lots, firm, np.ones(len(today)))


def _add(total: FloatArray, at: IntArray, values: FloatArray) -> None:
    """Add each value to the total of its place; places may repeat."""
    np.add.at(total, at, values)
