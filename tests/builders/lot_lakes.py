"""Silver of a generated world of declarations, written without ingestion: in a second what the night would take in.

Where a landing file would be refused a row, this is not asked: the world's rows are sound but for the slips in their
figures.
"""

from __future__ import annotations

import pyarrow as pa
from deltalake import write_deltalake

from jobs import contracts
from jobs.domains.low_price.backtest.world_tables import read_world
from jobs.lake.delta import Lake
from jobs.sample.low_price.world import DeclarationWorld


def write_lots(lake: Lake, world: DeclarationWorld, inspected: pa.Table | None = None) -> None:
    """The silver tables that the low-price night reads, holding the whole world with its vintages.

    Args:
        lake: the lake.
        world: the world.
        inspected: results of inspections, as landing has them; the world's own when not given. The lines are settled by
            the world's own in any case.
    """
    for name, rows in read_world(world, inspected).items():
        write(lake, name, rows)


def write(lake: Lake, name: str, rows: pa.Table) -> None:
    """The rows, in place of what the table held."""
    contract = contracts.table(name)
    write_deltalake(lake.path(name), rows, mode="overwrite", partition_by=contract.partition or None)
