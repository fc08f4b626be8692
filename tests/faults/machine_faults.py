"""Faults of the machine that strike a running night at a drawn point: each runs the night and says how it ended."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from jobs.domains.low_price import night as low_price
from jobs.domains.supply_chain import night as supply_chain
from tests.faults.content import Content
from tests.faults.nights import Place, airflow_command, airflow_environment, commits, groups_of, night_command, start
from tests.faults.points import Skipped
from tests.faults.worlds import LONGEST_SECONDS, World, night_here

POLL_SECONDS = 0.02
SETTLED_SECONDS = 0.3  # until all that a night said stands in its log
TRACEBACK = "Traceback (most recent call last)"
SPARE = 64 << 20  # bytes that Python may still take where its memory ends
IS_ROOT = os.geteuid() == 0


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where a night is disturbed.

    Attributes:
        world: what is delivered, and what an undisturbed night leaves.
        place: the lake that is disturbed, its log and its folder of decisions.
        last: commits in the lake that an undisturbed night leaves.
        reference: what that lake says.
        part: what a night in a process of its own runs; the whole night where none is named.
    """

    world: World
    place: Place
    last: int
    reference: Content
    part: str = ""

    def a_commit(self, draw: random.Random) -> int:
        """The number of one of the commits that the night will make."""
        now = commits(self.place.lake)
        return now + round(draw.random() * max(self.last - now, 0))


@dataclass(kw_only=True)
class End:
    """How a disturbed night ended.

    Attributes:
        code: its exit code, below 0 for a signal; text where it crashed.
        met: what the fault did; nothing where the night ended before it.
        log: what the night said, where it had a process of its own.
        may: further codes that this fault may end with, besides 6 and, where it was not noticed, 0.
    """

    code: int | str = 0
    met: str = ""
    log: str = ""
    may: tuple[int, ...] = field(default=())


Strike = Callable[[int], str]
Disturb = Callable[[Ground, random.Random], End]


