"""A low-price night of a small generated world: what it found, and the lake it wrote it to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from jobs.domains.low_price.detection import detect
from jobs.lake.delta import Lake
from jobs.night.detect import write
from jobs.sample.low_price import make_declarations
from jobs.sample.low_price.world import DeclarationWorld
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
        """The assessed lines as they stand in landing on the night."""
        lines = self.world.declarations()
        assessed = self.tables["gold.lot"]["declaration_id"].combine_chunks()
        return lines.filter(pc.is_in(lines["declaration_id"], assessed))


def find_lot_night(spark: SparkSession, folder: Path, *, is_telling: bool = False) -> LotNight:
    """Silver of the world, and the night's findings in gold.

    Args:
        spark: the session.
        folder: of the lake.
        is_telling: inspections are many, and show of one importer what its prices do not; those of the world otherwise.
    """
    world = make_declarations(SEED, LOTS, days=DAYS)
    lake = Lake(spark, str(folder), "run-1")
    write_lots(lake, world, telling_inspections(world) if is_telling else None)
    result = detect(lake, NIGHT, CAPACITY)
    write(lake, result.tables, NIGHT)
    return LotNight(world, lake, NIGHT, result.tables)


def telling_inspections(world: DeclarationWorld) -> pa.Table:
    """Every second lot inspected and the result known three days later: all lots of the largest importer are found
    low.
    """
    lines = world.declarations(is_filed=True)
    lines = lines.take(pa.array(range(0, len(lines), 2)))
    counts = pc.value_counts(lines["importer_id"]).to_pylist()
    largest = max(counts, key=lambda each: (each["counts"], each["values"]))["values"]
    ended = [
        f"{date.fromisoformat(text[:10]) + timedelta(days=3)}T11:00:00+09:00"
        for text in lines["declared_at"].to_pylist()
    ]
    size = len(lines)
    return pa.table(
        {
            "declaration_id": lines["declaration_id"],
            "line_no": lines["line_no"],
            "inspected_at": ended,
            "selection": ["random"] * size,
            "propensity": [0.5] * size,
            "finding": pc.if_else(pc.equal(lines["importer_id"], largest), "undervalued", "no_finding"),
            "corrected_customs_value_krw": pa.nulls(size, pa.int64()),
            "corrected_net_mass_kg": pa.nulls(size, pa.float64()),
            "reason_code": [""] * size,
        }
    )
