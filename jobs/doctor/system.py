"""The system packages of docker/apt.txt and whether this machine has what they bring, from whatever source.

Set-up runs this file by itself, before there is an environment, so it imports the standard library only:
`python3.11 jobs/doctor/system.py test` writes the names of the packages to install.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_PACKED = Path(__file__).parents[1] / "packed"  # in a wheel; jobs.settings cannot be imported here
APT = (_PACKED if _PACKED.is_dir() else Path(__file__).parents[2]) / "docker" / "apt.txt"
HEADING = re.compile(r"#\s*(run|test):")
JAVA_VERSION = re.compile(r'version "(\d+)')
SUPPORTED_JAVA = (17, 21)  # what Spark 4.1 supports; 17 is what is tested
WAIT_SECONDS = 20


def packages(apt: Path = APT) -> dict[str, str]:
    """Package names of docker/apt.txt and what needs each: `run`, or `test` alone."""
    needed, group = {}, "run"
    for line in apt.read_text(encoding="utf-8").splitlines():
        if match := HEADING.match(line):
            group = match[1]
        elif line.strip() and not line.startswith("#"):
            needed[line.strip()] = group
    return needed


def output_of(*command: str) -> str:
    """What a command writes, to both streams; nothing where it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr


def java_version() -> int | None:
    """Major version of the Java that Spark would start: that of JAVA_HOME, else the one on the path."""
    home = os.environ.get("JAVA_HOME")
    match = JAVA_VERSION.search(output_of(str(Path(home, "bin", "java")) if home else "java", "-version"))
    return int(match[1]) if match else None


def chromium() -> str | None:
    """The browser of the browser tests."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def postgresql() -> str | None:
    """The PostgreSQL server program; Debian keeps it off the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return shutil.which("postgres") or (str(installed[-1]) if installed else None)


def korean_font() -> str | None:
    """A font that has Korean letters."""
    if shutil.which("fc-list"):
        families = output_of("fc-list", ":lang=ko", "family").splitlines()
        return families[0].split(",")[0] if families else None
    return next((path.name for path in Path("/usr/share/fonts").rglob("*CJK*")), None)


PROBES: dict[str, Callable[[], object]] = {
    "libgomp1": lambda: ctypes.util.find_library("gomp"),
    "openjdk-17-jre-headless": lambda: java_version() in SUPPORTED_JAVA,
    "python3.11-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "chromium": chromium,
    "fonts-noto-cjk": korean_font,
    "postgresql": postgresql,
}


def missing(group: str) -> list[str]:
    """Packages whose contents are not there: those of the run, with `test` also those of the tests."""
    groups = ("run", "test") if group == "test" else ("run",)
    return [name for name, needed_by in packages().items() if needed_by in groups and not PROBES[name]()]


def install_line(*names: str) -> str:
    """The command that installs packages, as this user has to write it."""
    return ("" if os.geteuid() == 0 else "sudo ") + f"apt-get install -y --no-install-recommends {' '.join(names)}"


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing(sys.argv[1])) + "\n")
