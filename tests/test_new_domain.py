"""One more domain is a folder, its files in schemas/ and a word in DOMAINS.

The night, the DAG, the command line and the readers know it then, and no other list has to change.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import contracts, domains, reading
from jobs.__main__ import main
from jobs.alerting.domain import Backtest, Domain, NightTables, OnDemand, Row, Score
from jobs.contracts.check import check
from jobs.lake.canonical import table_of
from jobs.lake.delta import Lake
from jobs.night import replay, run
from jobs.settings import settings
from tests.builders.gold import alert_row, words_of
from tests.builders.nights import pointing
from tests.builders.schemas import copied_schemas, forget

NIGHT = date(2024, 4, 30)
TABLE = """
table: gold.tea_chest
title: {ko: 차 상자, en: Tea chests}
row: {ko: "한 행은 차 상자 하나이다.", en: "One row is one chest of tea."}
key: [night, subject_id]
partition: [night]
fields: night subject_id
lineage: [run_id]
disclosure: internal
written_by: detect
domain: tea
"""


def detect(lake: Lake, night: date, capacity: int) -> NightTables:
    """As many chests as can be looked at."""
    chests = [{"night": night, "subject_id": f"chest={n}"} for n in range(capacity)]
    tables = {"gold.signal": table_of("gold.signal", []), "gold.tea_chest": table_of("gold.tea_chest", chests)}
    return NightTables(tables=tables, test_count=capacity)


def make_alerts(findings: Mapping[str, pa.Table], night: date) -> Iterable[Row]:
    """One alert a chest."""
    for place, chest in enumerate(findings["gold.tea_chest"].to_pylist(), start=1):
        subject = {"kind": "tea", "subject_kind": "item", "subject_id": chest["subject_id"], "opened_period": night}
        period = {"period_start": night, "period_end": night}
        yield alert_row(night, subject | period, 3, 1, place, words_of("차 상자", "a chest of tea", 0.5))


def add_arguments(parser) -> None:  # type: ignore[no-untyped-def]
    parser.add_argument("--steep", type=int, default=3)


def score(args: Namespace) -> Score:
    """One figure: how long it was left to steep."""
    figure = {"group_id": "all", "rule": "taste", "measure": "steep", "alarm_rate": 0.0, "depth": 0.0, "sample_n": 1}
    return Score(night=NIGHT, rows=[{**figure, "value": float(args.steep)}], tables=[])


@pytest.fixture
def tasted() -> list[str]:
    """Documents that were assessed on the spot."""
    return []


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasted: list[str]) -> Iterator[Lake]:
    """A platform with the new domain alone, and an empty lake."""
    tea = Domain(
        name="tea",
        detect=detect,
        make_alerts=make_alerts,
        alert_facts={"gold.tea_chest": ()},
        backtest=Backtest(add_arguments=add_arguments, score=score),
        on_demand=OnDemand(document="a label", run=lambda args: tasted.append(args.file.name)),
    )
    with copied_schemas(tmp_path) as schemas, pointing(tmp_path / "lake", tmp_path / "landing"):
        (schemas / "gold" / "tea_chest.yml").write_text(TABLE, encoding="utf-8")
        (schemas / "detectors" / "tea").mkdir()
        (schemas / "rules" / "tea").mkdir()
        kinds = (schemas / "codes" / "lists.yml").read_text(encoding="utf-8")
        named = kinds.replace("\nkind:\n", "\nkind:\n  tea: {ko: 차, en: Tea}\n", 1)
        (schemas / "codes" / "lists.yml").write_text(named, encoding="utf-8")
        forget()
        monkeypatch.setattr(domains, "DOMAINS", (tea,))
        monkeypatch.setenv("CUSTOMS_CAPACITY_TEA", "2")
        monkeypatch.setenv("CUSTOMS_PUBLISHED", str(tmp_path / "published"))
        settings.cache_clear()
        yield Lake(None, settings().lake, "run-1")


def test_its_contracts_fit_together_with_the_others(lake: Lake) -> None:
    assert [str(finding) for finding in check()] == []


def test_a_night_detects_and_alerts_for_it(lake: Lake) -> None:
    for part, work in (("detect", run.find), ("alert", run.alert)):
        run.record(lake, part, NIGHT, work)
    assert len(lake.rows("gold.tea_chest", night=NIGHT)) == 2
    alerts = lake.rows("gold.alert", night=NIGHT).to_pylist()
    assert {(row["kind"], row["rank"], len(row["rules_version"])) for row in alerts} == {("tea", 1, 12), ("tea", 2, 12)}
    stored = {row["task"]: row for row in lake.rows("ops.run").to_pylist()}
    assert stored["detect"]["test_count"] == 2
    assert dict(stored["detect"]["table_versions"]).keys() >= {"gold.tea_chest", "gold.signal", "gold.freshness"}
    assert dict(stored["alert"]["table_versions"]).keys() == {"gold.alert", "gold.forecast", "gold.score"}
    assert "tea=" in stored["alert"]["rules_version"]
    again = replay.replay(lake, alerts[0]["alert_id"], None)
    assert again.is_equal
    assert again.is_same_program
    assert reading.kinds() == ["tea"]
    assert len(reading.alerts(NIGHT, "tea")) == 2


@pytest.mark.airflow
def test_the_dag_takes_its_table_as_an_outlet_of_detect(lake: Lake) -> None:
    from jobs.contracts.assets import written_by

    assert "gold.tea_chest" in [each.name for each in written_by("detect")]
    names = [each.name for task in ("ingest", "detect", "alert") for each in written_by(task)]
    assert len(names) == len(set(names))


def test_it_is_scored_with_its_own_options_and_stored_beside_the_others(lake: Lake) -> None:
    assert main(["backtest", "tea", "--steep", "5"]) == 0
    (stored,) = lake.rows("gold.backtest", night=NIGHT).to_pylist()
    assert (stored["domain"], stored["value"]) == ("tea", 5.0)


def test_it_assesses_a_document_on_the_spot(lake: Lake, tasted: list[str]) -> None:
    assert main(["score", "label.txt"]) == 0
    assert tasted == ["label.txt"]


def test_a_table_has_the_writer_its_contract_names(lake: Lake) -> None:
    from jobs.night.detect import write

    with pytest.raises(contracts.ContractError, match=r"gold\.tea_chest is written by `detect`"):
        write(lake, {"gold.tea_chest": table_of("gold.tea_chest", [])}, NIGHT, "alert")
