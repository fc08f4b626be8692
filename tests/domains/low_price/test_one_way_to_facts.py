"""The night, the back-test and the counter assess the very same facts, whichever way these came.

One small world three times: through landing, bronze and silver; as the tables its back-test reads; and, of the same
declarations, as a file brought to the counter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv
from pyspark.sql import SparkSession

from jobs.domains.low_price.backtest.world_tables import Tables, read_world
from jobs.domains.low_price.config import low_price_config
from jobs.domains.low_price.facts.arrays import lot_facts
from jobs.domains.low_price.facts.declared import as_known_lots, ask_lots, known_lots
from jobs.domains.low_price.facts.declared_file import read_declarations
from jobs.domains.low_price.facts.reference_data import ReferenceData, read_reference_data
from jobs.domains.low_price.on_demand import lay_beside
from jobs.lake.delta import Lake
from jobs.sample.low_price import DeclarationWorld, make_declarations
from jobs.sample.low_price.landing import declaration_files
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
NIGHT, HISTORY = date(2026, 1, 8), 1096  # a week before the world ends: much is not known yet
LINE = [("declaration_id", "ascending"), ("line_no", "ascending")]


@dataclass(frozen=True)
class Ways:
    """The world, what of it lies in a lake's silver, and what its back-test reads."""

    world: DeclarationWorld
    lake: Lake
    tables: Tables

    def in_silver(self) -> pa.Table:
        return as_known_lots(known_lots(self.lake, NIGHT, HISTORY).toArrow()).sort_by(LINE)

    def in_backtest(self) -> pa.Table:
        return ask_lots(self.tables.__getitem__, NIGHT, HISTORY)

    def at_counter(self, folder: Path) -> pa.Table:
        """The same declarations as they stood on the night, as a file, beside what the night knew of them."""
        filed, settled = self.world.declarations(is_filed=True), self.world.declarations()
        ended = self.world.inspection_results()
        ended = ended.filter(pc.less_equal(pc.utf8_slice_codeunits(ended["inspected_at"], 0, 10), NIGHT.isoformat()))
        is_ended = pc.is_in(name(settled), name(ended))
        lines = pa.concat_tables([filed.filter(pc.invert(is_ended)), settled.filter(is_ended)])
        lines = lines.filter(pc.less_equal(pc.utf8_slice_codeunits(lines["declared_at"], 0, 10), NIGHT.isoformat()))
        csv.write_csv(lines, folder / "filed.csv")
        lots, _ = read_declarations(folder / "filed.csv")
        known = self.in_silver()
        return lay_beside(known, lots, NIGHT).select(known.column_names).sort_by(LINE)


def name(lines: pa.Table) -> pa.Array:
    return pc.binary_join_element_wise(
        lines["declaration_id"], lines["line_no"].cast(pa.string()), "|"
    ).combine_chunks()


@pytest.fixture(scope="module")
def ways(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Ways:
    root = tmp_path_factory.mktemp("ways")
    world = make_declarations(7, 1500, days=40)
    for file in declaration_files(world, world.calendar.last):
        file.write(root / "landing")
    lake = Lake(spark, str(root / "lake"), "run-1")
    ingest(lake, root / "landing", date(2026, 1, 15))
    return Ways(world, lake, read_world(world))


def plain(value: Any) -> dict[str, np.ndarray]:
    """Every array in facts, by its place in them."""
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {f"{key}.{place}": each for key, inner in value.items() for place, each in plain(inner).items()}
    return {"": np.asarray(value)} if value is not None else {}


def assert_same_facts(ours: pa.Table, theirs: pa.Table, reference_data: tuple[ReferenceData, ReferenceData]) -> None:
    one, other = (
        plain(lot_facts(lots, known, low_price_config().facts))
        for lots, known in zip((ours, theirs), reference_data, strict=True)
    )
    assert one.keys() == other.keys()
    for place, values in one.items():
        np.testing.assert_array_equal(values, other[place], err_msg=place)


def columns(lots: pa.Table) -> dict[str, list[Any]]:
    """All but the record, which says where a row came from."""
    return {name: lots[name].to_pylist() for name in sorted(set(lots.column_names) - {"record_id"})}


def test_the_backtest_reads_the_lots_that_silver_has(ways: Ways) -> None:
    silver, backtest = ways.in_silver(), ways.in_backtest()
    assert len(silver) > 1000
    assert 0 < silver["finding"].null_count < len(silver)
    assert columns(silver) == columns(backtest)


def test_the_backtest_looks_around_as_the_night_does(ways: Ways) -> None:
    night, backtest = read_reference_data(ways.lake.dataset, NIGHT), read_reference_data(ways.tables.__getitem__, NIGHT)
    assert backtest.quotes.to_pylist() == night.quotes.to_pylist()
    assert backtest.tariffs.to_pylist() == night.tariffs.to_pylist()
    assert backtest.groups == night.groups


def test_the_backtest_assesses_the_facts_that_the_night_assesses(ways: Ways) -> None:
    reference_data = read_reference_data(ways.lake.dataset, NIGHT), read_reference_data(ways.tables.__getitem__, NIGHT)
    assert_same_facts(ways.in_silver(), ways.in_backtest(), reference_data)


def test_a_file_at_the_counter_makes_the_facts_that_the_night_assesses(ways: Ways, tmp_path: Path) -> None:
    reference_data = read_reference_data(ways.lake.dataset, NIGHT)
    silver, counter = ways.in_silver(), ways.at_counter(tmp_path)
    assert columns(silver) == columns(counter)
    assert_same_facts(silver, counter, (reference_data, reference_data))
