"""A threshold stands in one file: whoever assesses a lot, the night, the counter or the back-test, follows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from jobs.contracts import register
from jobs.domains.low_price.assessment import assess_lots
from jobs.domains.low_price.backtest.generated import rank_world
from jobs.domains.low_price.config import low_price_config
from jobs.domains.low_price.facts.lot_facts import bare_facts
from jobs.domains.low_price.night import find_low_prices
from jobs.domains.low_price.on_demand import assess_file
from jobs.lake.delta import Lake
from tests.builders.lot_nights import CAPACITY, LotNight
from tests.builders.lots import make_lots
from tests.builders.schemas import copied_schemas

NIGHT, LOTS = 20_000, 60


def level_of_a_cheap_lot() -> int:
    """Level of a lot at six tenths of what thirty firms pay, by the configuration that the register gives now."""
    low_price_config.cache_clear()
    price = np.append(np.full(LOTS - 1, 1.0), 0.6)
    declared = np.append(NIGHT - 1 - np.arange(LOTS - 1) % 28, NIGHT)
    lots = make_lots(LOTS, importer=np.arange(LOTS), price=price, declared=declared, shipped=declared - 10)
    facts = bare_facts(lots, declared == NIGHT, np.zeros(1, dtype=np.int64), NIGHT)
    return int(assess_lots(facts, low_price_config(), capacity=1).assessment.levels.level[0])


def test_a_changed_threshold_changes_the_assessment_and_the_version_of_this_domain_alone(tmp_path: Path) -> None:
    before = level_of_a_cheap_lot()
    versions = [register.rules_version(domain) for domain in ("low_price", "supply_chain")]
    assert before >= 2
    try:
        with copied_schemas(tmp_path) as schemas:
            file = schemas / "rules" / "low_price" / "levels.yml"
            text = file.read_text(encoding="utf-8")
            assert "z_4: -4.0" in text
            file.write_text(text.replace("z_4: -4.0", "z_4: -400.0"), encoding="utf-8")
            register.rules.cache_clear()
            register.rules_version.cache_clear()
            assert level_of_a_cheap_lot() < before
            now = [register.rules_version(domain) for domain in ("low_price", "supply_chain")]
    finally:
        low_price_config.cache_clear()
    assert now[0] != versions[0]
    assert now[1] == versions[1]


def assess_thrice(result: LotNight, file: Path) -> tuple[pa.Table, pa.Table, list[bytes]]:
    """The grounds of the same world's lots by the night and by the counter, and all that the back-test ranks by."""
    low_price_config.cache_clear()
    config, order = low_price_config(), [("declaration_id", "ascending"), ("line_no", "ascending")]
    names = ["declaration_id", "line_no", "grounds"]
    night = find_low_prices(result.lake, result.night, config, CAPACITY)["gold.lot"].select(names).sort_by(order)
    counter, _ = assess_file(Lake(None, result.lake.root, "counter"), result.night, file)
    trial = rank_world(result.world, 2, config)
    ranked = [np.nan_to_num(each, nan=-9.0).tobytes() for each in (*trial.scores.values(), *trial.features.values())]
    return night, counter.select(names).cast(night.schema).sort_by(order), ranked


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("detectors/low_price/LP-5.yml", "lots: 20 ", "lots: 3 "),
        ("rules/low_price/comparables.yml", "nearest: 20", "nearest: 5"),
    ],
)
def test_a_changed_threshold_changes_night_counter_and_back_test(
    lot_night: LotNight, tmp_path: Path, name: str, old: str, new: str
) -> None:
    file = tmp_path / "declarations.csv"
    csv.write_csv(lot_night.filed(), file)
    before = assess_thrice(lot_night, file)
    assert before[0].equals(before[1])
    try:
        with copied_schemas(tmp_path / "copy") as schemas:
            text = (schemas / name).read_text(encoding="utf-8")
            assert old in text
            (schemas / name).write_text(text.replace(old, new), encoding="utf-8")
            for cached in (register.rules, register.detectors, register.rules_version):
                cached.cache_clear()
            after = assess_thrice(lot_night, file)
    finally:
        low_price_config.cache_clear()
    assert after[0].equals(after[1])
    assert not after[0].equals(before[0])
    assert after[2] != before[2]
