"""The jars of docker/pom.xml, and what a folder lacks of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.doctor.jars import Jars, jars_of, missing_jars, needed, pyspark_jars

TWO = Jars(("io.delta:delta-spark_4.1_2.13:4.4.0",), ("delta-spark_4.1_2.13", "delta-storage"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("delta-spark_4.1_2.13-4.4.0.jar", "delta-storage-4.4.0.jar", "delta-storage-s3-4.4.0.jar"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_pom_names_eleven_jars_and_the_two_they_come_by() -> None:
    jars = needed()
    assert len(jars.artifacts) == 11
    assert {coordinate.split(":")[1] for coordinate in jars.coordinates} <= set(jars.artifacts)


def test_nothing_is_missing_where_all_are_there(folder: Path) -> None:
    assert missing_jars(folder, TWO) == []


def test_a_jar_that_came_along_is_missed_by_name(folder: Path) -> None:
    (folder / "delta-storage-4.4.0.jar").unlink()
    assert missing_jars(folder, TWO) == ["delta-storage"]


def test_another_version_of_what_is_pinned_counts_as_missing(folder: Path) -> None:
    (folder / "delta-spark_4.1_2.13-4.4.0.jar").rename(folder / "delta-spark_4.1_2.13-4.3.0.jar")
    assert missing_jars(folder, TWO) == ["delta-spark_4.1_2.13-4.4.0.jar"]


def test_a_jar_is_known_under_the_name_sparks_resolver_gives_it(tmp_path: Path) -> None:
    (tmp_path / "io.delta_delta-storage-4.4.0.jar").touch()
    assert [path.name for path in jars_of(tmp_path, "delta-storage")] == ["io.delta_delta-storage-4.4.0.jar"]


def test_this_environment_has_them() -> None:
    assert missing_jars(pyspark_jars(), needed()) == []
