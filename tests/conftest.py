"""What every test may use: one Spark session on two cores for the whole run, and lakes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

os.environ.setdefault("CUSTOMS_SPARK_MASTER", "local[2]")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from jobs.lake import Lake
from jobs.settings import settings


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """The one session of the run; it costs ten seconds, and nobody stops it."""
    from jobs.session import spark_session

    settings.cache_clear()
    return spark_session()


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(spark, str(tmp_path / "lake"), "run-1")


@pytest.fixture
def driver_lake(tmp_path: Path) -> Lake:
    """An empty lake for what needs no Spark."""
    return Lake(None, str(tmp_path / "lake"), "run-1")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """An empty landing folder."""
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder
