"""What every test may use: one Spark session on two cores for the whole run, and lakes of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings
from pyspark.sql import SparkSession

os.environ.setdefault("CUSTOMS_SPARK_MASTER", "local[2]")
os.environ.setdefault("CUSTOMS_LANDING_WAIT", "0")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from jobs.lake.delta import Lake
from jobs.settings import settings

# The suite tells of a change, so its examples are the same each time; `HYPOTHESIS_PROFILE=explore` draws new ones.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.register_profile("explore", max_examples=1000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

if TYPE_CHECKING:
    from tests.builders.lot_nights import LotNight
    from tests.builders.nights import Nightly


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts Spark by the fixtures it uses, so that `make check` can leave it out."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.spark)
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        if "reference" in item.path.relative_to(Path(__file__).parent).parts[:1]:
            item.add_marker(pytest.mark.slow)  # yardsticks that no night runs


@pytest.fixture(scope="session")
def spark(compiler_log: Path) -> SparkSession:
    """The one session of the run; it costs ten seconds, and nobody stops it."""
    from jobs.lake.session import spark_session
    from tests.builders.spark_log import follow_compiler

    settings.cache_clear()
    session = spark_session()
    follow_compiler(session, compiler_log)
    return session


@pytest.fixture(scope="session")
def compiler_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Spark's compiler says from the session's first job on; what it compiled once it does not say again."""
    return tmp_path_factory.mktemp("spark") / "compiler.log"


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


@pytest.fixture(scope="session")
def nightly(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Nightly:
    """A lake after two nights of a tiny world, run once; tests that change it work on a copy."""
    from tests.builders.nights import run_nights

    return run_nights(tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="session")
def lot_night(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LotNight:
    """A lake after one low-price night of a small world of declarations, found and written once.

    Only read afterwards.
    """
    from tests.builders.lot_nights import find_lot_night

    return find_lot_night(spark, tmp_path_factory.mktemp("lots"))


@pytest.fixture(scope="session")
def telling_night(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LotNight:
    """The same night where inspections showed what prices do not, so that a ranker is promoted.

    Only read afterwards.
    """
    from tests.builders.lot_nights import find_lot_night

    return find_lot_night(spark, tmp_path_factory.mktemp("telling"), is_telling=True)
