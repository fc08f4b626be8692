"""Brings the jars of docker/pom.xml into pyspark's own folder: by Maven, or where that fails by Spark's resolver.

Usage: `.venv/bin/python docker/fetch_jars.py`. Jars an earlier run brought, of whatever version, are replaced.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs.doctor.jars import POM, Jars, jars_of, missing_jars, needed, pyspark_jars
from jobs.paths import plain_executable, plain_path

log = logging.getLogger("set-up")
SHOWN_CHARACTERS = 2000


def by_maven(folder: Path) -> bool:
    """Let Maven copy the jars into `folder`; whether it did."""
    if not shutil.which("mvn"):
        return False
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    return succeeds(["mvn", "-q", "-B", "-f", str(POM), *goal])


def succeeds(command: list[str], **environment: str) -> bool:
    """Run a command in silence; where it fails, the end of what it said is shown."""
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        log.warning("%s failed:\n%s", Path(command[0]).name, (done.stdout + done.stderr)[-SHOWN_CHARACTERS:])
    return done.returncode == 0


def by_spark(folder: Path, jars: Jars) -> bool:
    """Let Spark resolve the jars and their closure into `folder`; whether it did.

    The resolver works only on the way to a program, so spark-submit is given an empty one; it leaves what it
    found in `<ivy>/jars`.
    """
    program = folder / "nothing.py"
    program.write_text("", encoding="utf-8")
    python = plain_executable()  # Spark's scripts break a path at its spaces
    submit = [str(Path(python).with_name("spark-submit")), "--master", "local[1]"]
    resolve = ["--packages", ",".join(jars.coordinates), "--conf", f"spark.jars.ivy={folder / 'ivy'}"]
    # With the real home the resolver looks into ~/.m2 first, and fails on what a Maven run left there without its jar.
    environment = {"SPARK_SUBMIT_OPTS": f"-Duser.home={folder}", "SPARK_CONF_DIR": str(folder)}
    home = plain_path(pyspark_jars().parent)
    if not succeeds([*submit, *resolve, str(program)], PYSPARK_PYTHON=python, SPARK_HOME=home, **environment):
        return False
    for jar in (folder / "ivy" / "jars").glob("*.jar"):
        jar.rename(folder / jar.name)
    return True


def move_into(target: Path, folder: Path, jars: Jars) -> None:
    """Put the wanted jars of `folder` in place of those that `target` has."""
    for artifact in jars.artifacts:
        for old in jars_of(target, artifact):
            old.unlink()
        for jar in jars_of(folder, artifact):
            shutil.move(jar, target / jar.name[jar.name.index(artifact) :])


def main() -> int:
    """Bring what is missing; 0 when all jars are there."""
    logging.basicConfig(format="set-up: %(message)s", level=logging.INFO)
    jars, target = needed(), pyspark_jars()
    if not missing_jars(target, jars):
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if by_maven(folder) or by_spark(folder, jars):
            move_into(target, folder, jars)
    if missing := missing_jars(target, jars):
        log.error(
            "these jars could not be brought: %s. Check the way to repo1.maven.org (a proxy or mirror goes into "
            "~/.m2/settings.xml) and run `make setup` again. / jar 파일을 받지 못했습니다. repo1.maven.org 연결을 "
            "확인하고 `make setup`을 다시 실행하십시오.",
            ", ".join(missing),
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
