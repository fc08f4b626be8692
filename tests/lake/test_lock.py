"""One writer at a time: a second process waits or refuses, and says who holds the lake."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.lake.lock import LakeLocked, lake_lock
from jobs.settings import settings

HOLD = (
    "from jobs.lake.lock import lake_lock\nwith lake_lock('other-run'):\n    print('held', flush=True)\n    input()\n"
)


@pytest.fixture
def own_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("CUSTOMS_DATABASE_URL", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def holder() -> subprocess.Popen[str]:
    """A process that holds the lake until it gets a line or is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_refuses_and_names_the_holder(own_lake: Path) -> None:
    process = holder()
    try:
        with (
            pytest.raises(LakeLocked, match=rf"locked by run other-run, process {process.pid} on .*, since 20"),
            lake_lock("mine", 0),
        ):
            pass
    finally:
        process.communicate("\n")
    with lake_lock("mine", 0):
        assert "run mine" in (own_lake / "lake.lock").read_text("utf-8")


def test_a_killed_holder_holds_nothing(own_lake: Path) -> None:
    process = holder()
    process.kill()
    process.wait()
    with lake_lock("mine", 0):
        pass


def test_a_lock_is_given_back_when_the_run_fails(own_lake: Path) -> None:
    with pytest.raises(RuntimeError, match="the run"), lake_lock("mine", 0):
        raise RuntimeError("the run")
    with lake_lock("mine", 0):
        pass
