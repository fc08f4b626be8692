"""Starts a night in a process group of its own, by hand or through Airflow, and counts the commits of its lake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs.settings import ROOT


@dataclass(frozen=True)
class Place:
    """Where a scenario lives: its lake, its landing folder, the log of what its nights said."""

    root: Path
    landing: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def log(self) -> Path:
        return self.root / "night.log"

    def environment(self) -> dict[str, str]:
        """The environment in which a night works here and nowhere else."""
        own = {
            "CUSTOMS_LAKE": str(self.lake),
            "CUSTOMS_LANDING": str(self.landing),
            "OMP_NUM_THREADS": "1",
            "CUSTOMS_PUBLISHED": str(self.root / "published"),
            "PYTHONPATH": str(ROOT),
            "CUSTOMS_DATABASE_URL": f"sqlite:///{self.root / 'decisions.sqlite'}",
        }
        return {**os.environ, **own}


def commits(lake: Path) -> int:
    """Commits in all tables of a lake."""
    return sum(name.stem.isdigit() for name in lake.glob("*/*/_delta_log/*.json"))


def night_command(night: str, part: str = "") -> list[str]:
    """A whole night without Airflow, or one part of it, as a scheduler starts them."""
    return [sys.executable, "-m", "jobs", "run", *([part] if part else []), "--night", night]


def airflow_environment(place: Place) -> dict[str, str]:
    """The environment of docker/environment.sh, with an Airflow of its own that is made where there is none."""
    script = (
        ". docker/environment.sh && export AIRFLOW_HOME=$0 && { [ -e $0/made ] || airflow db migrate >&2; } && env -0"
    )
    home = place.root.parent / "airflow"
    text = subprocess.run(
        ["bash", "-c", script, str(home)], cwd=ROOT, env=place.environment(), check=True, capture_output=True
    ).stdout.decode()
    (home / "made").touch()
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def airflow_command(night: str) -> list[str]:
    """A night through Airflow."""
    return ["airflow", "dags", "test", "nightly_risk", "--conf", json.dumps({"night": night})]


def start(place: Place, command: Sequence[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a night as the leader of a new process group; its log is written by another, which no limit hits."""
    place.root.mkdir(parents=True, exist_ok=True)
    with place.log.open("ab") as log:
        writer = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
    assert writer.stdin is not None
    with writer.stdin as to_log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment or place.environment(),
            stdout=to_log,
            stderr=to_log,
            start_new_session=True,
        )


def groups_of(pid: int) -> set[int]:
    """Process groups of a process and of all it started: Airflow puts the Spark driver into another one."""
    groups = {pid}
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(ProcessLookupError):
                groups.add(os.getpgid(child.pid))
    return groups
