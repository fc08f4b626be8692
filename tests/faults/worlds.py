"""The small good world of the campaigns: a lake that has run a night, and what is delivered for the next one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.__main__ import main
from jobs.sample import generate
from jobs.settings import settings
from tests.builders.nights import SEED, earlier_files, pointing
from tests.faults.points import Wrong, say

PARTS = ("ingest", "detect", "alert")
LONGEST_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class World:
    """What every point begins with.

    Attributes:
        landing: all deliveries, those of the night among them.
        before: a lake that took what came earlier, and ran the night before.
        after: the same lake after an undisturbed night.
        night: the night.
    """

    landing: Path
    before: Path
    after: Path
    night: date


class Endless(BaseException):
    """A night that did not end; nothing on its way out takes it for an error of its own."""


def small_world(root: Path) -> Path:
    """A landing folder of sound deliveries: the collection's where it is there, else a generated one."""
    cases = Path(os.environ.get("CUSTOMS_CASES") or settings().real_data.parent / "cases")
    if (cases / "base" / "landing").is_dir():
        return cases / "base" / "landing"
    say(f"{cases} has no base/landing: a generated world takes its place")
    if not (root / "sample").is_dir():
        generate(root / "sample.part", root / "truth", SEED, "tiny")
        (root / "sample.part").rename(root / "sample")
    return root / "sample"


def prepare(root: Path) -> World:
    """The world of a campaign, made once below its folder.

    Raises:
        Wrong: a night that nothing disturbs fails.
    """
    root.mkdir(parents=True, exist_ok=True)
    source, made = small_world(root), root / "world"
    landing, earlier = made / "landing", made / "earlier"
    days = sorted(date.fromisoformat(day) for day in {*days_of(source)})
    if not (made / "after").is_dir():
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(source, landing)
        earlier_files(source, earlier)
        run_here(made / "before", earlier, days[-2])
        shutil.copytree(made / "before", made / "after.part")
        run_here(made / "after.part", landing, days[-1])
        (made / "after.part").rename(made / "after")
    return World(landing=landing, before=made / "before", after=made / "after", night=days[-1])


def days_of(landing: Path) -> Iterator[str]:
    """Days that the names of deliveries state."""
    for path in landing.rglob("*_known_*"):
        if match := re.search(r"_known_(\d{4}-\d{2}-\d{2})", path.name):
            yield match[1]


def run_here(lake: Path, landing: Path, night: date) -> None:
    """Run a night in this process.

    Raises:
        Wrong: a part of it ended otherwise than with 0.
    """
    for part, code in night_here(lake, landing, night):
        if code != 0:
            raise Wrong(f"{part} ended with {code}")


def night_here(lake: Path, landing: Path, night: date) -> Iterator[tuple[str, int | str]]:
    """The parts of a night in this process, up to one that fails, each with its exit code, or with how it crashed."""
    with pointing(lake, landing):
        for part in PARTS:
            code = end_of(["run", part, "--night", night.isoformat()])
            yield part, code
            if code != 0:
                return


def end_of(arguments: list[str]) -> int | str:
    """Exit code of a command that runs in this process; the last line of its traceback where it crashed."""
    try:
        with at_most(LONGEST_SECONDS):
            return main(arguments)
    except Endless:
        return f"no end within {LONGEST_SECONDS} s"
    except SystemExit as leaving:
        return f"left with {leaving.code}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "crash: " + " ".join(traceback.format_exception_only(error)[-1].split())[:400]


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Break off what takes longer."""

    def stop(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
