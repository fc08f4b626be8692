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

HARMLESS = "blank_first_line"  # taken as if the line were not there
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


def break_source(landing: Path, source: str, way: str, day: str) -> Path:
    """Lay a broken file of a source beside what it delivers on a day; returns where."""
    files = deliveries_of(landing, source)
    good = files[-1].read_bytes() if files else sound(contracts.landing(source))
    return lay(landing, contracts.landing(source), way, good, day)


def named(path: Path) -> str:
    """What a file of the landing folder is called in the lake."""
    return f"{path.parent.name}/{shown(path.name)}"


def unnamed(root: Path, path: Path) -> Iterator[str]:
    """What is missing from what the night says of a broken file, for each source it is of."""
    lake, name = Lake(None, str(root), ""), named(path)
    noted: dict[str, dict[str, Any]] = {}
    for row in sorted(lake.rows("ops.delivery").to_pylist(), key=lambda row: row["ingested_at"]):
        if row["source_file"] == name:
            noted[row["source"]] = row
    fresh = {row["source"]: row for row in lake.rows("gold.freshness").to_pylist() if row["reason_en"]}
    loads = [row for row in lake.rows("ops.load").to_pylist() if row["source_file"] == name]
    messages = " ".join(row["message_en"] for row in lake.rows("ops.run").to_pylist())
    for source in sorted(hit_by(path)):
        if source not in noted:
            yield f"ops.delivery does not know {name} of {source}"
        elif noted[source]["delivery_state"] == SET_ASIDE:
            if not noted[source]["reason_code"]:
                yield f"{name} is set aside without a reason"
            if source not in fresh or not fresh[source]["reason_ko"] or fresh[source]["status"] != "late":
                yield f"gold.freshness does not say why {source} is late"
        elif HARMLESS not in name:
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
    today = world.night.isoformat()
    path = break_source(landing, source, way, today)
    for good in deliveries_of(landing, source):
        if good != path and f"_known_{today}" in good.name:
            good.unlink()
    run_here(lake, landing, world.night)
    wrong = [*unnamed(lake, path), *(f"unbalanced {row}" for row in unbalanced(lake))]
    spared = set() if way == HARMLESS else hit_by(path)
    if wrong := [*wrong, *differing(expected, silver(lake), spared)]:
        raise Wrong("; ".join(wrong))
    return ""


def differing(expected: Silver, seen: Silver, spared: set[str]) -> list[str]:
    """Sources but those spared whose silver differs, and in which tables."""
    result = []
    for source in sorted({*expected, *seen} - spared):
        one, other = expected.get(source, {}), seen.get(source, {})
        if tables := sorted(name for name in {*one, *other} if one.get(name) != other.get(name)):
            result.append(f"{source} has other rows in {', '.join(tables)}")
    return result


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
    return int(run_points(args.out, chosen(trials, args.seed, args.count), is_again=args.again) > 0)


if __name__ == "__main__":
    sys.exit(main())
