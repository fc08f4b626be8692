"""A wheel of the checkout holds all that `sample`, `doctor` and `score` read: nothing of the checkout is opened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pyarrow import csv

from tests.builders.lot_nights import LotNight

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
BUILT_FROM = ("jobs", "dashboards", "schemas", "docker", "pyproject.toml", "README.md", "LICENSE")
# Python imports this before anything else; opening a file of ours outside the wheel ends the command.
GUARD = """
import sys
def refuse(event, args):
    if event == "open" and isinstance(args[0], str):
        for folder in ("jobs", "dashboards", "schemas", "docker", "tests"):
            if args[0].startswith({root!r} + "/" + folder + "/"):
                raise PermissionError("the checkout was opened: " + args[0])
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds an unpacked wheel and the guard."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "site"
    source.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "secrets"))
        else:
            shutil.copy(ROOT / name, source / name)
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    subprocess.run([sys.executable, "-P", "-c", build], cwd=source, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    (target / "sitecustomize.py").write_text(GUARD.format(root=str(ROOT)), encoding="utf-8")
    return target


def run(site: Path, cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m jobs` of the wheel, from a folder outside the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUSTOMS_", "SPARK_"))}
    return subprocess.run(
        [sys.executable, "-m", "jobs", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(site), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_what_stands_beside_the_code(site: Path) -> None:
    wanted = {
        path.relative_to(ROOT)
        for part in ("jobs", "dashboards")
        for path in (ROOT / part).rglob("*")
        if path.is_file() and path.suffix in {".py", ".csv", ".html", ".yml", ".css", ".js"}
    }
    assert {str(path) for path in wanted if not (site / path).is_file()} == set()


def test_the_wheel_makes_a_sample_world(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "sample", "--size", "tiny", "--out", "landing")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "landing").rglob("*.csv"))) > 3


def test_the_wheel_examines_the_machine(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "doctor", "--lang", "en", COLUMNS="200")
    assert "Traceback" not in done.stderr
    assert f"{tmp_path}/.local/lake" in done.stdout


def test_the_wheel_checks_its_contracts(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "contracts", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_scores_declarations(site: Path, tmp_path: Path, lot_night: LotNight) -> None:
    csv.write_csv(lot_night.filed().slice(0, 20), tmp_path / "declarations.csv")
    done = run(site, tmp_path, "score", "declarations.csv", "--lang", "en", CUSTOMS_LAKE=lot_night.lake.root)
    assert done.returncode == 0, done.stderr
    assert done.stdout
