"""What a command costs: seconds, and the most memory that its processes held together."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

WAIT = 2.0  # seconds between looks at the memory, which take a tenth of one
LAST_LINES = 40


@dataclass(frozen=True)
class Cost:
    """What one command took.

    Attributes:
        seconds: of the clock.
        gigabytes: largest sum of what its processes held; what they share is counted once.
    """

    seconds: float
    gigabytes: float


def run_measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; its last lines are in the message.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.extend(child.stdout or ()))
        reader.start()
        most = 0.0
        while True:
            most = max(most, resident_bytes(child.pid))
            with suppress(subprocess.TimeoutExpired):
                child.wait(WAIT)
                break
        reader.join()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{''.join(said[-LAST_LINES:])}")
    return Cost(time.perf_counter() - started, most / 1e9)


def resident_bytes(pid: int) -> float:
    """Memory held by a process and everything below it; what forked workers share is counted once."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_full_info().pss
    return total
