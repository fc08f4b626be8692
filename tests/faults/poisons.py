"""Nights after poison: `python -m tests.faults.poisons --out FOLDER [--count N] [--seed S]`.

A point poisons every source at once, each in another way, in three nights without Spark: good deliveries, poison in the
place of the next ones, then the corrected ones. Every night passes the gate, and in the end the lake says what one says
that never saw the poison.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import contracts
from jobs.contracts.model import Table
from jobs.domains.supply_chain.facts.coverage import SCOPE
from jobs.domains.supply_chain.facts.items import gather_items
from jobs.ingest.bronze.journal import Journal
from jobs.ingest.silver.deliveries import is_let_in, last_loads
from jobs.lake.as_of import ask_known
from jobs.lake.delta import Lake
from tests.builders.poisons import POISONS
from tests.faults.points import Trial, Wrong, chosen, command, run_points
from tests.faults.poison_nights import CORRECTED, POISONED, Poisoning, after_poison, never_poisoned, poisoning

Rows = dict[str, dict[str, Any]]


def said(lake: Lake, night: date = CORRECTED) -> dict[str, Rows]:
    """By source and key what silver knows on a night, without lineage and the name of the delivery."""
    result: dict[str, Rows] = {}
    for contract in bitemporal(lake):
        names = ", ".join(contract.content_names)
        for row in ask_known(lake.dataset, f"select {names} from seen", night, {"seen": contract.name}).to_pylist():
            result.setdefault(row["source"], {})[key_of(contract, row)] = row
    return result


def bitemporal(lake: Lake) -> list[Table]:
    """Tables of silver whose rows a delivery states."""
    return [each for each in contracts.tables("silver") if each.name != SCOPE and lake.exists(each.name)]


def key_of(contract: Table, row: Mapping[str, Any]) -> str:
    """The table and the key of a row."""
    return f"{contract.name} {[str(row[name]) for name in contract.key]}"


def stated_on(lake: Lake, day: date) -> dict[str, str]:
    """Keys of which deliveries of a day state something that counts, with the source."""
    return {
        key_of(contract, row): row["source"]
        for contract in bitemporal(lake)
        for row in lake.rows(contract.name, [*dict.fromkeys([*contract.key, "source", "arrived_on"])]).to_pylist()
        if row["arrived_on"] == day
    }


def items(lake: Lake) -> pa.Table:
    """What the detectors of supply chains are given: figures, and the months in which no row is zero."""
    rows = gather_items(lake.dataset, CORRECTED, {each.source: each.freshness_days for each in contracts.landings()})
    for row in (listed := rows.to_pylist()):
        for cell in row["cells"]:
            del cell["record_id"]
    return pa.Table.from_pylist(listed)


def differences(asked: Poisoning, clean: Lake, other: Lake) -> Iterator[str]:
    """What a lake says otherwise than one that never saw the poison.

    What the poison stated rightly was known a day earlier, and was said again by the correction. A source of which it
    was the first delivery that let anything in began with it: nothing that was published that day is loaded history
    any more.
    """
    expected, seen, earlier = said(clean), said(other), stated_on(other, POISONED)
    begun = set() if asked.has_past else let_in_on(other, POISONED)
    for source, poison in asked.of_source.items():
        rows, others = expected.get(source, {}), seen.get(source, {})
        for key in sorted({*rows, *others}):
            if key not in rows or key not in others:
                yield f"{source} after {poison}: {key} is {'gone' if key in rows else 'too much'}"
                continue
            spared = ("known_at", "known_at_assumed") if key in earlier or source in begun else ()
            one, two = (without(each[key], spared) for each in (rows, others))
            if names := sorted(name for name in one if one[name] != two[name]):
                yield f"{source} after {poison}: {key} has {[(one[name], two[name]) for name in names]}"
    if items(clean) != items(other):
        yield "what detectors of supply chains are given differs"


def let_in_on(lake: Lake, day: date) -> set[str]:
    """Sources of which a delivery of a day was let in."""
    counts = is_let_in(lake)
    return {row["source"] for row in last_loads(lake) if row["arrived_on"] == day and counts(row)}


def without(row: Mapping[str, Any], spared: Sequence[str]) -> dict[str, Any]:
    """A row without some columns and flags."""
    flags = [flag for flag in row["quality_flags"] if flag not in spared]
    return {name: value for name, value in {**row, "quality_flags": flags}.items() if name not in spared}


def still_named(asked: Poisoning, lake: Lake) -> Iterator[str]:
    """Sources that are called late for a poison that was corrected."""
    for row in Journal.read(lake).standing():
        if row["source"] in asked.of_source:
            yield f"{row['source']} is still late after {asked.of_source[row['source']]}: {row['source_file']}"


def poisoned_nights(round_: int, shared: Path, place: Path) -> str:
    """One point; `shared` keeps the lakes that many points compare with."""
    asked = poisoning(round_)
    clean = never_poisoned(shared, asked.has_past, asked.is_replaced).lake
    other = after_poison(shared, asked, place / "poisoned").lake
    if wrong := [*still_named(asked, other), *differences(asked, clean, other)]:
        raise Wrong("; ".join(wrong))
    return ""


def points(shared: Path) -> dict[str, Trial]:
    """A round a kind."""
    return {f"poisons-{number:02}": partial(poisoned_nights, number, shared) for number in range(len(POISONS))}


def main() -> int:
    """The command; 1 where a round failed."""
    os.environ.setdefault("CUSTOMS_LANDING_WAIT", "0")
    args = command("poisons", str(__doc__))
    shutil.rmtree(args.out / "shared", ignore_errors=True)
    return int(
        run_points(args.out, chosen(points(args.out / "shared"), args.seed, args.count), is_again=args.again) > 0
    )


if __name__ == "__main__":
    sys.exit(main())
