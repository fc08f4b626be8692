"""`make run` in a clone whose path is unpleasant, on a machine without a locale."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from jobs.lake.delta import Lake
from jobs.settings import ROOT
from tests.builders.landing import write_straits, write_trade

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.airflow]
NIGHT = date(2024, 4, 15)
CLONED = ("dags", "dashboards", "docker", "jobs", "schemas", "Makefile", "pyproject.toml", "requirements.txt")
STAMPS = {
    "packages": ("requirements.txt", "docker/constraints.txt"),
    "project": ("pyproject.toml",),
    "jars": ("docker/pom.xml", "docker/fetch_jars.py", ".venv/.stamps/packages"),
}


def is_set_up(root: Path) -> bool:
    """Whether set-up has nothing to do: else it would install this clone into the environment that it only borrows."""

    def is_fresh(name: str, files: tuple[str, ...]) -> bool:
        content = b"".join((root / file).read_bytes() for file in files)
        return (root / ".venv" / ".stamps" / name).read_text().strip() == hashlib.sha256(content).hexdigest()

    return (root / ".venv" / ".stamps").is_dir() and all(is_fresh(name, files) for name, files in STAMPS.items())


def clone(target: Path) -> Path:
    """The tracked folders at another place, with the environment of this one."""
    target.mkdir(parents=True)
    for name in CLONED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "secrets"))
        else:
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    return target


@pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="a wheel has no Makefile")
def test_a_clone_under_an_unpleasant_path_runs_without_a_locale(tmp_path: Path) -> None:
    root, landing = clone(tmp_path / "my 프로젝트 #1"), tmp_path / "반입 #2"
    write_trade(landing, [("2024.03", "CN", "280511", 1000, 5000)], f"known_{NIGHT}")
    write_straits(landing, [("2024-03-01", 5)], f"known_{NIGHT}")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CUSTOMS_", "LC_", "LANG", "PYTHON"))
    }
    environment |= {"LC_ALL": "C", "LANDING": str(landing), "SPARK_MASTER": "local[2]", "CUSTOMS_LANDING_WAIT": "0"}
    command = ["make", "run"] if is_set_up(root) else ["docker/night.sh"]
    for name in ("MAKEFLAGS", "MAKELEVEL", "SPARK_CONF_DIR", "VIRTUAL_ENV"):
        environment.pop(name, None)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said[-3000:]
    lake = Lake(None, str(root / ".local" / "lake"), "")
    assert all(len(lake.rows(name)) for name in ("silver.trade_month", "silver.strait_day"))
    assert {row["status"] for row in lake.rows("ops.run").to_pylist()} == {"ok"}
    assert (root / ".local" / "published" / NIGHT.isoformat()).is_dir()
    assert sorted(os.listdir(tmp_path)) == sorted([root.name, landing.name])
