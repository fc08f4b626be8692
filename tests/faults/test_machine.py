"""Ten points of `tests.faults.machine` on one lake, one after another: each ends in a sentence, then it heals."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import contracts
from tests.builders.nights import Nightly
from tests.faults.content import content
from tests.faults.machine import not_healed, wrong_end
from tests.faults.machine_faults import FAULTS, Ground
from tests.faults.nights import Place, commits
from tests.faults.points import Skipped
from tests.faults.worlds import World

pytestmark = [pytest.mark.spark, pytest.mark.slow]
SEED = 1
POINTS = 10
# Of a night in a process of its own one part, as the scheduler starts it; the campaign disturbs whole nights.
PARTS = {"killed": "ingest", "java_killed": "detect", "file_too_large": "alert", "memory_ends": "alert"}


def test_a_night_disturbed_ten_times_ends_in_sentences_and_heals(nightly: Nightly, tmp_path: Path) -> None:
    world = World(landing=nightly.landing, before=nightly.before, after=nightly.lake, night=nightly.nights[-1])
    place = Place(tmp_path, nightly.landing)
    shutil.copytree(world.before, place.lake)
    ground = Ground(world=world, place=place, last=commits(world.after), reference=content(world.after))
    ends = {}
    for number, disturb in enumerate(FAULTS[:POINTS]):
        try:
            chosen = of_part(ground, PARTS.get(disturb.__name__, ""))
            ends[disturb.__name__] = disturb(chosen, random.Random(f"{SEED}-{number}"))
        except Skipped:
            continue
    assert {name: wrong for name, end in ends.items() if (wrong := wrong_end(end))} == {}
    assert sum(end.met != "" for end in ends.values()) >= len(ends) // 2
    assert not_healed(ground) == []


def of_part(ground: Ground, part: str) -> Ground:
    """The ground of a night of one part, which is disturbed at one of the commits that the part makes.

    Findings are committed when Spark has done its work: that part is disturbed before.
    """
    if part in ("", "detect"):
        return replace(ground, part=part, last=0 if part else ground.last)
    tables = [each.name.split(".") for each in contracts.tables() if each.written_by == part]
    after, before = (
        sum(len([*lake.joinpath(*name, "_delta_log").glob("*.json")]) for name in tables)
        for lake in (ground.world.after, ground.world.before)
    )
    return replace(ground, part=part, last=commits(ground.place.lake) + after - before)
