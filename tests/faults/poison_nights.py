"""Three nights without Spark: good deliveries of all sources, poison in the place of the next, the corrected ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from jobs import contracts
from jobs.ingest.freshness import freshness
from jobs.ingest.profile import profile
from jobs.lake.delta import Lake
from tests.builders.broken_files import name_of
from tests.builders.good_files import GOOD
from tests.builders.landing import ingest
from tests.builders.poisons import POISONS, is_known, lay_poison
from tests.faults.content import unbalanced
from tests.faults.points import Wrong

BEFORE, POISONED, CORRECTED = date(2024, 5, 20), date(2024, 6, 20), date(2024, 6, 21)
SAME_FILE = {"kcs_declaration_outcomes": "kcs_declarations"}
SOURCES = sorted({*GOOD} - {*SAME_FILE})


@dataclass(frozen=True, kw_only=True)
class Poisoning:
    """Which poison each source is given, and how its file and the corrected one are called.

    Attributes:
        of_source: the poison, by source.
        is_replaced: the corrected file lies in the place of the poisoned one, and neither states a day.
        has_past: the source delivered before.
    """

    of_source: Mapping[str, str]
    is_replaced: bool
    has_past: bool


def poisoning(round_: int) -> Poisoning:
    """The poisons of a round: after as many rounds as there are kinds each source was given each."""
    given = {source: poison_of(source, place + round_) for place, source in enumerate(SOURCES)}
    given |= {source: given[other] for source, other in SAME_FILE.items()}
    return Poisoning(of_source=given, is_replaced=round_ % 2 == 1, has_past=round_ % 4 < 3)


def poison_of(source: str, place: int) -> str:
    """The first poison from a place on that the source can be given."""
    ordered = (POISONS[(place + step) % len(POISONS)] for step in range(len(POISONS)))
    return next(poison for poison in ordered if is_known(source, poison))


def deliver_good(landing: Path, name: str, *, is_later: bool) -> None:
    """Lay one of the two sound deliveries of every source."""
    for source, good in GOOD.items():
        delivered = contracts.landing(source)
        path = landing / delivered.folder / name_of(delivered, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        clear(path)
        path.write_bytes(good.file(source, is_later=is_later))


def clear(path: Path) -> None:
    """Take away whatever lies there."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def stops(lake: Lake, night: date, before: dict[str, float]) -> Iterator[str]:
    """What the gate stops a night for, without Great Expectations' own road; `before`: rows by table, kept here."""
    from jobs.contracts.expectations import STOP, suite

    ages = {row["source"]: row["age_days"] for row in freshness(lake, night).to_pylist() if row["last_period"]}
    for contract in contracts.tables("silver"):
        if not lake.exists(contract.name):
            continue
        sources = [each for each in contracts.landings() if each.feeds == contract.name and each.source in ages]
        measured = profile(lake, contract, sources, ages, night)
        rows = before.get(contract.name)
        for asked in suite(contract, sources, None if rows is None else int(rows)).expectations:
            seen, least, most = measured[asked.column], asked.min_value, asked.max_value
            is_met = (least is None or seen >= least) and (most is None or seen <= most)
            if str(asked.severity.value) == STOP and not is_met:
                yield f"{contract.name}: {asked.expectation_type} {asked.meta['about']} {seen}"
        before[contract.name] = measured.get("row_count", 0)


def pass_night(lake: Lake, landing: Path, night: date, before: dict[str, float]) -> None:
    """The ingest of a night, with its gate.

    Raises:
        Wrong: the gate stops it, or records are lost.
    """
    ingest(lake, landing, night)
    wrong = [*stops(lake, night, before), *(f"unbalanced {row}" for row in unbalanced(Path(lake.root)))]
    if wrong:
        raise Wrong(f"the night of {night}: {'; '.join(wrong)}")


@dataclass(kw_only=True)
class Nights:
    """Nights on a lake of a folder, with the rows that each table had when one passed."""

    root: Path
    rows: dict[str, float] = field(default_factory=dict)

    @property
    def lake(self) -> Lake:
        return Lake(None, str(self.root / "lake"), "run")

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def run(self, night: date) -> None:
        pass_night(self.lake, self.landing, night, self.rows)

    def copy(self, root: Path) -> Nights:
        shutil.copytree(self.root, root)
        return Nights(root=root, rows={**self.rows})


@lru_cache(maxsize=2)
def before_poison(place: Path, has_past: bool) -> Nights:
    """What had come before."""
    nights = Nights(root=place / f"before_{has_past}")
    nights.landing.mkdir(parents=True)
    if has_past:
        deliver_good(nights.landing, f"before_known_{BEFORE}", is_later=False)
        nights.run(BEFORE)
    return nights


@lru_cache(maxsize=4)
def never_poisoned(place: Path, has_past: bool, is_replaced: bool) -> Nights:
    """The lake that never saw a poison."""
    nights = before_poison(place, has_past).copy(place / f"clean_{has_past}_{is_replaced}")
    correct(nights, is_replaced)
    return nights


def correct(nights: Nights, is_replaced: bool) -> None:
    """The night in which the corrected deliveries come."""
    deliver_good(nights.landing, name_in_landing("corrected", CORRECTED, is_replaced), is_later=True)
    nights.run(CORRECTED)


def after_poison(place: Path, asked: Poisoning, root: Path) -> Nights:
    """The lake that saw the poison, and then the corrected deliveries."""
    nights = before_poison(place, asked.has_past).copy(root)
    for source in SOURCES:
        poison = asked.of_source[source]
        lay_poison(nights.landing, source, poison, name_in_landing("poison", POISONED, asked.is_replaced))
    nights.run(POISONED)
    correct(nights, asked.is_replaced)
    return nights


def name_in_landing(what: str, day: date, is_replaced: bool) -> str:
    """What stands in a file's name where its pattern leaves room."""
    return "newest" if is_replaced else f"{what}_known_{day}"
