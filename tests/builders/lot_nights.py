"""A low-price night of a small generated world: what it found, and the lake it wrote it to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from jobs import detect
from jobs.lake import Lake
from jobs.sample.declarations import make_declarations
from jobs.sample.declarations.world import DeclarationWorld
from tests.builders.lot_lakes import write_lots

SEED, LOTS, DAYS, CAPACITY = 7, 3000, 60, 40
NIGHT = date(2026, 1, 15)


@dataclass(frozen=True)
class LotNight:
    """The world, its lake, and the tables that the night found and wrote."""

    world: DeclarationWorld
    lake: Lake
    night: date
    tables: dict[str, pa.Table]

    def filed(self) -> pa.Table:
        """The judged lines as they stand in landing on the night."""
        lines = self.world.declarations()
        judged = self.tables["gold.lot"]["declaration_id"].combine_chunks()
        return lines.filter(pc.is_in(lines["declaration_id"], judged))


def find_lot_night(spark: SparkSession, folder: Path) -> LotNight:
    """Silver of the world, and the night's findings in gold."""
    world = make_declarations(SEED, LOTS, days=DAYS)
    lake = Lake(spark, str(folder), "run-1")
    write_lots(lake, world)
    found = detect.find(lake, NIGHT, ["low_price"], CAPACITY)
    detect.write(lake, found.tables, NIGHT)
    return LotNight(world, lake, NIGHT, found.tables)
