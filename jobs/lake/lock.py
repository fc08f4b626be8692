"""One writer at a time: an exclusive lock on the lake that names its holder.

The lock lives as long as the process that took it: a file lock on a laptop, a locked row in PostgreSQL when the
decisions live there. A Spark driver that outlives its orchestrator keeps it, so a rerun waits for the old
driver instead of writing beside it.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from jobs.contracts.messages import both
from jobs.settings import HOME, settings

RETRY_SECONDS = 0.5


class LakeLocked(Exception):
    """Another run writes to the lake; the message names it (exit code 5)."""


def describe_holder(run_id: str) -> str:
    """Who holds the lock, for people: run, process, machine, since when."""
    return (
        f"run {run_id}, process {os.getpid()} on {socket.gethostname()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    )


@contextmanager
def hold_file(path: Path, holder: str, wait_seconds: float) -> Iterator[None]:
    """The lock as a locked file, the holder's name in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LakeLocked(both("error.locked", holder=path.read_text(encoding="utf-8").strip())) from None
                time.sleep(RETRY_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(holder + "\n")
        file.flush()
        yield


@contextmanager
def hold_row(url: str, lake: str, holder: str, wait_seconds: float) -> Iterator[None]:
    """The lock as an advisory lock of a PostgreSQL session, the holder's name in a row beside it."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS lake_lock (lake text PRIMARY KEY, holder text NOT NULL)"))
        connection.commit()
        deadline = time.monotonic() + wait_seconds
        while not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext(:lake))"), {"lake": lake}):
            if time.monotonic() > deadline:
                name = connection.scalar(text("SELECT holder FROM lake_lock WHERE lake = :lake"), {"lake": lake})
                raise LakeLocked(both("error.locked", holder=name))
            time.sleep(RETRY_SECONDS)
        upsert = "INSERT INTO lake_lock VALUES (:lake, :holder) ON CONFLICT (lake) DO UPDATE SET holder = :holder"
        connection.execute(text(upsert), {"lake": lake, "holder": holder})
        connection.commit()
        try:
            yield
        finally:
            with suppress(OperationalError):  # the session is gone, and the lock with it
                connection.execute(text("SELECT pg_advisory_unlock(hashtext(:lake))"), {"lake": lake})
    engine.dispose()


@contextmanager
def lake_lock(run_id: str, wait_seconds: float = 60) -> Iterator[None]:
    """Hold the lake for one run.

    Raises:
        LakeLocked: another run still holds it after `wait_seconds`.
    """
    lake, url, holder = settings().lake, settings().database_url, describe_holder(run_id)
    if url.startswith("postgresql"):
        with hold_row(url, lake, holder, wait_seconds):
            yield
    else:
        local = Path(lake) if "://" not in lake else HOME / ".local" / "lake"
        with hold_file(local.with_name(local.name + ".lock"), holder, wait_seconds):
            yield
