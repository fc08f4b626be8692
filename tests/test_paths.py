"""Any path will do: each engine gets one that it can spell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs import contracts, reading
from jobs.commands.audit import read_source
from jobs.contracts.arrow import arrow_schema
from jobs.lake.delta import Lake
from jobs.lake.session import spark_environment
from jobs.paths import is_plain, link_to, links, plain_path
from jobs.settings import ROOT, settings

UNPLEASANT = [
    "my 프로젝트 #1",
    "[ab]*?",
    "{a,b}",
    "100%20",
    'it\'s "so"',
    "a|b^c\\d",
    "tab\tline\n",
    "한\u1112\u1161\u11ab",
    "-rf $(HOME) `x` ;&",
]
NAMES = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name.strip(".") != "" and len(os.fsencode(name)) < 200
)
NAME = "silver.pressure_index_month"


@pytest.fixture(autouse=True, scope="module")
def own_links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Links of these tests go away with their folders."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("links"))
        patch.setattr("tempfile.tempdir", folder)
        patch.setenv("TMPDIR", folder)
        yield


def round_trip(root: Path) -> None:
    """Write a table below a folder twice, read it as the night and as the pages do, and see that it lies there."""
    lake = Lake(None, str(root), "run-1")
    rows = pa.Table.from_pylist([{"record_id": "a"}], arrow_schema(contracts.table(NAME)))
    for _ in range(2):
        lake.append_rows(NAME, rows.to_reader())
    assert len(lake.rows(NAME)) == 2
    assert lake.dataset(NAME).count_rows() == 2
    assert (root / "silver" / "pressure_index_month" / "_delta_log" / f"{2:020}.json").is_file()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSTOMS_LAKE", str(root))
        settings.cache_clear()
        assert len(reading.read(NAME)) == 2
        assert len(reading.tables.read_where(NAME, {"record_id": "a"})) == 2
    settings.cache_clear()


@pytest.mark.parametrize("name", UNPLEASANT)
def test_a_lake_lies_where_it_is_said_to(name: str, tmp_path: Path) -> None:
    round_trip(tmp_path / name)
    assert os.listdir(tmp_path) == [name]


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES)
def test_a_lake_lies_in_any_folder(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    round_trip(tmp_path_factory.mktemp("any") / name / "lake")


@pytest.mark.parametrize("name", UNPLEASANT)
def test_a_file_of_any_name_is_audited(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("a,b\n3,4\n", encoding="utf-8")
    assert read_source(str(tmp_path / f"{name}.csv")).to_pylist() == [{"a": "1", "b": "2"}]


def test_a_plain_path_stays() -> None:
    assert plain_path("/srv/lake_1/x-y.z") == "/srv/lake_1/x-y.z"
    assert plain_path("s3://bucket/a b") == "s3://bucket/a b"


def test_the_link_is_the_same_one_and_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "a b" / "c d"
    first = plain_path(folder / "lake")
    assert is_plain(first)
    assert Path(first).parent.resolve() == folder
    Path(first).parent.unlink()
    assert plain_path(folder / "lake") == first
    assert Path(first).parent.resolve() == folder


def test_a_folder_of_links_that_others_can_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    links().chmod(0o777)
    with pytest.raises(PermissionError, match="not a folder of this user alone"):
        link_to(tmp_path)


@pytest.mark.parametrize(
    ("given_locale", "language"),
    [({"LC_ALL": "C"}, "C"), ({}, ""), ({"LANG": "ko_KR.EUC-KR"}, "ko_KR.EUC-KR"), ({"LC_CTYPE": "POSIX"}, "")],
)
def test_java_is_started_in_an_encoding_that_names_every_file(given_locale: dict[str, str], language: str) -> None:
    result = spark_environment(given_locale)
    assert (result["LC_ALL"], result["LC_CTYPE"], result["LC_MESSAGES"]) == ("", "C.UTF-8", language)


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "ko_KR.UTF-8"}, {"LANG": "C.utf8"}, {"LC_ALL": "", "LANG": "en_US.UTF-8"}]
)
def test_a_locale_that_can_is_left_alone(locale: dict[str, str]) -> None:
    assert "LC_CTYPE" not in spark_environment(locale)


def test_a_terminal_of_another_encoding_gets_escapes() -> None:
    command = [sys.executable, "-m", "jobs", "doctor", "--lang", "ko"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, cwd=ROOT, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr


NIGHT = """
import sys
from datetime import date
from pathlib import Path
from jobs.lake.delta import Lake
from jobs.lake.session import spark_session
from tests.builders.landing import ingest, write_straits, write_trade
root = Path(sys.argv[1])
lake, landing = Lake(spark_session(), str(root / "lake"), "run-1"), root / "landing"
landing.mkdir(parents=True)
write_trade(landing, [("2024.03", "CN", "280511", 1000, 5000)])
write_straits(landing, [("2024-03-01", 5)])
ingest(lake, landing)
name = "silver.strait_day"
stored = lake.as_of(name, date(2024, 6, 30))
lake.append(name, stored)  # Spark's own writer
assert lake.read(name).count() == 2 == len(lake.rows(name)), lake.read(name).count()
"""


@pytest.mark.spark
def test_an_ingest_in_an_unpleasant_folder_with_no_locale(tmp_path: Path) -> None:
    """Spark, delta-rs and Arrow on one lake whose path each of them would misread, and a JVM without an encoding."""
    root = tmp_path / "my 프로젝트 #1 [x] {y} 100%20 'a' \"b\""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", NIGHT, str(root)], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert sorted(os.listdir(root)) == ["lake", "landing"]
    assert os.listdir(tmp_path) == [root.name]
