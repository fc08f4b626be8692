"""A bulk load is an ordinary one: the same rows, flags and counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs import contracts
from jobs.ingest.silver import load as load_module
from jobs.lake.delta import Lake
from tests.builders.declarations import line, write_lines
from tests.builders.landing import ingest

pytestmark = pytest.mark.spark
FIRST, SECOND = date(2024, 5, 13), date(2024, 5, 14)
LINEAGE = {"ingested_at", "recorded_at", "run_id"}


def deliver(folder: Path) -> None:
    """Two days: lines that repeat, contradict, are amended or restated, and one that cannot be read."""
    later = {"declared_at": f"{SECOND}T09:00:00+09:00"}
    first = [line(declaration_id=name) for name in ("kept", "amended", "restated", "twice", "twice", "differs")]
    second = [
        line(declaration_id="amended", status="amended"),
        line(declaration_id="restated"),
        line(declaration_id="new", **later),
    ]
    write_lines(folder, "import_declaration", [*first, line(declaration_id="differs", grade="B")], f"known_{FIRST}")
    path = write_lines(folder, "import_declaration", second, f"known_{SECOND}")
    path.write_text(path.read_text("utf-8") + "cut,1\n", encoding="utf-8")
    again = [line(declaration_id="new", grade="C", **later), line(declaration_id="bad", net_mass_kg="x")]
    write_lines(folder, "import_declaration", again, f"again_known_{SECOND}")


def contents(lake: Lake) -> dict[str, list[str]]:
    result = {}
    for name in ("silver.import_declaration", "ops.load", "ops.quarantine", "ops.rejected"):
        kept = [column for column in contracts.table(name).column_names if column not in LINEAGE]
        result[name] = sorted(map(repr, lake.rows(name, kept).to_pylist()))
    return result


@pytest.fixture(scope="module")
def both(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Lake, dict[str, Any]]]:
    """The lake of an ordinary load, the lake of a bulk load, and the counts of each."""
    made = []
    for name, limit in (("ordinary", 50_000), ("bulk", 0)):
        root = tmp_path_factory.mktemp(name)
        deliver(root / "landing")
        lake = Lake(spark, str(root / "lake"), "run-1")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(load_module, "LARGE_RECORDS", limit)
            made.append((lake, ingest(lake, root / "landing", SECOND)))
    return made


def test_a_bulk_load_leaves_what_an_ordinary_one_leaves(both: list[tuple[Lake, dict[str, Any]]]) -> None:
    (ordinary, counts), (bulk, bulk_counts) = both
    assert bulk_counts == counts
    assert contents(bulk) == contents(ordinary)


def test_a_bulk_load_keeps_what_is_new_and_sets_aside_what_contradicts_itself(
    both: list[tuple[Lake, dict[str, Any]]],
) -> None:
    lake, counts = both[1]
    assert counts["silver.import_declaration"] == {"in": 13, "out": 8, "unchanged": 0, "quarantined": 4, "rejected": 1}
    rows = lake.rows("silver.import_declaration", ["declaration_id", "status"]).to_pylist()
    assert sorted((row["declaration_id"], row["status"]) for row in rows) == [
        ("amended", "accepted"),
        ("amended", "amended"),
        ("kept", "accepted"),
        ("new", "accepted"),
        ("new", "accepted"),
        ("restated", "accepted"),
        ("restated", "accepted"),
        ("twice", "accepted"),
    ]


def test_the_newest_status_of_a_line_is_known_from_its_day_on(both: list[tuple[Lake, dict[str, Any]]]) -> None:
    def known(night: date) -> dict[str, str]:
        rows = both[0][0].as_of("silver.import_declaration", night).toArrow().to_pylist()
        return {row["declaration_id"]: row["status"] for row in rows}

    assert known(FIRST)["amended"] == "accepted"
    assert known(SECOND)["amended"] == "amended"
    assert "new" not in known(FIRST)


def test_a_bulk_load_killed_before_the_ledger_and_done_again_leaves_the_same(
    spark: SparkSession, both: list[tuple[Lake, dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tmp_path / "landing")
    monkeypatch.setattr(load_module, "LARGE_RECORDS", 0)
    lake = Lake(spark, str(tmp_path / "lake"), "run-1")
    append = lake.append_rows

    def die_at_ledger(name: str, rows: Any, **options: Any) -> None:
        if name == "ops.load":
            raise InterruptedError
        append(name, rows, **options)

    with monkeypatch.context() as patch:
        patch.setattr(lake, "append_rows", die_at_ledger)
        with pytest.raises(InterruptedError):
            ingest(lake, tmp_path / "landing", SECOND)
    ingest(lake, tmp_path / "landing", SECOND)
    assert contents(lake) == contents(both[1][0])
