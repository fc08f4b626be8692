"""A file system that hangs: its source is set aside within the time limit, and tried again."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.contracts.messages import say
from jobs.ingest.bronze import content, entries, patience
from jobs.ingest.bronze.journal import reason_of
from jobs.ingest.bronze.patience import PatientFile, TookTooLong, within
from jobs.lake.delta import Lake
from tests.builders.landing import TODAY, take, write_file, write_straits


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Paths of which the machine answers nothing until the test is over."""
    over, paths = Event(), set[str]()
    limit = SimpleNamespace(read_timeout=0.3)
    monkeypatch.setattr(content, "settings", lambda: limit)
    monkeypatch.setattr(entries, "settings", lambda: limit)
    read, names_in = os.read, entries.names_in

    def hang(number: int, size: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{number}") in paths:
            over.wait()
        return read(number, size)

    def hang_listing(folder: Path) -> list[str]:
        if str(folder) in paths:
            over.wait()
        return names_in(folder)

    monkeypatch.setattr(patience.os, "read", hang)
    monkeypatch.setattr(entries, "names_in", hang_listing)
    yield paths
    over.set()


def test_a_file_that_is_not_read_in_time_is_said_and_tried_again(
    driver_lake: Lake, landing: Path, hanging: set[str]
) -> None:
    path = write_file(landing, "gscpi", [("2024-05-01", "0.5")], "a")
    os.utime(path, (1, 1))
    write_file(landing, "gscpi", [("2024-06-01", "0.6")], "b")
    write_straits(landing, [("2024-06-01", 50)])
    hanging.add(str(path))
    landed = take(driver_lake, landing)
    assert (list(landed.taken), landed.waiting) == (["portwatch_straits"], ["gscpi/gscpi_monthly_b.csv"])
    (row,) = landed.set_aside
    code, params = reason_of(row)
    assert "within 0.3 seconds" in say(code, "en", params)
    hanging.clear()
    again = take(driver_lake, landing, TODAY + timedelta(days=1))
    assert (len(again.taken["gscpi"]), again.set_aside) == (2, [])


def test_a_folder_that_is_not_listed_in_time_stops_its_own_sources(
    driver_lake: Lake, landing: Path, hanging: set[str]
) -> None:
    hanging.add(str(write_file(landing, "gscpi", [("2024-05-01", "0.5")]).parent))
    write_straits(landing, [("2024-06-01", 50)])
    landed = take(driver_lake, landing)
    assert list(landed.taken) == ["portwatch_straits"]
    assert [(row["source"], row["reason_code"]) for row in landed.set_aside] == [("gscpi", "read_timeout")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(text=st.binary(max_size=300), sizes=st.lists(st.integers(0, 50), max_size=10), start=st.integers(0, 300))
def test_a_file_read_with_a_limit_is_the_file(tmp_path: Path, text: bytes, sizes: list[int], start: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(text)
    plain = io.BytesIO(text)
    with io.BufferedReader(PatientFile(os.open(path, os.O_RDONLY), 60)) as file:
        assert file.seek(start) == plain.seek(start)
        assert [file.read(size) for size in sizes] == [plain.read(size) for size in sizes]
        assert file.read() == plain.read()


def test_what_a_call_raises_is_raised_and_what_hangs_is_left() -> None:
    with pytest.raises(FileNotFoundError):
        within(60, lambda: os.stat("/no/such/file"))
    over = Event()
    with pytest.raises(TookTooLong):
        within(0.05, over.wait)
    over.set()
