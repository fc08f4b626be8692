"""A declared world as arrays: what its tables are written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.sample.low_price.days import Calendar
from jobs.sample.low_price.look_alikes import LookAlikes
from jobs.sample.low_price.lots import DrawnLots
from jobs.sample.low_price.papers.declared import Declared
from jobs.sample.low_price.papers.identity import Identity
from jobs.sample.low_price.papers.inspections import Inspections
from jobs.sample.low_price.papers.registers import FirmNumbers
from jobs.sample.low_price.prices import Prices
from jobs.sample.low_price.products import Catalogue
from jobs.sample.low_price.schemes import Cases
from jobs.sample.low_price.trades import Trades

Rows = slice | NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class WorldArrays:
    """N lots in the order of their declaration, as arrays; the tables of `landing`, as Arrow.

    Attributes:
        difficulty: position in `LOG_SD` of each lot, by its product.
        prices: what everything truly cost on every day.
        price_reference, firm, firm_relation, tariff_rate: as landing has them, all of them.
    """

    seed: int
    calendar: Calendar
    catalogue: Catalogue
    trades: Trades
    firm_numbers: FirmNumbers
    prices: Prices
    lots: DrawnLots
    declared: Declared
    cases: Cases
    look_alikes: LookAlikes
    inspections: Inspections
    identity: Identity
    difficulty: NDArray[np.int64]
    price_reference: pa.Table
    firm: pa.Table
    firm_relation: pa.Table
    tariff_rate: pa.Table

    def __len__(self) -> int:
        return len(self.lots)
