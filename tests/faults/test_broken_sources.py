"""One night with Spark and a broken file of each way beside sound deliveries; `tests.faults.broken_sources` has all."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from jobs import contracts
from jobs.lake.delta import Lake
from tests.builders.broken_files import LAYS, is_known_way
from tests.builders.nights import Nightly, pointing
from tests.builders.poisons import changed
from tests.faults.broken_sources import break_source, deliveries_of, differing, silver, unnamed
from tests.faults.content import unbalanced
from tests.faults.poisons import said, without
from tests.faults.worlds import end_of, run_here

POISONS = ["26_digits", "a_thousand_times", "year_1024", "control_letters", "said_twice", "month_twice"]
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


def test_after_a_poisoned_night_the_corrected_files_leave_no_trace(nightly: Nightly, tmp_path: Path) -> None:
    landing, lake, night = tmp_path / "landing", tmp_path / "lake", nightly.nights[-1]
    shutil.copytree(nightly.landing, landing)
    shutil.copytree(nightly.lake, lake)
    delivered = {each.source: deliveries_of(landing, each.source) for each in contracts.landings()}
    newest = {source: files[-2:] for source, files in delivered.items() if len(files) > 1}
    days = [f"known_{night + timedelta(days=later)}" for later in (1, 2)]
    for poison, (source, (before, good)) in zip(POISONS, newest.items(), strict=False):
        content = changed(source, poison, good.read_bytes(), before.read_bytes())
        good.with_name(good.name.replace(f"known_{night}", days[0])).write_bytes(content)
    run_here(lake, landing, night + timedelta(days=1))
    for _, good in newest.values():
        shutil.copy(good, good.with_name(good.name.replace(f"known_{night}", days[1])))
    with pointing(lake, landing):
        assert end_of(["run", "ingest", "--night", str(night + timedelta(days=2))]) == 0
    assert unbalanced(lake) == []
    aside, before_it = (Lake(None, str(root), "").rows("ops.quarantine") for root in (lake, nightly.lake))
    assert len(aside) > len(before_it)
    one, other = (values(root, night + timedelta(days=2)) for root in (nightly.lake, lake))
    assert {key for key in {*one, *other} if one.get(key) != other.get(key)} == set()


def values(lake: Path, night: date) -> dict[str, dict[str, object]]:
    """Rows that a night sees by key, but for when they became known: the corrected files say it all once more."""
    spared = ("known_at", "known_at_assumed")
    rows = said(Lake(None, str(lake), ""), night)
    return {key: without(row, spared) for of_source in rows.values() for key, row in of_source.items()}
