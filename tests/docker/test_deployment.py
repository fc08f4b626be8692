"""The image and the compose file, read rather than run: there need be no Docker engine where the tests run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
SECRET = re.compile(r"password|secret|token|_key\b|fernet|database_url|sql_alchemy_conn", re.IGNORECASE)


def instructions(word: str) -> list[str]:
    """Arguments of every Dockerfile instruction of a kind, continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(word + " ")]


def test_every_part_of_the_platform_is_a_service() -> None:
    assert set(SERVICES) == {
        "postgres",
        "airflow-init",
        "airflow-api-server",
        "airflow-dag-processor",
        "airflow-scheduler",
        "spark-master",
        "spark-worker",
        "dashboard",
    }


def test_images_are_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()} | {name.split()[0] for name in instructions("FROM")}
    for image in images - {"base"}:
        assert re.search(r":\d+\.\d+", image), image


def test_no_secret_stands_in_the_file() -> None:
    """A setting that sounds like a secret names a file, or a command that reads one."""
    stated = [(name, value) for service in SERVICES.values() for name, value in service.get("environment", {}).items()]
    assert any(SECRET.search(name) for name, _ in stated)
    for name, value in stated:
        if SECRET.search(name):
            assert re.fullmatch(r"(cat )?/run/secrets/[a-z_]+", value), name
        assert not re.search(r"://[^/\s]+:[^/\s]+@", value), name
    assert not [line for line in instructions("ENV") + instructions("ARG") if SECRET.search(line)]


def test_every_secret_a_service_is_given_is_a_file_that_the_script_makes(tmp_path: Path) -> None:
    script = tmp_path / "make_secrets.sh"
    script.write_bytes((DOCKER / "make_secrets.sh").read_bytes())
    for _ in range(2):  # a second run keeps what the first made
        subprocess.run(["bash", script], check=True)
        made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
        password = made["postgres_password"]
        assert password in made["airflow_database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    given = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert given == set(COMPOSE["secrets"]) == set(made)
    assert all(body["file"] == f"./secrets/{name}" for name, body in COMPOSE["secrets"].items())


def test_secrets_stay_out_of_the_repository_and_the_image() -> None:
    assert "docker/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert not [line for line in ignored if line.startswith("!") and "secret" in line]


def test_the_image_is_installed_from_the_same_lock_and_jars_as_a_laptop() -> None:
    installs = [line for line in instructions("RUN") if "uv pip install" in line and "-r requirements.txt" in line]
    assert len(installs) == 1
    assert "--build-constraints docker/constraints.txt" in installs[0]
    assert "-c docker/constraints.txt" in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert any("docker/fetch_jars.py" in line for line in instructions("RUN"))
    assert any("docker/apt.txt" in line for line in instructions("COPY"))


def test_whatever_the_image_copies_is_let_through_to_the_builder() -> None:
    allowed = {
        line[1:]
        for line in (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    wanted = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert wanted
    assert wanted <= allowed
    assert not [source for source in allowed if not (ROOT / source).exists()]


def test_nothing_runs_as_root_or_gains_rights() -> None:
    assert instructions("USER") == ["customs"]
    assert DOCKERFILE.index("\nUSER customs") > DOCKERFILE.rindex("\nRUN")
    for service in OURS.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"]
        assert "user" not in service


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"airflow-init"}))
def test_every_service_that_stays_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_only_this_host_is_answered() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_driver_and_executors_see_the_lake_at_the_same_place() -> None:
    places = [
        {volume.split(":/")[0]: volume for volume in SERVICES[name]["volumes"]}["lake"]
        for name in ("airflow-scheduler", "spark-worker")
    ]
    assert places == ["lake:/lake"] * 2
    assert "CUSTOMS_LAKE=/lake" in DOCKERFILE


def test_pages_cannot_write_the_lake() -> None:
    assert "lake:/lake:ro" in SERVICES["dashboard"]["volumes"]


def test_the_entry_point_turns_secret_files_into_settings(tmp_path: Path) -> None:
    (tmp_path / "customs_database_url").write_text("postgresql://here", encoding="utf-8")
    script = (DOCKER / "entrypoint.sh").read_text(encoding="utf-8").replace("/run/secrets", str(tmp_path))
    (tmp_path / "entrypoint.sh").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["bash", tmp_path / "entrypoint.sh", "printenv", "CUSTOMS_DATABASE_URL"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "postgresql://here\n"
