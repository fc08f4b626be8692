"""Settings are checked at the start: whatever a variable holds, the command goes on or refuses it by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs import __main__ as program
from jobs.commands import exit_codes
from jobs.contracts.messages import LANGUAGES, messages
from jobs.domains import DOMAINS
from jobs.setting_checks import as_shown, variable
from jobs.settings import Settings, settings

OWN = [variable(field) for field in Settings.model_fields]
CAPACITIES = [f"CUSTOMS_CAPACITY_{domain.name.upper()}" for domain in DOMAINS]
NONSENSE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40)
BYTES = st.binary(min_size=1, max_size=20).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"?")))
PIECES = st.lists(
    st.sampled_from(
        ["local", "[", "]", "*", "-1", "0", "nan", "1e999", "://", "postgresql", "sqlite", "@", ":", "/", "#"]
    ),
    min_size=1,
    max_size=6,
).map("".join)
REFUSED = {
    "CUSTOMS_CAPACITY": ["-1", "0", "forty", "1.5", "9" * 5000, "nan"],
    "CUSTOMS_CAPACITY_LOW_PRICE": ["-1", "0", "forty"],
    "CUSTOMS_LANDING_WAIT": ["-1", "nan", "inf", "an hour", "1e9"],
    "CUSTOMS_READ_TIMEOUT": ["0", "-1", "nan", "inf", "ten minutes", "1e9"],
    "CUSTOMS_PORT": ["0", "65536", "tcp://10.0.0.1:80"],
    "CUSTOMS_TIMEZONE": ["Asia/Soul", "asia/seoul", "Asia", "../../etc/passwd", "KST+9x", "localtime", "'"],
    "CUSTOMS_SPARK_MASTER": [
        "locl[2]",
        "local[0]",
        "local[2",
        "local[100000]",
        "spark://",
        "spark://host",
        "mesos://a:1",
    ],
    "CUSTOMS_DATABASE_URL": [
        "nonsense",
        "postgres://a/b",
        "mysql://a/b",
        "sqlite",
        "postgresql://a:port/b",
        "sqlite://a/b",
    ],
    "CUSTOMS_LAKE": ["htp://bucket/lake", "s3://", " ", "/etc/passwd", "x" * 300, "/etc/passwd/lake"],
    "CUSTOMS_LANDING": ["/etc/passwd", " ", "y" * 300],
    "CUSTOMS_PUBLISHED": ["/etc/passwd"],
    "CUSTOMS_REAL_DATA": ["/etc/passwd"],
    "CUSTOMS_KCS_KEY_FILE": ["\udcff"],
    "CUSTOMS_CAPACITY_TEA_LEAVES": ["4"],
    "CUSTOMS_SCHEMES": ["/x"],
    "CUSTOMS_LAKES": ["/x"],
    "CUSTOMS_SPARKMASTER": ["local[2]"],
    "CUSTOMS_TIME_ZONE": ["UTC"],
}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """No variable of ours but these."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("CUSTOMS_")]:
            patch.delenv(name)
        for name, value in values.items():
            patch.setenv(name, value)
        settings.cache_clear()
        try:
            yield
        finally:
            settings.cache_clear()


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that is called does nothing, so that what it ends with is what the settings ended with."""
    from jobs.commands import contracts

    monkeypatch.setattr(contracts, "run", lambda args: exit_codes.OK)


def outcome() -> int:
    return program.main(["contracts", "check"])


@pytest.mark.usefixtures("stops")
@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_what_cannot_be_used_is_2_and_named(name: str, value: str, caplog: pytest.LogCaptureFixture) -> None:
    with environment(**{name: value}):
        assert outcome() == exit_codes.USAGE
    assert f"{name}={as_shown(value)}" in caplog.text


@pytest.mark.usefixtures("stops")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CUSTOMS_CAPACITY", "1"),
        ("CUSTOMS_CAPACITY", ""),
        ("CUSTOMS_CAPACITY_SUPPLY_CHAIN", "7"),
        ("CUSTOMS_LANDING_WAIT", "0"),
        ("CUSTOMS_READ_TIMEOUT", "1.5"),
        ("CUSTOMS_TIMEZONE", "Europe/Vienna"),
        *[
            ("CUSTOMS_SPARK_MASTER", each)
            for each in ("local", "local[4]", "local[*,3]", "spark://a:7077,b:7077", "yarn")
        ],
        *[("CUSTOMS_SPARK_MASTER", each) for each in ("local-cluster[2,1,1024]", "k8s://https://host:443")],
        ("CUSTOMS_DATABASE_URL", "postgresql+psycopg://customs:secret@postgres/customs"),
        ("CUSTOMS_DATABASE_URL", "sqlite:////srv/my 프로젝트 #1/decisions.sqlite"),
        ("CUSTOMS_LAKE", "s3://bucket/lake"),
        ("CUSTOMS_LAKE", "/srv/my 프로젝트 #1/[lake] {1} %20 'a' \"b\""),
        ("CUSTOMS_LANDING_FOLDER", "/srv/landing"),
        ("CUSTOMS_SERVICE_HOST_OF_SOMEBODY_ELSE", "10.0.0.1"),
    ],
)
def test_what_can_be_used_is(name: str, value: str) -> None:
    with environment(**{name: value}):
        assert outcome() == exit_codes.OK


@pytest.mark.usefixtures("stops")
@pytest.mark.parametrize("name", [*OWN, *CAPACITIES, "CUSTOMS_SCHEMAS"])
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=NONSENSE | PIECES | BYTES)
def test_nonsense_is_used_or_refused_by_name(name: str, value: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    with environment(**{name: value}):
        result = outcome()
    assert result in (exit_codes.OK, exit_codes.USAGE)
    assert (f"{name}={as_shown(value)}" in caplog.text) == (result == exit_codes.USAGE)


@pytest.mark.usefixtures("stops")
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), field=st.sampled_from([*Settings.model_fields, "schemas", "kcs_key"]))
def test_a_slip_of_the_pen_names_the_nearest_setting(
    data: st.DataObject, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Two letters of a name change places."""
    places = [n for n in range(len(field) - 1) if field[n] != field[n + 1] and len(field) > 5]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    slip = field[:at] + field[at + 1] + field[at] + field[at + 2 :]
    caplog.clear()
    with environment(**{variable(slip): "x"}):
        assert outcome() == exit_codes.USAGE
    assert variable(slip) in caplog.text
    assert variable(field) in caplog.text or slip.startswith("capacity_")


