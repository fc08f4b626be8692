"""Starts a night in a process group of its own, watches the lake's commits, and kills it where it is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs.settings import ROOT

POLL_SECONDS = 0.003
LONGEST_SECONDS = 900


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


def night_command(night: str) -> list[str]:
    """A whole night without Airflow."""
    return [sys.executable, "-m", "jobs", "run", "--night", night]


def start(place: Place, command: Sequence[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a night as the leader of a new process group."""
    place.root.mkdir(parents=True, exist_ok=True)
    with place.log.open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment or place.environment(), stdout=log, stderr=log, start_new_session=True
        )


def run_to_end(place: Place, command: Sequence[str], environment: dict[str, str] | None = None) -> int:
    """Run a night undisturbed; returns its exit code."""
    return start(place, command, environment).wait(LONGEST_SECONDS)


def kill_at(place: Place, process: subprocess.Popen[bytes], commit: int, delay: float) -> bool:
    """SIGKILL the night and all it started, `delay` seconds after the lake's commit number `commit`.

    Returns:
        Whether the night was still running then; one that ended before is no kill.
    """
    deadline = time.monotonic() + LONGEST_SECONDS
    while commits(place.lake) < commit and process.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    with suppress(subprocess.TimeoutExpired):
        process.wait(delay)
    was_running = process.poll() is None
    for group in groups_of(process.pid):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    process.wait()
    return was_running


def groups_of(pid: int) -> set[int]:
    """Process groups of a process and of all it started: Airflow puts the Spark driver into another one."""
    groups = {pid}
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(ProcessLookupError):
                groups.add(os.getpgid(child.pid))
    return groups
