"""One night with Spark and a broken file of each way beside sound deliveries; `tests.faults.broken_sources` has all."""

from __future__ import annotations

import shutil
from itertools import cycle
from pathlib import Path

import pytest

from jobs import contracts
from tests.builders.broken_files import LAYS, is_known_way
from tests.builders.nights import Nightly
from tests.faults.broken_sources import break_source, differing, silver, unnamed
from tests.faults.content import unbalanced
from tests.faults.worlds import run_here

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def test_a_night_goes_on_with_a_source_broken_in_each_way(nightly: Nightly, tmp_path: Path) -> None:
    landing, lake, night = tmp_path / "landing", tmp_path / "lake", nightly.nights[-1]
    shutil.copytree(nightly.landing, landing)
    shutil.copytree(nightly.before, lake)
    broken = [
        break_source(landing, delivered.source, way, night.isoformat())
        for way, delivered in zip(LAYS, cycle(contracts.landings()), strict=False)
        if is_known_way(delivered, way)
    ]
    run_here(lake, landing, night)
    assert [said for path in broken for said in unnamed(lake, path)] == []
    assert unbalanced(lake) == []
    assert differing(silver(nightly.lake), silver(lake), set()) == []
