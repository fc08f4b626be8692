"""The doctor's answers, with what it looks at replaced."""

from __future__ import annotations

import argparse
import os
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.commands import doctor as command
from jobs.contracts.messages import LANGUAGES
from jobs.doctor import jars, probes, system
from jobs.doctor.probes import Check
from jobs.settings import Settings

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(**values: object) -> None:
        chosen = Settings(**values)
        monkeypatch.setattr(probes, "settings", lambda: chosen)

    return use


@pytest.mark.parametrize(("version", "state"), [(17, "ok"), (21, "ok"), (11, "fail"), (None, "fail")])
def test_java(version: int | None, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "java_version", lambda: version)
    check = probes.java("en")
    assert check.state == state
    assert ("openjdk-17-jre-headless" in check.remedy) == (state == "fail")


def test_missing_jars_are_named_and_brought_by_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "pyspark_jars", lambda: tmp_path)
    check = probes.spark_jars("en")
    assert (check.state, check.remedy) == ("fail", "make setup")
    assert check.detected.startswith("11 of 11 missing: delta-spark")


def test_a_package_in_another_version_than_the_locks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "pins", lambda: {"pyspark": "4.1.1", "dash": "4.4.1"})
    monkeypatch.setattr(probes, "installed_version", {"pyspark": "4.1.1", "dash": "4.0.0"}.get)
    check = probes.packages("en")
    assert check.state == "fail"
    assert check.detected == "1 not as locked: dash 4.0.0"


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "pins", lambda: {"pyspark": "4.1.1", "dash": "4.4.1"})
    monkeypatch.setattr(probes, "installed_version", {"pyspark": "4.1.1"}.get)
    assert probes.packages("en").detected == "1 of 2 missing: dash"


@pytest.mark.parametrize(("free", "state"), [(3 << 30, "ok"), (1 << 30, "fail")])
def test_disk(
    free: int, state: str, tmp_path: Path, configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(lake=str(tmp_path / "not" / "yet" / "there"))
    monkeypatch.setattr(probes.shutil, "disk_usage", lambda place: Usage(1 << 40, 0, free))
    assert probes.disk("en").state == state


def test_a_lake_in_a_folder_that_cannot_be_written(
    tmp_path: Path, configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(lake=str(tmp_path / "lake"))
    assert probes.lake("en").state == "ok"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    check = probes.lake("en")
    assert check.state == "fail"
    assert str(tmp_path) in check.remedy


def test_a_lake_elsewhere_is_left_alone(configured: Callable[..., None]) -> None:
    configured(lake="s3://bucket/lake")
    assert probes.lake("en") == Check(subject="lake", state="ok", detected="s3://bucket/lake, not a local folder")


def test_the_key_file_is_readable_by_its_owner_alone(tmp_path: Path, configured: Callable[..., None]) -> None:
    key = tmp_path / "key"
    configured(kcs_key_file=key)
    assert probes.key_file("en").state == "warn"
    key.write_text("secret", encoding="utf-8")
    key.chmod(0o644)
    assert probes.key_file("en").remedy == f"chmod 600 {key}"
    key.chmod(0o600)
    assert probes.key_file("en").state == "ok"


def test_what_only_the_tests_need_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = probes.for_tests("chromium", "chromium", lambda: None)
    check = probe("en")
    assert check.state == "warn"
    assert check.remedy.endswith("chromium")


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("warn", 0), ("fail", 6)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_exit_code_says_whether_the_night_can_run(
    state: str, code: int, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        command,
        "examine",
        lambda lang: [Check(subject="java", state=state, detected="11", remedy="apt-get install a-java")],
    )
    assert command.run(argparse.Namespace(lang=lang, what="machine")) == code
    shown = capsys.readouterr().out
    assert "Java 17" in shown
    assert "apt-get install a-java" in shown


def test_every_probe_has_a_label_in_both_languages() -> None:
    for lang in LANGUAGES:
        checks = list(probes.examine(lang))
        command.report(checks, lang)
        assert len(checks) == 10
