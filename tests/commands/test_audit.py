"""`python -m jobs audit leak`: what it reads, what it answers, what it keeps."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from jobs import reading
from jobs.__main__ import main
from jobs.commands.exit_codes import LEAK, OK, USAGE
from jobs.settings import settings
from tests.builders.leaking import Honest, Labelled, draw
from tests.builders.leaks import newer_feature, repeated_rows

RNG = np.random.default_rng(1001)
HONEST = draw(Honest(rows=3000), RNG)


def write(made: Labelled, path: Path, rows: np.ndarray | None = None, **more: np.ndarray) -> Path:
    """The table as a CSV file with its days, all rows or some."""
    table = {**made.table, "decided_on": made.decided_at.astype(str), **more}
    kept = np.ones(len(made.label), dtype=bool) if rows is None else rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*(column[kept] for column in table.values()), strict=True))
    return path


def since(made: Labelled) -> str:
    return str(made.decided_at[~made.split].min())


def call(path: Path, *words: str) -> int:
    return main(["audit", "leak", str(path), "--target", "is_found", "--decided", "decided_on", "--lang", "en", *words])


@pytest.fixture(autouse=True)
def _lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    settings.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def _settings_of_others() -> object:
    yield
    settings.cache_clear()


def test_a_clean_table_split_by_day_is_0(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert call(write(HONEST, tmp_path / "all.csv"), "--since", since(HONEST)) == OK
    assert "Clean:" in caplog.text


def test_rows_repeated_in_a_second_file_stop_with_the_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = repeated_rows(HONEST, np.random.default_rng(1), share=0.2)
    train, valid = write(made, tmp_path / "t.csv", made.split), write(made, tmp_path / "v.csv", ~made.split)
    assert call(train, "--valid", str(valid)) == LEAK
    assert "Whole rows repeat across the split" in caplog.text


def test_a_column_known_after_the_decision_stops(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = newer_feature(HONEST, np.random.default_rng(2), share=0.05)
    path = write(made, tmp_path / "all.csv", counted_at=made.feature_times["package_count"].astype(str))
    assert call(path, "--since", since(made), "--known", "package_count=counted_at") == LEAK
    assert "newer than the decision" in caplog.text


def test_it_answers_in_korean(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert call(write(HONEST, tmp_path / "all.csv"), "--since", since(HONEST), "--lang", "ko") == OK
    assert "누출 없음" in caplog.text


def test_a_stored_audit_stands_in_the_lake_with_its_sentences(tmp_path: Path) -> None:
    made = HONEST.with_columns(claimed_usd=HONEST.label * 100.0)
    path = write(made, tmp_path / "all.csv")
    assert call(path, "--since", since(made), "--store") == LEAK
    assert call(path, "--since", since(made), "--store", "--without", "claimed_usd") == OK
    kept = {row["is_clean"]: row for row in reading.read("ops.leak_audit").to_pylist()}
    assert kept[False]["reason_codes"] == ["leak.too_good"]
    assert "claimed_usd" in kept[False]["message_en"]
    assert kept[True]["reason_codes"] == []
    assert kept[True]["sample_n"] == int((~made.split).sum())


def test_a_table_of_the_lake_is_read_in_its_types(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    table = pa.table({**HONEST.table, "decided_on": pa.array(HONEST.decided_at.astype("datetime64[D]"))})
    monkeypatch.setattr(reading.tables, "open_table", lambda name: name)
    monkeypatch.setattr(reading, "read", lambda name: table)
    assert call(Path("gold.lot"), "--since", since(HONEST)) == OK


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--since", "2020-09-01", "--without", "colour"), "no column colour"),
        (("--valid", "absent.csv"), "neither a file nor a table"),
        (("--since", "1999-01-01"), "both labels"),
    ],
)
def test_a_request_that_cannot_be_met_says_why(
    words: tuple[str, ...], reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert call(write(HONEST, tmp_path / "all.csv"), *words) == USAGE
    assert reason in caplog.text
