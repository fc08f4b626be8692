"""How far honest lots lie around their price, and how often each firm's lots lie far below it, learned lot by lot.

Online expectation-maximisation (Cappe and Moulines 2009, J R Stat Soc B 71:593): each squared error counts as far as
its lot is likely to be an ordinary one, so cuts and slips do not widen the spread. A group's spread is shrunk to its
market's, a firm's share of far lots to the usual share.
"""

from __future__ import annotations

import numpy as np

from jobs.arrays import FloatArray, IntArray
from jobs.domains.low_price.methods.reference.config import ReferenceConfig
from jobs.domains.low_price.methods.reference.keys import MARKET
from jobs.domains.low_price.methods.reference.price_panel import PricePanel


class Spreads:
    """Running sums by group, market and firm.

    Args:
        panel: the lots.
        config: `spread` to `group_worth`, `firm_worth` and the gross errors of it.
    """

    def __init__(self, panel: PricePanel, config: ReferenceConfig) -> None:
        self.panel, self.errors = panel, config.errors
        self.group_worth, self.firm_worth, self.most_below = config.group_worth, config.firm_worth, config.most_below
        groups, markets, firms = len(panel.market_of), len(panel.pools[MARKET]), int(panel.firm.max(initial=-1)) + 1
        self.group_square, self.group_weight = np.zeros(groups), np.zeros(groups)
        self.market_square = np.full(markets, config.spread_worth * config.spread**2)
        self.market_weight = np.full(markets, config.spread_worth)
        self.firm_far, self.firm_lots = np.zeros(firms), np.zeros(firms)

    def of_markets(self, markets: IntArray) -> FloatArray:
        """Variance of honest log prices around their level, by market."""
        variance: FloatArray = self.market_square[markets] / self.market_weight[markets]
        return variance

    def of_groups(self, groups: IntArray) -> FloatArray:
        """Variance of honest log prices around their level, by group."""
        common = self.of_markets(self.panel.market_of[groups])
        return (self.group_square[groups] + self.group_worth * common) / (self.group_weight[groups] + self.group_worth)

    def below(self, today: IntArray) -> FloatArray:
        """Share of lots far below that is expected of each lot's firm in its market."""
        firm = self.panel.firm[today]
        share = (self.firm_worth * self.errors.below + self.firm_far[firm]) / (self.firm_worth + self.firm_lots[firm])
        return np.minimum(share, self.most_below)

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
        np.add.at(self.group_square, group, square)
        np.add.at(self.group_weight, group, weight)
        np.add.at(self.market_square, market, square)
        np.add.at(self.market_weight, market, weight)
        np.add.at(self.firm_far, firm, (1.0 - honest) * (error < 0))
        np.add.at(self.firm_lots, firm, np.ones(len(today)))