@contextmanager
def struck(lake: Path, commit: int, pid: int, delay: float, strike: Strike) -> Iterator[list[str]]:
    """Meanwhile, `delay` seconds after the commit number `commit`, `strike` is called until it says what it did."""
    ended, said = threading.Event(), list[str]()

    def watch() -> None:
        while commits(lake) < commit:
            if ended.wait(POLL_SECONDS):
                return
        ended.wait(delay)
        while not ended.is_set() and not said:
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                said.extend(word for word in [strike(pid)] if word)
            ended.wait(POLL_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield said
    finally:
        ended.set()
        watcher.join()


def here(ground: Ground, commit: int, strike: Strike) -> End:
    """The night in this process, which the fault leaves alive."""
    world, lake = ground.world, ground.place.lake
    with struck(lake, commit, os.getpid(), 0, strike) as said:
        codes = [code for _, code in night_here(lake, world.landing, world.night)]
    return End(code=codes[-1], met=" ".join(said))


def beside(ground: Ground, commit: int, delay: float, strike: Strike, *may: int, airflow: bool = False) -> End:
    """The night in a process of its own."""
    place, night = ground.place, ground.world.night.isoformat()
    command = airflow_command(night) if airflow else night_command(night, ground.part)
    environment = airflow_environment(place) if airflow else place.environment()
    before = place.log.stat().st_size if place.log.exists() else 0
    process = start(place, command, environment)
    with struck(place.lake, commit, process.pid, delay, strike) as said:
        try:
            code: int | str = process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            kill(groups_of(process.pid))
            process.wait()
            code = f"no end within {LONGEST_SECONDS} s"
    time.sleep(SETTLED_SECONDS)
    return End(code=code, met=" ".join(said), log=place.log.read_text("utf-8", "replace")[before:], may=may)


def kill(groups: Iterable[int], number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to process groups."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, number)


def children(pid: int, word: str) -> list[psutil.Process]:
    """Processes below one whose command holds a word."""
    matching = []
    for each in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):
            if word in " ".join(each.cmdline()):
                matching.append(each)
    return matching


def killed(ground: Ground, draw: random.Random) -> End:
    """The night and all it started are killed."""

    def strike(pid: int) -> str:
        kill(groups_of(pid))
        return "killed"

    return beside(ground, ground.a_commit(draw), draw.choice((0, 0, 0.3, 1, 3)), strike, -signal.SIGKILL)


def killed_alone(ground: Ground, draw: random.Random) -> End:
    """Python is killed; Java lives on for a while, and may commit."""

    def strike(pid: int) -> str:
        os.kill(pid, signal.SIGKILL)
        return "Python killed"

    return beside(ground, ground.a_commit(draw), draw.choice((0, 0, 0.3, 1, 3)), strike, -signal.SIGKILL)


def killed_in_airflow(ground: Ground, draw: random.Random) -> End:
    """Airflow is killed with all it started, the Spark driver in a group of its own among it."""

    def strike(pid: int) -> str:
        kill(groups_of(pid))
        return "killed under Airflow"

    # Airflow's own log is full of tracebacks, and its exit code is not ours: a fault that it meets is a kill.
    end = beside(ground, ground.a_commit(draw), draw.choice((0, 0.5, 2)), strike, -signal.SIGKILL, airflow=True)
    end.log = ""
    return end


def terminated(ground: Ground, draw: random.Random) -> End:
    """The night is asked to end, as a service manager asks."""

    def strike(pid: int) -> str:
        kill([os.getpgid(pid)], signal.SIGTERM)
        return "asked to end"

    return beside(ground, ground.a_commit(draw), draw.choice((0, 0.3, 1)), strike, -signal.SIGTERM)


def java_killed(ground: Ground, draw: random.Random) -> End:
    """Java is killed under Python, at its start or when it has worked for some seconds."""
    commit, seconds = ground.a_commit(draw), draw.choice((0, 2, 4, 6))

    def strike(pid: int) -> str:
        worked = [each for each in children(pid, "java") if each.cpu_times().user >= seconds]
        for each in worked:
            each.kill()
        return f"Java killed after {seconds} s of work" if worked else ""

    return beside(ground, commit, 0, strike)


def worker_killed(ground: Ground, draw: random.Random) -> End:
    """A Python worker of Spark, or the process that forks them, is killed as soon as there is one.

    A small night has none: for this one what else the driver does itself is left to them, as it is for a large one.
    """
    is_parent = draw.random() < 0.3

    def strike(pid: int) -> str:
        workers = [child for each in children(pid, "pyspark.daemon") for child in (each, *each.children())]
        for each in workers[:1] if is_parent else workers[1:]:
            each.kill()
        return f"{'what forks workers' if is_parent else f'{len(workers) - 1} workers'} killed" if workers[1:] else ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(low_price, "FEW_LOTS", 0)
        patch.setattr(supply_chain, "FEW_ITEMS", 0)
        return here(ground, ground.a_commit(draw), strike)


def disk_full(ground: Ground, draw: random.Random) -> End:
    """The disk of the lake is full after a part of what the night writes."""
    if not IS_ROOT:
        raise Skipped("a disk of a size needs the right to mount")
    lake, kept = ground.place.lake, ground.place.root / "kept"
    room = draw.random() * max(used(ground.world.after) - used(lake), 0)
    size = used(lake) + int(room)
    lake.rename(kept)
    lake.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(lake)], check=False)
    if made.returncode != 0:
        lake.rmdir()
        kept.rename(lake)
        raise Skipped("a disk of a size needs the right to mount")
    shutil.copytree(kept, lake, dirs_exist_ok=True)
    shutil.rmtree(kept)
    try:
        end = here(ground, commits(lake), lambda _: f"{int(room) >> 10} KiB left")
    finally:
        shutil.copytree(lake, kept)
        subprocess.run(["umount", "--lazy", str(lake)], check=True)
        lake.rmdir()
        kept.rename(lake)
    return end


