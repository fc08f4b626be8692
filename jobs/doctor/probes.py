"""What the doctor looks at: each probe answers one question about this machine and names the command that mends it.

A probe fails where the night could not run without it; what only tests or fetching need is a note.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from shlex import quote
from typing import Literal

from jobs.contracts.messages import say
from jobs.doctor import jars, system
from jobs.settings import ROOT, settings

SETUP = "make setup"
LEAST_FREE_BYTES = 2 << 30
NAMES_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Check:
    """The answer of one probe.

    Attributes:
        subject: what was looked at; its label is the sentence `doctor.<subject>`.
        state: `ok`, `warn` where the night can run all the same, `fail` where it cannot.
        detected: what was found, in the language asked for.
        remedy: the command to run; empty where nothing is to be done.
    """

    subject: str
    state: Literal["ok", "warn", "fail"]
    detected: str
    remedy: str = ""


def java(lang: str) -> Check:
    """The Java that Spark would start."""
    version = system.java_version()
    if version in system.SUPPORTED_JAVA:
        return Check(subject="java", state="ok", detected=str(version))
    result = str(version) if version else say("doctor.none", lang)
    return Check(subject="java", state="fail", detected=result, remedy=system.install_line("openjdk-17-jre-headless"))


def spark_jars(lang: str) -> Check:
    """Delta's and Kafka's jars in pyspark's folder."""
    wanted = jars.needed()
    try:
        missing = jars.missing_jars(jars.pyspark_jars(), wanted)
    except ModuleNotFoundError:
        missing = list(wanted.artifacts)
    return count_missing("jars", missing, len(wanted.artifacts), lang)


def count_missing(subject: str, missing: list[str], count: int, lang: str) -> Check:
    """A failed check that names the first of what is missing, or a good one."""
    if not missing:
        return Check(subject=subject, state="ok", detected=say("doctor.all_present", lang, {"count": count}))
    names = ", ".join(missing[:NAMES_SHOWN]) + (" …" if len(missing) > NAMES_SHOWN else "")
    result = say("doctor.some_missing", lang, {"missing": len(missing), "count": count, "names": names})
    return Check(subject=subject, state="fail", detected=result, remedy=SETUP)


def pins(constraints: Path = ROOT / "docker" / "constraints.txt") -> dict[str, str]:
    """Package names of the lock and their versions."""
    lines = (line.strip() for line in constraints.read_text(encoding="utf-8").splitlines())
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def installed_version(name: str) -> str | None:
    """Version of an installed package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def packages(lang: str) -> Check:
    """Every package of the lock, in the version it names."""
    locked = pins()
    result = {name: installed_version(name) for name in locked}
    missing = [name for name, version in result.items() if version is None]
    if missing:
        return count_missing("packages", missing, len(locked), lang)
    differ = [f"{name} {version}" for name, version in result.items() if version != locked[name]]
    if differ:
        names = ", ".join(differ[:NAMES_SHOWN]) + (" …" if len(differ) > NAMES_SHOWN else "")
        stated = say("doctor.some_differ", lang, {"count": len(differ), "names": names})
        return Check(subject="packages", state="fail", detected=stated, remedy=SETUP)
    return count_missing("packages", [], len(locked), lang)


def airflow(lang: str) -> Check:
    """Airflow's program beside this Python."""
    version = installed_version("apache-airflow")
    if version and Path(sys.executable).with_name("airflow").exists():
        return Check(subject="airflow", state="ok", detected=version)
    return Check(subject="airflow", state="fail", detected=say("doctor.none", lang), remedy=SETUP)


def nearest_folder(path: Path) -> Path:
    """The deepest folder on the way to `path` that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())


def disk(lang: str) -> Check:
    """Room where the lake grows."""
    place = nearest_folder(Path(settings().lake)) if "://" not in settings().lake else ROOT
    free = shutil.disk_usage(place).free
    result = f"{free / (1 << 30):.1f} GiB ({place})"
    return (
        Check(subject="disk", state="ok", detected=result)
        if free >= LEAST_FREE_BYTES
        else Check(subject="disk", state="fail", detected=result, remedy=f"du -sh {quote(str(place))}")
    )


def lake(lang: str) -> Check:
    """Whether this user may write the lake."""
    if "://" in settings().lake:
        return Check(subject="lake", state="ok", detected=say("doctor.remote", lang, {"place": settings().lake}))
    place = nearest_folder(Path(settings().lake))
    if os.access(place, os.W_OK | os.X_OK):
        return Check(subject="lake", state="ok", detected=settings().lake)
    remedy = f"sudo chown -R {os.getuid()} {quote(str(place))}"
    return Check(subject="lake", state="fail", detected=str(place), remedy=remedy)


def key_file(lang: str) -> Check:
    """The file of the KCS key: there, and readable by its owner alone."""
    path = settings().kcs_key_file
    if path is None:
        return Check(subject="key_file", state="ok", detected=say("doctor.not_set", lang))
    if not path.is_file():
        return Check(
            subject="key_file",
            state="warn",
            detected=say("doctor.none", lang),
            remedy=f"install -m 600 /dev/stdin {quote(str(path))}",
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check(
            subject="key_file",
            state="warn",
            detected=say("doctor.readable", lang, {"place": path}),
            remedy=f"chmod 600 {quote(str(path))}",
        )
    return Check(subject="key_file", state="ok", detected=str(path))


def for_tests(subject: str, package: str, find: Callable[[], str | None]) -> Callable[[str], Check]:
    """A probe of something that only the tests need."""

    def probe(lang: str) -> Check:
        result = find()
        if result:
            return Check(subject=subject, state="ok", detected=result)
        return Check(
            subject=subject, state="warn", detected=say("doctor.none", lang), remedy=system.install_line(package)
        )

    return probe


PROBES: tuple[Callable[[str], Check], ...] = (
    java,
    spark_jars,
    packages,
    airflow,
    disk,
    lake,
    key_file,
    for_tests("chromium", "chromium", system.chromium),
    for_tests("fonts", "fonts-noto-cjk", system.korean_font),
    for_tests("postgresql", "postgresql", system.postgresql),
)


def examine(lang: str) -> Iterator[Check]:
    """The answers of all probes, in the order of the table."""
    for probe in PROBES:
        yield probe(lang)