@pytest.mark.usefixtures("stops")
@pytest.mark.parametrize(
    ("inner", "outer"),
    [("TRUTH", "LANDING"), ("PUBLISHED", "LANDING"), ("LAKE", "LANDING"), ("LANDING", "LAKE"), ("LAKE", "PUBLISHED")],
)
@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_folders_that_lie_in_each_other_are_refused(
    inner: str, outer: str, below: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    places = {f"CUSTOMS_{outer}": str(tmp_path / "real"), f"CUSTOMS_{inner}": str(tmp_path / "link" / below)}
    with environment(**places):
        assert outcome() == exit_codes.USAGE
    assert all(name in caplog.text for name in places)


def test_contracts_that_are_elsewhere_are_2_and_named(tmp_path: Path) -> None:
    """Without them there are no sentences to say it in."""
    command = [sys.executable, "-m", "jobs", "summary"]
    done = subprocess.run(
        command, env={**os.environ, "CUSTOMS_SCHEMAS": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == exit_codes.USAGE
    assert f"CUSTOMS_SCHEMAS={tmp_path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lake_on_a_cluster_has_a_plain_path(caplog: pytest.LogCaptureFixture) -> None:
    with environment(CUSTOMS_LAKE="/srv/my lake", CUSTOMS_SPARK_MASTER="spark://host:7077"):
        assert outcome() == exit_codes.USAGE
    assert "CUSTOMS_LAKE=/srv/my lake" in caplog.text


def test_a_password_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with environment(CUSTOMS_DATABASE_URL="mysql://customs:s3cr:e/t@x@host/name"):
        assert outcome() == exit_codes.USAGE
    assert "mysql://customs:***@host/name" in caplog.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_setting_says_what_it_may_be(lang: str) -> None:
    assert {f"setting.{field}" for field in Settings.model_fields} <= set(messages(lang))
    assert not [code for code, text in messages(lang).items() if re.search(r"^setting\.", code) and text.endswith(".")][
        1:
    ]
