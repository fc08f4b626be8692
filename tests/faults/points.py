"""Campaigns of many points: a result file a point, gone on with where they stopped, and a table at the end.

A point is one thing that is tried, by name; its result says in a sentence what went wrong, or nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Trial = Callable[[Path], str]


class Skipped(Exception):
    """A point that cannot be tried on this machine, and why."""


class Wrong(Exception):
    """A point that failed; the sentence says how."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a point came to.

    Attributes:
        point: its name.
        state: passed, failed or skipped.
        sentence: what was seen, what went wrong, or why it was not tried.
        seconds: how long it took.
    """

    point: str
    state: str
    sentence: str
    seconds: float


def say(text: str) -> None:
    """One line for the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def try_point(point: str, trial: Trial, place: Path) -> Result:
    """Try one point in an empty folder, which is kept where it failed."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    began = time.monotonic()
    state, sentence = "passed", ""
    try:
        sentence = trial(place)
    except Skipped as reason:
        state, sentence = "skipped", str(reason)
    except Wrong as wrong:
        state, sentence = "failed", str(wrong)
    except Exception as error:  # a campaign goes on, whatever a point meets
        state, sentence = "failed", " ".join(traceback.format_exception_only(error)[-1].split())
        (place / "traceback").write_text(traceback.format_exc(), encoding="utf-8")
    if state != "failed":
        shutil.rmtree(place, ignore_errors=True)
    return Result(point=point, state=state, sentence=sentence, seconds=round(time.monotonic() - began, 1))


def results(out: Path) -> dict[str, Result]:
    """Results that stand in a folder, by point."""
    files = sorted((out / "results").glob("*.json"))
    return {each.point: each for each in (Result(**json.loads(file.read_text(encoding="utf-8"))) for file in files)}


def keep(out: Path, result: Result) -> None:
    """Write a result; it appears whole or not at all."""
    folder = out / "results"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{result.point}.part"
    part.write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")
    part.replace(folder / f"{result.point}.json")


def run_points(out: Path, trials: Mapping[str, Trial], *, is_again: bool = False) -> int:
    """Try what has no result yet, or, again, what failed, and print the table; returns the number of failures."""
    done = {name: each for name, each in results(out).items() if each.state != "failed" or not is_again}
    for number, (point, trial) in enumerate(trials.items(), start=1):
        if point not in done:
            done[point] = try_point(point, trial, out / "work" / point)
            keep(out, done[point])
            say(f"{number:3} of {len(trials)} | {line_of(done[point])}")
    chosen = [done[point] for point in trials]
    for line in table(chosen):
        say(line)
    return sum(each.state == "failed" for each in chosen)


def line_of(result: Result) -> str:
    """A result as a line."""
    return f"{result.point:45} | {result.state:7} | {result.seconds:6.1f} s | {result.sentence}"


def table(chosen: Sequence[Result]) -> Iterator[str]:
    """The counts, and each failure's sentence."""
    states = [each.state for each in chosen]
    yield ""
    yield "points | passed | failed | skipped | seconds"
    counts = " | ".join(f"{states.count(state):6}" for state in ("passed", "failed"))
    yield f"{len(chosen):6} | {counts} | {states.count('skipped'):7} | {sum(each.seconds for each in chosen):7.0f}"
    for state in ("failed", "skipped"):
        yield from (line_of(each) for each in chosen if each.state == state)


def command(name: str, description: str, count: int | None = None) -> argparse.Namespace:
    """The arguments of a campaign.

    Args:
        name: module of `tests.faults`.
        description: what it does.
        count: points that are tried where the command names no number; None for all.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.faults.{name}", description=description)
    parser.add_argument("--out", type=Path, required=True, help="folder of results; the same again goes on with it")
    parser.add_argument("--count", type=int, default=count, help="points to try, in the order that the seed gives")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="try once more what failed")
    args = parser.parse_args()
    args.out = args.out.resolve()
    return args


def chosen(trials: Mapping[str, Trial], seed: int, count: int | None) -> dict[str, Trial]:
    """So many of the points, in an order drawn by the seed: a part of a campaign is a sample of it."""
    names = sorted(trials)
    random.Random(seed).shuffle(names)
    return {name: trials[name] for name in names[:count]}
