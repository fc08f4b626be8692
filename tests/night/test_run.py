"""A night's parts leave their row in ops.run and their exit code, whatever becomes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jobs import contracts
from jobs.__main__ import main
from jobs.contracts import ContractError
from jobs.contracts.messages import say
from jobs.ingest import gate as quality
from jobs.lake import session
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake
from jobs.lake.lock import hold_file
from jobs.night import run
from jobs.night.run import Report, last_known_day, record
from tests.builders.landing import write_file
from tests.builders.nights import Nightly, pointing

NIGHT = date(2024, 4, 30)


@pytest.fixture
def standing(driver_lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The command line works on an empty lake and landing folder, and starts no session and no engine."""

    def refuse() -> None:
        raise AssertionError("a session was asked for")

    monkeypatch.setattr(run, "spark_session", refuse)
    monkeypatch.setattr(session, "spark_session", lambda: None)
    monkeypatch.setattr(run.quality, "warm_up", lambda: None)
    monkeypatch.setattr(run.forecast, "warm_up", lambda: None)
    with pointing(Path(driver_lake.root), landing):
        yield driver_lake


def raising(error: BaseException):  # type: ignore[no-untyped-def]
    """A part of the night that ends in an error."""

    def work(lake: Lake, night: date | None) -> Report:
        raise error

    return work


def runs(lake: Lake) -> list[dict]:
    return lake.rows("ops.run").to_pylist()


def test_a_part_that_succeeds_says_what_it_counted(driver_lake: Lake) -> None:
    notes = [("landing.unknown", {"name": "surprise"}), ("landing.without_records", {"name": "a.csv"})]
    record(driver_lake, "detect", NIGHT, lambda lake, night: Report(counts={"gold.signal": 7}, tests=42, notes=notes))
    (row,) = runs(driver_lake)
    assert (row["task"], row["status"], row["night"], row["run_id"]) == ("detect", "ok", NIGHT, "run-1")
    assert (row["test_count"], dict(row["counts"])) == (42, {"gold.signal": 7})
    for lang, said in (("ko", row["message_ko"]), ("en", row["message_en"])):
        assert said == " ".join(say(code, lang, params) for code, params in notes)
    assert row["started_at"] <= row["finished_at"]


def test_a_part_that_fails_leaves_its_row_and_its_error(driver_lake: Lake) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        record(driver_lake, "alert", NIGHT, raising(ValueError("no such thing")))
    (row,) = runs(driver_lake)
    assert (row["status"], row["message_en"]) == ("failed", "ValueError: no such thing")


def test_a_part_that_is_interrupted_is_no_night_that_was_made(driver_lake: Lake) -> None:
    with pytest.raises(KeyboardInterrupt):
        record(driver_lake, "alert", NIGHT, raising(KeyboardInterrupt()))
    assert [row["status"] for row in runs(driver_lake)] == ["failed"]


def test_a_broken_contract_is_exit_three(standing: Lake, landing: Path) -> None:
    landing.rmdir()
    assert main(["run", "ingest", "--night", "2024-04-30"]) == 3
    assert [row["status"] for row in runs(standing)] == ["failed"]


def test_a_stopped_gate_is_exit_four(standing: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = quality.GateStopped(quality.GateResult(NIGHT, ()))
    monkeypatch.setattr(run, "ingest", raising(stop))
    assert main(["run", "--night", "2024-04-30"]) == 4
    assert [(row["task"], row["status"]) for row in runs(standing)] == [("ingest", "stopped")]


def test_a_locked_lake_is_exit_five_and_names_the_holder(
    standing: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jobs.lake.lock.lake_lock.__wrapped__.__defaults__", (0.1,))
    with hold_file(Path(standing.root).with_name("lake.lock"), "run another-run, process 1", 1):
        assert main(["run", "ingest", "--night", "2024-04-30"]) == 5
    assert "another-run" in caplog.text
    assert runs(standing) == []


def test_the_session_begins_before_the_night_and_not_for_what_needs_none(
    standing: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []
    monkeypatch.setattr(session, "begin_session", lambda: began.append("session"))
    monkeypatch.setattr(run, "run", lambda parts, night: began.append("night"))
    monkeypatch.setattr("jobs.publish.night.publish_night", lambda night: began.append("publish"))
    assert main(["run", "publish", "--night", "2024-04-30"]) == 0
    assert began == ["publish"]
    assert main(["run", "detect", "--night", "2024-04-30"]) == 0
    assert began == ["publish", "session", "night"]
    for part in ("ingest", "alert"):
        assert main(["run", part, "--night", "2024-04-30"]) == 0
    assert began == ["publish", "session", "night", "night", "night"]


def test_a_load_in_the_driver_asks_for_no_session(
    standing: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.quality, "gate", lambda lake, night: None)
    write_file(landing, "gscpi", [("2024-01", "0.5")], "known_2024-02-06")
    assert main(["run", "ingest"]) == 0
    assert standing.count("silver.pressure_index_month") == 1


def test_a_session_that_cannot_begin_is_met_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("no Java")

    monkeypatch.setattr(session, "spark_session", fail)
    assert isinstance(session.begin_session().exception(), RuntimeError)


def test_a_word_that_is_no_part_is_exit_two() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "everything"])
    assert stopped.value.code == 2


def test_the_last_known_day_is_that_of_the_newest_figure_in_seoul(driver_lake: Lake) -> None:
    known = datetime(2024, 4, 14, 15, 0, tzinfo=UTC)  # midnight in Seoul: the fifteenth
    row = {
        "flow": "I",
        "hs_code": "800110",
        "hs_level": 6,
        "partner_country": "ID",
        "period_start": date(2024, 3, 1),
        "known_at": known,
        "source": "kcs_trade_country",
        "quality_flags": [],
    }
    driver_lake.append_rows("silver.trade_month", table_of("silver.trade_month", [row]).to_pylist())
    assert last_known_day(driver_lake) == date(2024, 4, 15)


def test_an_empty_silver_says_what_to_do(driver_lake: Lake) -> None:
    with pytest.raises(ContractError, match="landing folder"):
        last_known_day(driver_lake)


@pytest.mark.spark
def test_a_task_writes_every_table_that_names_it(nightly: Nightly) -> None:
    """Another's it cannot write: `detect.write` refuses."""
    lake = Lake(None, str(nightly.lake), "")
    for task in ("detect", "alert"):
        names = {each.name for each in contracts.tables("gold") if each.written_by == task}
        (row, *_) = [each for each in runs(lake) if each["task"] == task]
        assert dict(row["table_versions"]).keys() == names


def test_a_night_ahead_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(LookupError, match=r"2199-01-01 lies after today.*뒤이므로"):
        run.run(("ingest",), date(2199, 1, 1))


def test_what_can_not_be_taken_is_named_where_there_is_nothing_else(
    standing: Lake, landing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = landing / contracts.landing("gscpi").folder
    folder.mkdir(parents=True)
    (folder / "gscpi_monthly_x.csv").write_text("<!DOCTYPE html><html></html>", encoding="utf-8")
    assert main(["run", "ingest"]) == 3  # there is no night yet
    assert "gscpi_monthly_x.csv is a web page" in caplog.text
