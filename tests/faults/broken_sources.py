"""Nights with one source broken: `python -m tests.faults.broken_sources --out FOLDER [--count N] [--seed S]`.

A broken file stands in the place of what a source delivers that night. The night ends with 0, its counts balance, the
file is named with a reason, and every other source has the silver of an undisturbed night.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from jobs import contracts
from jobs.ingest.bronze.entries import fits, shown
from jobs.ingest.bronze.journal import SET_ASIDE
from jobs.lake.canonical import canonical_json
from jobs.lake.delta import Lake
from tests.builders.broken_files import LAYS, hit_by, is_known_way, lay, sound
from tests.faults.content import unbalanced
from tests.faults.points import Skipped, Trial, Wrong, chosen, command, run_points
from tests.faults.worlds import World, prepare, run_here

Silver = dict[str, dict[str, Counter[str]]]


def silver(lake: Path) -> Silver:
    """Rows of silver without lineage, by source and table."""
    stored = Lake(None, str(lake), "")
    said: Silver = {}
    for contract in contracts.tables("silver"):
        for row in stored.rows(contract.name).to_pylist():
            said.setdefault(row["source"], {}).setdefault(contract.name, Counter())[canonical_json(row, contract)] += 1
    return said


def deliveries_of(landing: Path, source: str) -> list[Path]:
    """Files of a source, the newest last."""
    delivered = contracts.landing(source)
    files = [path for path in (landing / delivered.folder).glob("*") if fits(path.name, delivered.pattern)]
    return sorted(files, key=lambda path: path.name)


def break_source(landing: Path, source: str, way: str, day: str) -> tuple[str, set[str]]:
    """Lay a broken file in the place of what a source delivers on a day; its name, and the sources it is of."""
    files = deliveries_of(landing, source)
    good = files[-1].read_bytes() if files else sound(contracts.landing(source))
    for path in files:
        if f"_known_{day}" in path.name:
            path.unlink()
    path = lay(landing, contracts.landing(source), way, good)
    return f"{path.parent.name}/{shown(path.name)}", hit_by(path)


def unnamed(lake: Lake, name: str, hit: set[str]) -> Iterator[str]:
    """What is missing from what the night says of a broken file, for each source it is of."""
    noted: dict[str, dict[str, Any]] = {}
    for row in sorted(lake.rows("ops.delivery").to_pylist(), key=lambda row: row["ingested_at"]):
        if row["source_file"] == name:
            noted[row["source"]] = row
    fresh = {row["source"]: row for row in lake.rows("gold.freshness").to_pylist() if row["reason_en"]}
    loads = [row for row in lake.rows("ops.load").to_pylist() if row["source_file"] == name]
    messages = " ".join(row["message_en"] for row in lake.rows("ops.run").to_pylist())
    for source in sorted(hit):
        if source not in noted:
            yield f"ops.delivery does not know {name} of {source}"
        elif noted[source]["delivery_state"] == SET_ASIDE:
            if not noted[source]["reason_code"]:
                yield f"{name} is set aside without a reason"
            if source not in fresh or not fresh[source]["reason_ko"] or fresh[source]["status"] != "late":
                yield f"gold.freshness does not say why {source} is late"
        elif "blank_first_line" not in name:
            bad = sum(row["records_quarantined"] + row["records_rejected"] for row in loads if row["source"] == source)
            if not bad and name not in messages:
                yield f"{name} was taken without a word"


def broken_night(world: World, expected: Silver, source: str, way: str, place: Path) -> str:
    """One night with one source broken in one way."""
    if not is_known_way(contracts.landing(source), way):
        raise Skipped("root may read everything" if way == "unreadable" else "a source of one column")
    landing, lake = place / "landing", place / "lake"
    shutil.copytree(world.landing, landing)
    shutil.copytree(world.before, lake)
    name, hit = break_source(landing, source, way, world.night.isoformat())
    run_here(lake, landing, world.night)
    stored = Lake(None, str(lake), "")
    wrong = [*unnamed(stored, name, hit), *(f"unbalanced {row}" for row in unbalanced(lake))]
    seen = silver(lake)
    wrong += [
        f"{each} has other rows in {', '.join(sorted(differing(expected.get(each, {}), seen.get(each, {}))))}"
        for each in sorted({*expected, *seen} - hit)
        if expected.get(each, {}) != seen.get(each, {})
    ]
    if wrong:
        raise Wrong("; ".join(wrong))
    return ""


def differing(one: dict[str, Counter[str]], other: dict[str, Counter[str]]) -> set[str]:
    """Tables that differ."""
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}


def points(world: World) -> dict[str, Trial]:
    """Every source in every way."""
    expected = silver(world.after)
    return {
        f"{each.source}-{way}": partial(broken_night, world, expected, each.source, way)
        for each in contracts.landings()
        for way in LAYS
    }


def main() -> int:
    """The command; 1 where a night failed."""
    os.environ.setdefault("CUSTOMS_LANDING_WAIT", "0")
    args = command("broken_sources", str(__doc__))
    trials = points(prepare(args.out))
    return int(run_points(args.out, chosen(trials, args.seed, args.count)) > 0)


if __name__ == "__main__":
    sys.exit(main())
