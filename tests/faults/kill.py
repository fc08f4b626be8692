"""Kills nights and runs them again: `python -m tests.faults.kill --kills 20 [--airflow 3]`.

On a tiny generated world a night is killed with its whole process group, at commits of the lake and at times after
them, and run again; then its tables must equal those of an undisturbed night in every column that is not lineage.
Half of the nights begin on an empty lake, half on one that has run an earlier night.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from jobs.sample import generate
from jobs.settings import ROOT
from tests.faults.content import Content, content, differences, unbalanced
from tests.faults.nights import Place, commits, kill_at, night_command, run_to_end, start

SEED = 7
# Share of the night's commits after which it is killed, and seconds that pass between the commit and the kill.
POINTS = (
    (0.50, 0.0),
    (0.90, 0.0),
    (0.30, 0.0),
    (0.75, 1.0),
    (1.00, 0.0),
    (0.60, 0.5),
    (0.95, 3.0),
    (0.03, 0.0),
    (0.70, 0.0),
    (0.85, 0.0),
    (0.00, 8.0),
    (0.45, 0.3),
    (0.65, 0.0),
    (0.80, 0.2),
    (0.55, 2.0),
    (0.99, 0.0),
    (0.40, 1.5),
    (0.62, 5.0),
    (0.93, 0.1),
    (1.00, 2.0),
)
HEALED = "rerun exit 0 | equal"
AIRFLOW_POINTS = ((0.45, 2.0), (0.80, 0.5), (0.95, 2.0))


@dataclass(frozen=True)
class Way:
    """How a night is run: a name, its command for a night, the environment for a place."""

    name: str
    command: Callable[[str], list[str]]
    environment: Callable[[Place], dict[str, str]]


@dataclass(frozen=True)
class Setting:
    """What a night is run on: a name, the lake it begins with, the night, and what it leaves undisturbed.

    Attributes:
        base: lake to begin with; None for an empty one.
        before: commits in `base`.
        added: commits of the undisturbed night.
        reference: what the lake says after it.
    """

    name: str
    base: Path | None
    night: str
    landing: Path
    before: int
    added: int
    reference: Content

    def prepare(self, root: Path) -> Place:
        """A place with a copy of the lake the night begins with."""
        if self.base:
            shutil.copytree(self.base, root / "lake")
        return Place(root, self.landing)


def say(text: str) -> None:
    """One line for the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def make_landing(root: Path) -> tuple[Path, Path, list[str]]:
    """A tiny world: its landing folder, one without the newest deliveries, and the days on which files came."""
    landing, earlier = root / "landing", root / "landing_earlier"
    generate(landing, root / "truth", SEED, "tiny")
    days = sorted({path.stem.split("_known_")[1] for path in landing.rglob("*.csv")})
    shutil.copytree(landing, earlier, ignore=shutil.ignore_patterns(f"*_known_{days[-1]}.csv"))
    return landing, earlier, days


def undisturbed(root: Path, name: str, base: Path | None, night: str, landing: Path) -> Setting:
    """Run a night that nobody disturbs, and remember what it left.

    Raises:
        RuntimeError: it failed.
    """
    place = Setting(name, base, night, landing, 0, 0, {}).prepare(root / f"undisturbed_{name}")
    before = commits(place.lake)
    if run_to_end(place, night_command(night)) != 0:
        raise RuntimeError(f"the undisturbed night failed: see {place.log}")
    return Setting(name, base, night, landing, before, commits(place.lake) - before, content(place.lake))


def kill_once(setting: Setting, root: Path, point: tuple[float, float], way: Way) -> str:
    """Kill one night, run it again, and say what came of it: a line of the table that ends in HEALED when all is
    well.
    """
    place = setting.prepare(root)
    environment, command = way.environment(place), way.command(setting.night)
    share, delay = point
    process = start(place, command, environment)
    was_running = kill_at(place, process, setting.before + round(share * setting.added), delay)
    reached = commits(place.lake) - setting.before
    exit_code = run_to_end(place, command, environment)
    result = differences(setting.reference, content(place.lake)) + [
        f"unbalanced {row}" for row in unbalanced(place.lake)
    ]
    if exit_code == 0 and not result:
        shutil.rmtree(root)
    killed = f"{reached} of {setting.added} commits, {delay:g} s after" if was_running else "ended before the kill"
    outcome = HEALED if exit_code == 0 and not result else f"rerun exit {exit_code} | {'; '.join(result) or 'equal'}"
    return f"{way.name:7} | {setting.name:6} | {killed:30} | {outcome}"


def airflow_environment(place: Place) -> dict[str, str]:
    """The environment of docker/environment.sh, with an Airflow of its own beside the lakes of the campaign."""
    text = subprocess.run(
        ["bash", "-c", ". docker/environment.sh && env -0"],
        cwd=ROOT,
        env=place.environment(),
        check=True,
        capture_output=True,
    ).stdout.decode()
    environment = dict(line.split("=", 1) for line in text.split("\0") if "=" in line)
    environment["AIRFLOW_HOME"] = str(place.root.parent / "airflow")
    return environment


def airflow_command(night: str) -> list[str]:
    """A night through Airflow."""
    return ["airflow", "dags", "test", "nightly_risk", "--conf", json.dumps({"night": night})]


BY_HAND = Way("jobs", night_command, Place.environment)
THROUGH_AIRFLOW = Way("airflow", airflow_command, airflow_environment)


def campaign(root: Path, kills: int, airflow: int) -> int:
    """Run the campaign below `root`; returns the number of nights that differ after their rerun."""
    landing, earlier, days = make_landing(root)
    first = undisturbed(root, "earlier", None, days[-2], earlier)
    base = root / "undisturbed_earlier" / "lake"
    settings = [
        undisturbed(root, "empty", None, days[-1], landing),
        undisturbed(root, "second", base, days[-1], landing),
    ]
    say(f"nights of {first.added}, {settings[0].added} and {settings[1].added} commits; logs in {root}")
    plan = [(BY_HAND, point) for point in islice(cycle(POINTS), kills)]
    if airflow:
        anywhere = Place(root / "airflow_set_up", landing)
        run_to_end(anywhere, ["airflow", "db", "migrate"], airflow_environment(anywhere))
        plan += [(THROUGH_AIRFLOW, point) for point in islice(cycle(AIRFLOW_POINTS), airflow)]
    wrong = 0
    for number, (way, point) in enumerate(plan, start=1):
        line = kill_once(settings[number % 2], root / f"kill_{number:02}", point, way)
        wrong += not line.endswith(HEALED)
        say(f"{number:2} | {line}")
    say(f"{len(plan)} kills, {wrong} not healed")
    return wrong


def main() -> int:
    """The command; 1 where a rerun did not heal."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--airflow", type=int, default=0)
    parser.add_argument("--root", type=Path, help="where to work; a temporary folder when not named")
    args = parser.parse_args()
    return int(campaign(args.root or Path(tempfile.mkdtemp(prefix="kills_")), args.kills, args.airflow) > 0)


if __name__ == "__main__":
    sys.exit(main())
