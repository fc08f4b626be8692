"""Every error that can be mended has one exit code and a sentence; a bug keeps its traceback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from deltalake.exceptions import DeltaError

from jobs.__main__ import main
from jobs.commands import exit_codes
from jobs.contracts import ContractError
from jobs.failures import explain
from jobs.ingest.gate import GateResult, GateStopped
from jobs.lake.delta import Lake
from jobs.lake.lock import LakeLocked
from jobs.lake.outdated import LakeOutdated
from jobs.setting_checks import SettingRefused
from tests.builders.nights import pointing


def code_of(error: Exception) -> int | None:
    explained = explain(error)
    return explained and explained[0]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LookupError("no such alert"), exit_codes.USAGE),
        (SettingRefused("capacity", name="CUSTOMS_CAPACITY", value="-1"), exit_codes.USAGE),
        (ContractError("a column is missing"), exit_codes.CONTRACT),
        (GateStopped(GateResult(date(2024, 4, 30), ())), exit_codes.GATE),
        (LakeLocked("held by another"), exit_codes.LOCKED),
        (LakeOutdated("an old table"), exit_codes.MACHINE),
        (PermissionError("landing"), exit_codes.MACHINE),
        (ConnectionResetError("by peer"), exit_codes.MACHINE),
        (MemoryError(), exit_codes.MACHINE),
        (DeltaError("truncated log"), exit_codes.MACHINE),
        (KeyError("night"), None),
        (IndexError(), None),
        (ValueError("negative"), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_has_one_code(error: Exception, code: int | None) -> None:
    assert code_of(error) == code


def test_exit_codes_have_one_meaning_each_and_none_is_a_crash() -> None:
    codes = [value for name, value in vars(exit_codes).items() if name.isupper()]
    assert sorted(codes) == [0, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "words", [("summary", "--night", "1999-01-01"), ("publish", "--night", "1999-01-01"), ("summary",), ("publish",)]
)
def test_a_night_that_was_not_run_is_2(words: tuple[str, ...], driver_lake: Lake, landing: Path) -> None:
    with pointing(Path(driver_lake.root), landing):
        assert main(list(words)) == exit_codes.USAGE


def test_a_lake_that_is_damaged_is_6(
    driver_lake: Lake, landing: Path, caplog: pytest.LogCaptureFixture, add_run: Callable[[Lake], Path]
) -> None:
    add_run(driver_lake).write_text("{", encoding="utf-8")
    with pointing(Path(driver_lake.root), landing):
        assert main(["summary"]) == exit_codes.MACHINE
    assert "python -m jobs doctor lake" in caplog.text


@pytest.fixture
def add_run() -> Callable[[Lake], Path]:
    """Writes one row to ops.run; the file of the table's log that says so."""

    def add(lake: Lake) -> Path:
        from jobs.night.run import Report, record

        record(lake, "detect", date(2024, 4, 30), lambda lake, night: Report())
        return Path(lake.path("ops.run")) / "_delta_log" / f"{0:020}.json"

    return add
