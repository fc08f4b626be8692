"""The jars Spark does not ship, as docker/pom.xml names them, and whether pyspark's jars folder has them."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from jobs.settings import ROOT

POM = ROOT / "docker" / "pom.xml"
SPACE = {"m": "http://maven.apache.org/POM/4.0.0"}


@dataclass(frozen=True)
class Jars:
    """What docker/pom.xml asks for.

    Attributes:
        coordinates: what is asked for by name, as `group:artifact:version`.
        artifacts: the part of their closure that Spark does not ship.
    """

    coordinates: tuple[str, ...]
    artifacts: tuple[str, ...]


def needed(pom: Path = POM) -> Jars:
    """The jars that `pom` names."""
    root = ElementTree.parse(pom).getroot()
    wanted = [
        ":".join(dependency.findtext(f"m:{part}", "", SPACE) for part in ("groupId", "artifactId", "version"))
        for dependency in root.findall("m:dependencies/m:dependency", SPACE)
    ]
    included = root.findtext(".//m:includeArtifactIds", "", SPACE)
    return Jars(tuple(wanted), tuple(name.strip() for name in included.split(",")))


def pyspark_jars() -> Path:
    """The folder from which every Spark of this environment takes its jars, found without importing pyspark."""
    result = importlib.util.find_spec("pyspark")
    if result is None or not result.submodule_search_locations:
        raise ModuleNotFoundError("pyspark is not installed: run `make setup`")
    return Path(result.submodule_search_locations[0]) / "jars"


def jars_of(folder: Path, artifact: str) -> list[Path]:
    """Jars of one artifact in a folder, of whatever version and whatever prefix Spark's resolver gave it."""
    name = re.compile(rf"(?:.+_)?{re.escape(artifact)}-\d[^/]*\.jar")
    return sorted(path for path in folder.glob(f"*{artifact}-*.jar") if name.fullmatch(path.name))


def missing_jars(folder: Path, jars: Jars) -> list[str]:
    """Names of the jars the folder lacks; an artifact that is asked for by version counts in that version only."""
    pinned = {artifact: f"{artifact}-{version}.jar" for _, artifact, version in map(split, jars.coordinates)}
    return [
        pinned.get(artifact, artifact)
        for artifact in jars.artifacts
        if not any(path.name.endswith(pinned.get(artifact, ".jar")) for path in jars_of(folder, artifact))
    ]


def split(coordinate: str) -> tuple[str, str, str]:
    """Group, artifact and version of a coordinate.

    >>> split("io.delta:delta-spark_4.1_2.13:4.2.0")
    ('io.delta', 'delta-spark_4.1_2.13', '4.2.0')
    """
    group, artifact, version = coordinate.split(":")
    return group, artifact, version
