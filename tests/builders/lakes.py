"""Fixtures: lakes that pages, briefs and exports are tested on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.settings import settings
from tests.builders.gold import build_lake


@pytest.fixture(scope="session")
def built_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The builder's lake, written once a session and only read afterwards."""
    return build_lake(tmp_path_factory.mktemp("gold_lake"))


def point_to(monkeypatch: pytest.MonkeyPatch, lake: Path, published: Path) -> None:
    """Make the settings name this lake and this folder of published files."""
    monkeypatch.setenv("CUSTOMS_LAKE", str(lake))
    monkeypatch.setenv("CUSTOMS_PUBLISHED", str(published))
    settings.cache_clear()


@pytest.fixture
def gold_lake(built_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings name the builder's lake."""
    point_to(monkeypatch, built_lake, tmp_path / "published")
    yield built_lake
    settings.cache_clear()


@pytest.fixture
def empty_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings name a lake without a single table."""
    point_to(monkeypatch, tmp_path / "lake", tmp_path / "published")
    yield tmp_path / "lake"
    settings.cache_clear()
