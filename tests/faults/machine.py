"""Faults of the machine and kills: `python -m tests.faults.machine --out FOLDER [--count N] [--seed S]`.

Each point disturbs a night in one way at a drawn moment. The night ends in a sentence with 6, or was killed; the next
one leaves tables equal to those of a night that nothing disturbed, in every column that is not lineage. One in forty
points kills a night under Airflow.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from functools import partial
from pathlib import Path

from jobs.commands.exit_codes import MACHINE, OK
from tests.faults.content import Content, content, differences, unbalanced
from tests.faults.machine_faults import FAULTS, TRACEBACK, Disturb, End, Ground, killed_in_airflow
from tests.faults.nights import Place, commits
from tests.faults.points import Trial, Wrong, command, run_points
from tests.faults.worlds import World, prepare, run_here

POINTS = 200
AIRFLOW_EVERY = 40


def wrong_end(end: End) -> str:
    """What is wrong with the end of a disturbed night, as a sentence; nothing where it may end so."""
    if end.code not in (OK, MACHINE, *end.may):
        last = end.log.strip().splitlines()[-1:] if isinstance(end.code, int) else []
        return f"ended with {end.code} {' '.join(last)}".strip()
    if TRACEBACK in end.log and end.code != OK and not (isinstance(end.code, int) and end.code < 0):
        return f"ended with {end.code} and a traceback"
    return ""


def not_healed(ground: Ground) -> list[str]:
    """What differs from an undisturbed night after the next one."""
    lake = ground.place.lake
    run_here(lake, ground.world.landing, ground.world.night)
    return differences(ground.reference, content(lake)) + [f"unbalanced {row}" for row in unbalanced(lake)]


def disturbed_night(world: World, reference: Content, disturb: Disturb, drawn: str, root: Path) -> str:
    """One night disturbed and the next one; what the fault did."""
    place = Place(root, world.landing)
    shutil.copytree(world.before, place.lake)
    ground = Ground(world=world, place=place, last=commits(world.after), reference=reference)
    end = disturb(ground, random.Random(drawn))
    if wrong := wrong_end(end):
        raise Wrong(f"{end.met or 'not met'}: {wrong}")
    try:
        differing = not_healed(ground)
    except Wrong as wrong:
        raise Wrong(f"{end.met}, ended with {end.code}; the next night: {wrong}") from None
    if differing:
        raise Wrong(f"{end.met}, ended with {end.code}; differs: {'; '.join(differing)}")
    return f"{end.met or 'ended before it was met'}, ended with {end.code}"


def points(world: World, seed: int, count: int) -> dict[str, Trial]:
    """So many points, the kinds of fault by turns."""
    reference, trials = content(world.after), dict[str, Trial]()
    for number in range(count):
        disturb = FAULTS[number % len(FAULTS)]
        if number % AIRFLOW_EVERY == AIRFLOW_EVERY - 1:
            disturb = killed_in_airflow
        trials[f"{seed}-{number:03}-{disturb.__name__}"] = partial(
            disturbed_night, world, reference, disturb, f"{seed}-{number}"
        )
    return trials


def main() -> int:
    """The command; 1 where a point failed."""
    os.environ.setdefault("CUSTOMS_LANDING_WAIT", "0")
    args = command("machine", str(__doc__), POINTS)
    trials = points(prepare(args.out), args.seed, args.count)
    return int(run_points(args.out, trials, is_again=args.again) > 0)


if __name__ == "__main__":
    sys.exit(main())
