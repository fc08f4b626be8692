"""A night of declared prices: tables of gold, and the signals of the lots that the capacity is spent on."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from jobs.alerting.domain import NightTables
from jobs.domains.low_price.config import low_price_config
from jobs.domains.low_price.night import find_low_prices
from jobs.domains.low_price.signals import lot_signals
from jobs.lake.as_of import end_of_night
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake


def detect(lake: Lake, night: date, capacity: int) -> NightTables:
    """Findings of a night from the lake; the tests counted are the grounds that could be tested."""
    tables = find_low_prices(lake, night, low_price_config(), capacity)
    lots, comparables = selected_lots(tables["gold.lot"], tables["gold.comparable"])
    signals = lot_signals(lots.to_pylist(), comparables.to_pylist(), night, end_of_night(night))
    grounds = pc.sum(pc.list_value_length(tables["gold.lot"]["grounds"])).as_py() or 0
    return NightTables(tables={"gold.signal": table_of("gold.signal", signals), **tables}, test_count=grounds)


def selected_lots(lots: pa.Table, comparables: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lots that the capacity is spent on, and their comparables."""
    lots = lots.filter(pc.not_equal(lots["selection"], "none"))
    kept = comparables.filter(pc.is_in(comparables["declaration_id"], lots["declaration_id"].combine_chunks()))
    return lots, kept
