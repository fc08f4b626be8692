"""The command line: where the truth goes, and what it answers when it cannot."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from jobs.commands.sample import add_arguments, run, truth_folder


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_writes_a_world_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert run(parse("--out", str(tmp_path / "landing"), "--seed", "3", "--size", "tiny")) == 0
    assert "10 landing files" in caplog.text
    assert (tmp_path / "landing-truth" / "cases.csv").exists()


def test_refuses_with_a_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    arguments = parse("--out", str(tmp_path), "--truth", str(tmp_path / "truth"), "--size", "tiny")
    assert run(arguments) == 2
    assert "inside the landing folder" in caplog.text


def test_truth_goes_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_TRUTH", str(tmp_path / "named"))
    assert truth_folder(parse("--out", "landing")) == tmp_path / "named"
    assert truth_folder(parse("--out", "landing", "--truth", "given")) == Path("given")
