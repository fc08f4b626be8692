"""A lake that is not what was written: every changed byte is noticed, named, and comes with a way back."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake.exceptions import DeltaError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.__main__ import main, parse
from jobs.commands import doctor, exit_codes
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.messages import LANGUAGES, say
from jobs.doctor.lake_files import Damage, examine_lake
from jobs.failures import explain
from jobs.lake.as_of import ask_known
from jobs.lake.checksums import note_files
from jobs.lake.delta import Lake
from jobs.lake.logs import LOG, LakeDamaged
from jobs.lake.way_back import way_back
from jobs.night import run
from tests.builders.landing import ingest, write_file
from tests.builders.nights import pointing

INDEX, TRADE, FRESH = "silver.pressure_index_month", "silver.import_declaration", "gold.freshness"
NIGHT = date(2024, 4, 30)


def fill(lake: Lake) -> None:
    """Tables of three kinds, each of more than one commit: plain, by month, replaced by night."""
    for text in ("a", "b" * 500):
        lake.append_rows(INDEX, [{"record_id": text}])
        lake.append_rows(TRADE, [{"record_id": text, "period_month": date(2024, n, 1)} for n in (1, 2)])
        rows = pa.Table.from_pylist([{"source": text, "night": NIGHT}], arrow_schema(contracts.table(FRESH)))
        lake.replace_night_rows(FRESH, rows, NIGHT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake that tests damage and mend again."""
    lake = Lake(None, str(tmp_path_factory.mktemp("whole") / "lake"), "run-1")
    fill(lake)
    return lake


@pytest.fixture
def own(whole: Lake, tmp_path: Path) -> Lake:
    """A copy of it that a test may spoil."""
    shutil.copytree(whole.root, tmp_path / "lake")
    return Lake(None, str(tmp_path / "lake"), "run-2")


def files_of(lake: Lake, name: str) -> list[Path]:
    """Data files that count, by the table's log."""
    log = lake.opened(name)
    assert log is not None
    paths = pa.table(log.get_add_actions(flatten=True))["path"].to_pylist()
    return sorted(lake.folder(name) / path for path in paths)


def damage_of(lake: Lake) -> list[Damage]:
    return examine_lake(Path(lake.root)).damage


def test_a_whole_lake_has_nothing_to_say(whole: Lake) -> None:
    findings = examine_lake(Path(whole.root))
    assert (findings.tables, findings.files, findings.without_hash, findings.damage) == (3, 7, 0, [])


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from([INDEX, TRADE, FRESH]), bits=st.integers(1, 255))
def test_a_changed_byte_of_any_data_file_is_noticed(whole: Lake, data: st.DataObject, name: str, bits: int) -> None:
    path = data.draw(st.sampled_from(files_of(whole, name)))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :])
    try:
        assert damage_of(whole) == [Damage(table=name, path=path, code="changed")]
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_file_that_is_gone_or_cut_short_is_noticed(own: Lake, change: Callable[[Path], None]) -> None:
    path = files_of(own, TRADE)[0]
    change(path)
    (damage,) = damage_of(own)
    assert (damage.table, damage.path) == (TRADE, path)
    assert damage.code in ("missing", "size")


def test_a_file_that_no_longer_counts_may_go(own: Lake) -> None:
    own.replace_night_rows(FRESH, own.rows(FRESH).slice(0, 0), NIGHT)
    for path in own.folder(FRESH).rglob("*.parquet"):
        path.unlink()
    assert damage_of(own) == []


@pytest.mark.parametrize("hidden", ["{", '{"add": 1}', ""])
def test_a_log_that_was_changed_is_noticed(own: Lake, hidden: str) -> None:
    path = own.folder(INDEX) / LOG / f"{1:020}.json"
    path.write_text(hidden, encoding="utf-8")
    assert path in [damage.path for damage in damage_of(own)]


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_commit_that_is_gone_stops_the_night(own: Lake, version: int) -> None:
    """The last one, too: the log alone would read as if it had never been."""
    (own.folder(INDEX) / LOG / f"{version:020}.json").unlink()
    assert [(damage.table, damage.code) for damage in damage_of(own)] == [(INDEX, "log_gap")]
    with pytest.raises(LakeDamaged, match=f"{INDEX}: commit {version} is missing"):
        own.check_logs()


def test_a_table_whose_log_is_gone_is_not_one_that_was_never_written(own: Lake, tmp_path: Path) -> None:
    shutil.rmtree(own.folder(TRADE) / LOG)
    assert [(damage.table, damage.code) for damage in damage_of(own)] == [(TRADE, "no_log")]
    for refused in (own.check_logs, lambda: own.exists(TRADE), lambda: own.rows(TRADE), lambda: own.ensure(TRADE)):
        with pytest.raises(LakeDamaged) as error:
            refused()
        assert TRADE in str(error.value)
        assert f"mv {own.folder(TRADE)} {own.root}/_damaged/ && python -m jobs run ingest" in str(error.value)
        assert "기록" in str(error.value)


def test_the_night_refuses_it_with_6(own: Lake, landing: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(own.folder(TRADE) / LOG)
    with pointing(Path(own.root), landing), pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "spark_session", lambda: pytest.fail("the lake is looked at first"))
        patch.setattr("jobs.lake.session.begin_session", lambda: None)
        assert main(["run", "detect", "--night", "2024-04-30"]) == exit_codes.MACHINE
    assert f"{TRADE} has data files and no log" in caplog.text


