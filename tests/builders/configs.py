"""Configurations of tests and calibrations: those of the register, in the parts that methods take."""

from __future__ import annotations

from dataclasses import replace

from jobs.contracts import register
from jobs.domains.low_price.config import low_price_config
from jobs.domains.supply_chain.config import Span, SupplyChainConfig, supply_chain_config
from jobs.domains.supply_chain.methods.transits import TransitConfig
from jobs.forecasts.config import forecast_config
from jobs.stats.leak_audit.findings import AuditConfig
from jobs.stats.levels.point_mass import Motion

CONFIG = supply_chain_config()
QUANTITY = CONFIG.quantity
ALLOWANCE = QUANTITY.shift.allowance
AUDIT = register.configure(AuditConfig, register.rule("common", "leak_audit").parameters)
FORECAST = forecast_config()
MODELLING = FORECAST.models
INTERVALS = FORECAST.intervals
LOW_PRICE = low_price_config()


def spanning(months: int) -> SupplyChainConfig:
    """The night's settings, with every detector run in the last months."""
    return replace(CONFIG, span=Span(months, months))


def settled(**changed: float) -> TransitConfig:
    """Settings of SC-PIPE for a file that is not revised any more."""
    return replace(CONFIG.transits, **{"provisional_days": 0, **changed})


def motion(speeds: tuple[float, ...], jump_rate: float, jump_scale: float) -> Motion:
    """A motion on the grid that the register states."""
    market = LOW_PRICE.reference.market
    return Motion(speeds=speeds, jump_rate=jump_rate, jump_scale=jump_scale, cells=market.cells, step=market.step)
