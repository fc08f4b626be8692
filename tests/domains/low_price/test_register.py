"""A threshold stands in one file: whoever assesses a lot, the night or the counter, follows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.contracts import register
from jobs.domains.low_price.assessment import assess_lots
from jobs.domains.low_price.config import low_price_config
from jobs.domains.low_price.facts.lot_facts import bare_facts
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
