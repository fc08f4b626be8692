"""System packages: which are needed, and how a machine without them is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.doctor import system


def test_every_package_of_the_list_has_a_way_to_be_recognised() -> None:
    assert set(system.packages()) == set(system.PROBES)


def test_the_night_needs_less_than_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "PROBES", dict.fromkeys(system.PROBES, lambda: None))
    assert set(system.missing("run")) == {"libgomp1", "openjdk-17-jre-headless", "python3.11-venv"}
    assert set(system.missing("test")) == set(system.packages())


@pytest.mark.parametrize(
    ("says", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 1),
        ('openjdk version "21" 2023-09-19', 21),
        ("", None),
    ],
)
def test_the_java_version_is_read_as_java_writes_it(
    says: str, major: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "output_of", lambda *command: says)
    assert system.java_version() == major


def test_java_home_counts_before_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    monkeypatch.setattr(system, "output_of", lambda *command: asked.append(command[0]) or "")
    system.java_version()
    assert asked == ["/opt/java/bin/java"]


def test_a_program_that_is_not_there_says_nothing() -> None:
    assert system.output_of("no-such-program-here") == ""


def test_who_is_not_root_is_given_the_line_with_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert system.install_line("chromium") == "sudo apt-get install -y --no-install-recommends chromium"


def test_set_up_can_ask_before_there_is_an_environment() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", Path(system.__file__), "run"], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= set(system.packages())