def test_a_first_write_that_was_killed_leaves_a_table_that_was_never_written(driver_lake: Lake) -> None:
    """The log is made first: an empty folder of it, or a commit half written under another name, is no table yet."""
    log = driver_lake.folder(INDEX) / LOG
    log.mkdir(parents=True)
    (log / "_commit_0.json.tmp").write_text("{", encoding="utf-8")
    assert not driver_lake.exists(INDEX)
    driver_lake.append_rows(INDEX, [{"record_id": "a"}])
    assert len(driver_lake.rows(INDEX)) == 1


def test_what_a_kill_left_unrecorded_is_recorded_with_the_next_write(own: Lake) -> None:
    records = own.folder(INDEX) / "_checksums"
    (records / f"{2:020}.json").unlink()
    assert examine_lake(Path(own.root)).without_hash == 1
    own.append_rows(INDEX, [{"record_id": "c"}])
    findings = examine_lake(Path(own.root))
    assert (findings.without_hash, findings.damage) == (0, [])
    assert sorted(os.listdir(records)) == [f"{version:020}.json" for version in range(4)]


def test_a_lake_of_which_nothing_was_recorded_is_checked_by_its_structure(own: Lake) -> None:
    shutil.rmtree(own.folder(INDEX) / "_checksums")
    path = files_of(own, INDEX)[0]
    content = path.read_bytes()
    path.write_bytes(b"x" * len(content))
    findings = examine_lake(Path(own.root))
    assert findings.without_hash == 2
    assert [damage.code for damage in findings.damage] == ["unreadable"]
    path.write_bytes(content)
    assert note_files(own.folder(INDEX), None) == 2
    assert examine_lake(Path(own.root)).without_hash == 0


def test_files_that_spark_writes_are_recorded_too(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, str(tmp_path / "lake"), "run-1")
    fill(lake)
    lake.append(TRADE, lake.read(TRADE))
    lake.replace_night(FRESH, lake.read(FRESH), NIGHT)
    findings = examine_lake(Path(lake.root))
    assert (findings.without_hash, findings.damage) == (0, [])
    for name in (TRADE, FRESH):
        for path in files_of(lake, name):
            content = path.read_bytes()
            path.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
            assert [damage.path for damage in damage_of(lake)] == [path]
            path.write_bytes(content)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("place", ["lake", "my 레이크 #1 [/b]"])
def test_the_command_names_the_file_and_the_ways_back(
    lang: str, place: str, own: Lake, tmp_path: Path, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if place != "lake":
        (tmp_path / place).parent.mkdir(exist_ok=True)
        Path(own.root).rename(tmp_path / place)
    lake = Lake(None, str(tmp_path / place), "run-3")
    arguments = argparse.Namespace(what="lake", lang=lang)
    with pointing(Path(lake.root), landing):
        assert doctor.run(arguments) == exit_codes.OK
        path = files_of(lake, INDEX)[0]
        path.write_bytes(path.read_bytes()[::-1])
        capsys.readouterr()
        assert doctor.run(arguments) == exit_codes.MACHINE
    shown = capsys.readouterr().out
    assert f"{INDEX}  {path}: " in shown
    assert f"cp -a COPY/silver/pressure_index_month/{path.name} " in shown
    assert "python -m jobs run" in shown


@pytest.mark.parametrize("spoil", [lambda table: shutil.rmtree(table / LOG), lambda table: spoil_a_file(table)])
def test_the_commands_named_bring_silver_back(
    spoil: Callable[[Path], None], driver_lake: Lake, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every night knew it."""
    for month, value in ((4, "1.0"), (5, "2.0")):
        write_file(landing, "gscpi", [("2024-01", value), ("2024-02", "3.0")], f"known_2024-{month:02}-10")
        ingest(driver_lake, landing)
    days = [date(2024, 4, 30), date(2024, 5, 31)]
    before = [known_on(driver_lake, day) for day in days]
    spoil(driver_lake.folder(INDEX))
    arguments = argparse.Namespace(what="lake", lang="en")
    with pointing(Path(driver_lake.root), landing):
        assert doctor.run(arguments) == exit_codes.MACHINE
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        moved, again = lines[lines.index(say("damage.from_landing", "en")) + 1 :]
        subprocess.run(moved, shell=True, check=True)
        assert again == "python -m jobs reload gscpi"
        assert main(again.split()[3:]) == exit_codes.OK
        assert doctor.run(arguments) == exit_codes.OK
    assert [known_on(Lake(None, driver_lake.root, ""), day) for day in days] == before
    assert before[0] != before[1]


def spoil_a_file(table: Path) -> None:
    path = next(table.glob("*.parquet"))
    path.write_bytes(path.read_bytes()[::-1])


def known_on(lake: Lake, night: date) -> list[dict[str, object]]:
    """What a night knows of the index."""
    asked = "select period_start, index_value, known_at, record_id, quality_flags from seen order by period_start"
    rows: list[dict[str, object]] = ask_known(lake.dataset, asked, night, {"seen": INDEX}).to_pylist()
    return rows


@pytest.mark.parametrize("name", [each.name for each in contracts.tables()])
def test_every_table_comes_back_by_a_command_that_there_is(name: str, tmp_path: Path) -> None:
    last = way_back(tmp_path, name)[-1].split("python -m jobs ")[1]
    assert parse(last.replace("NIGHT", "2024-04-30").replace("DOMAIN", "low_price").split())


def test_colours_of_an_engine_are_no_part_of_a_sentence(own: Lake) -> None:
    explained = explain(DeltaError("\x1b[1;31mGeneric error\x1b[0m: no such \x1b[32mfile"))
    assert explained is not None
    assert explained[1].endswith("DeltaError: Generic error: no such file")
    (own.folder(INDEX) / LOG / f"{1:020}.json").write_text('{"add": 1}', encoding="utf-8")
    assert not any("\x1b" in str(damage.params) for damage in damage_of(own))
