"""The session's options follow what has been delivered."""

from __future__ import annotations

from pathlib import Path

from jobs.lake.session import delivered_bytes


def test_all_that_sources_have_delivered_counts_and_nothing_else(tmp_path: Path) -> None:
    for place, size in (("kcs/one.csv", 10), ("firm/two.csv", 5), ("firm/old/three.csv", 100)):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"x" * size)
    assert delivered_bytes(tmp_path) == 15
    assert delivered_bytes(tmp_path / "missing") == 0
