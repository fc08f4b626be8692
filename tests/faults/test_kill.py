"""One kill of the campaign of `tests.faults.kill`: detect dies between two commits of gold, and is run again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.lake.delta import Lake
from jobs.night import run
from tests.builders.nights import Nightly, pointing
from tests.faults.content import content, differences, unbalanced
from tests.faults.nights import Place, commits, kill_at, start

pytestmark = pytest.mark.spark


def test_a_night_killed_between_two_tables_heals_when_run_again(
    nightly: Nightly, spark: SparkSession, tmp_path: Path
) -> None:
    night = nightly.nights[-1]
    place = Place(tmp_path, nightly.landing)
    shutil.copytree(nightly.lake, place.lake)
    reference, lake = content(place.lake), Lake(spark, str(place.lake), "")
    for contract in contracts.tables("gold"):
        if lake.exists(contract.name):  # the night's ingest is done, its findings are not made yet
            lake.replace_night_rows(contract.name, lake.rows(contract.name).slice(0, 0), night)
    before = commits(place.lake)
    process = start(place, [sys.executable, "-m", "jobs", "run", "detect", "--night", night.isoformat()])
    assert kill_at(place, process, before + 2, 0.0)
    assert differences(reference, content(place.lake)) != []
    with pointing(place.lake, nightly.landing):
        run.run(("detect", "alert"), night)
    assert differences(reference, content(place.lake)) == []
    assert unbalanced(place.lake) == []
