"""Configurations of tests: what the register states, with what a test changes."""

from __future__ import annotations

from jobs.domains.low_price.config import low_price_config
from jobs.stats.levels.point_mass import Motion

LOW_PRICE = low_price_config()


def motion(speeds: tuple[float, ...], jump_rate: float, jump_scale: float) -> Motion:
    """A motion on the grid that the register states."""
    market = LOW_PRICE.reference.market
    return Motion(speeds=speeds, jump_rate=jump_rate, jump_scale=jump_scale, cells=market.cells, step=market.step)