def used(folder: Path) -> int:
    """Bytes of a folder's files in whole pages, and a page for each folder."""
    sizes = [0 if path.is_dir() else path.stat().st_size for path in folder.rglob("*")]
    return sum(-(-size // 4096) * 4096 or 4096 for size in sizes)


def file_too_large(ground: Ground, draw: random.Random) -> End:
    """No file may grow beyond a size any more, which is how a quota or a full disk of another kind shows."""
    limit = 1 << draw.randrange(8, 17)

    def strike(pid: int) -> str:
        for each in (psutil.Process(pid), *children(pid, "java")):
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        return f"files end at {limit} bytes"

    return beside(ground, ground.a_commit(draw), 0, strike)


def memory_ends(ground: Ground, draw: random.Random) -> End:
    """Python gets no more memory than it has, and a little; native code that is refused memory aborts."""
    spare = draw.randrange(SPARE)

    def strike(pid: int) -> str:
        limit = psutil.Process(pid).memory_info().vms + spare
        resource.prlimit(pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        return f"{spare >> 20} MiB left"

    begun = commits(ground.place.lake) + 1  # what has no memory to start can not say so
    return beside(ground, max(ground.a_commit(draw), begun), 0, strike, -signal.SIGABRT, -signal.SIGSEGV)


def permission_lost(ground: Ground, draw: random.Random) -> End:
    """A table's folder, or its log, may no longer be written."""
    table = draw.choice(sorted(path.parent for path in ground.world.after.glob("*/*/_delta_log")))
    place = ground.place.lake / table.relative_to(ground.world.after)
    folder = draw.choice((place, place / "_delta_log"))
    closed: list[Path] = []
    close(ground.place.root)  # whether it can be done here at all
    open_again(ground.place.root)

    def strike(_: int) -> str:
        if not folder.is_dir():
            return ""
        close(folder)
        closed.append(folder)
        return f"{'/'.join(folder.parts[-2:])} closed"

    try:
        return here(ground, ground.a_commit(draw), strike)
    finally:
        for each in closed:
            open_again(each)


def close(folder: Path) -> None:
    """Nobody may write into a folder; root is stopped by nothing but an attribute of the file system."""
    if not IS_ROOT:
        folder.chmod(0o555)
    elif subprocess.run(["chattr", "+i", str(folder)], check=False, capture_output=True).returncode != 0:
        raise Skipped("root writes where it likes, and this file system knows no immutable folders")


def open_again(folder: Path) -> None:
    """Undo it."""
    if IS_ROOT:
        subprocess.run(["chattr", "-i", str(folder)], check=True)
    else:
        folder.chmod(0o755)


def log_entry_gone(ground: Ground, draw: random.Random) -> End:
    """An entry of a table's log is gone; it comes back from a copy, as the sentence says."""
    entry = draw.choice(sorted(ground.place.lake.glob("*/*/_delta_log/*.json")))
    aside = ground.place.root / entry.name
    entry.rename(aside)
    try:
        end = here(ground, 0, lambda _: f"{'/'.join(entry.parts[-4:])} gone")
    finally:
        aside.rename(entry)
    return end


def byte_flipped(ground: Ground, draw: random.Random) -> End:
    """A byte of a data file is another: `doctor lake` names the file, which comes back from a copy."""
    lake = ground.place.lake
    file = draw.choice(sorted(lake.glob("*/*/**/*.parquet")))
    copy = ground.place.root / "copy"
    shutil.copytree(lake, copy)
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    file.write_bytes(content)
    doctor = subprocess.run(
        [sys.executable, "-m", "jobs", "doctor", "lake", "--lang", "en"],
        env=ground.place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    is_named = doctor.returncode == 6 and file.name in doctor.stdout
    end = here(ground, 0, lambda _: f"a byte of {'/'.join(file.relative_to(lake).parts[:2])} flipped")
    if not is_named:
        end.code = f"doctor lake ended with {doctor.returncode} and does not name {file.name}"
    shutil.rmtree(lake)
    copy.rename(lake)
    return end


FAULTS: tuple[Disturb, ...] = (
    killed,
    disk_full,
    java_killed,
    permission_lost,
    worker_killed,
    terminated,
    log_entry_gone,
    file_too_large,
    byte_flipped,
    memory_ends,
    killed_alone,
)
