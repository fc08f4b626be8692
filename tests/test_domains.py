"""The house of domains: nobody outside names one, and one more is a folder, its schemas and a word in DOMAINS."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from jobs import contracts, domains
from jobs.alerting.domain import Backtest, Domain, NightTables, Score
from jobs.contracts import messages, register
from tests.test_style import ROOT, imports, named, sources, texts, tree

NAMES = {each.name for each in domains.DOMAINS}
# Where a domain's name or module may stand: its own room, what it shows, its generated world.
ROOMS = ("jobs/domains/", "dashboards/kinds/", "jobs/sample/")


def outside() -> list[Path]:
    return [path for path in sources("jobs", "dashboards", "dags") if not named(path).startswith(ROOMS)]


def test_outside_a_domain_only_the_list_of_domains_is_imported() -> None:
    wrong = {
        (named(path), name) for path in outside() for name in imports(path) if re.match(r"jobs\.domains\.\w", name)
    }
    assert {(path, name) for path, name in wrong if name != "jobs.domains.DOMAINS"} == set()


def test_outside_a_domain_its_name_is_no_literal() -> None:
    assert {(named(path), text) for path in outside() for text in texts(path) if text in NAMES} == set()


def test_a_domain_is_seen_through_its_domain_module_alone() -> None:
    for folder in sorted((ROOT / "jobs" / "domains").iterdir()):
        others = NAMES - {folder.name}
        for path in folder.rglob("*.py"):
            seen = {name.split(".")[2] for name in imports(path) if name.startswith("jobs.domains.")}
            assert not seen & others, named(path)


def test_every_gold_table_has_one_writer_that_is_a_task_or_a_command() -> None:
    tasks = {"ingest", "detect", "alert", "publish", "night", "backtest", "audit"}
    assert {table.written_by for table in contracts.tables()} <= tasks
    assert all(table.domain in NAMES for table in contracts.tables() if table.domain is not None)


def test_a_task_writes_only_what_its_contracts_say() -> None:
    """Names of gold tables that are literals of a domain are that domain's or nobody's alone."""
    for path in sources("jobs/domains"):
        of = named(path).split("/")[2]
        for text in texts(path):
            if re.fullmatch(r"gold\.\w+", text):
                assert contracts.table(text).domain in (None, of), f"{named(path)}: {text}"


def test_importing_the_domains_starts_no_engine() -> None:
    loaded = {
        alias.name.split(".")[0]
        for path in (ROOT / "jobs" / "domains").glob("*/domain.py")
        for node in tree(path).body
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not loaded & {"pyspark", "pyarrow", "duckdb", "numpy"}


QUIET = Domain(
    name="quiet",
    detect=lambda lake, night, capacity: NightTables(tables={}, test_count=0),
    make_alerts=lambda findings, night: [],
    backtest=Backtest(add_arguments=lambda parser: None, score=lambda args: Score(night=None, rows=[], tables=[])),
)
TABLE = """table: gold.quiet_day
title: {ko: 고요, en: Quiet days}
row: {ko: "한 행은 하루다.", en: "One row is a day."}
key: [night]
partition: [night]
fields: night
lineage: [run_id]
disclosure: public
written_by: detect
domain: quiet
"""


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fifth, empty domain: its own schema files, and a word in DOMAINS."""
    schemas = tmp_path / "schemas"
    shutil.copytree(contracts.SCHEMAS, schemas)
    (schemas / "gold" / "quiet_day.yml").write_text(TABLE, encoding="utf-8")
    (schemas / "detectors" / "quiet").mkdir()
    cached = (contracts.fields, contracts.table, contracts.tables, register.detectors, register.rules)
    cached = (*cached, register.rules_version)
    for module in (contracts, register, messages):
        monkeypatch.setattr(module, "SCHEMAS", schemas)
    monkeypatch.setattr(domains, "DOMAINS", (*domains.DOMAINS, QUIET))
    for function in cached:
        function.cache_clear()
    yield
    for function in cached:
        function.cache_clear()


@pytest.mark.usefixtures("one_more")
def test_one_more_domain_is_known_to_the_night_and_to_its_alerts(driver_lake) -> None:  # type: ignore[no-untyped-def]
    from jobs.night.alert import make_alerts, read_findings
    from jobs.night.detect import join_domains

    night = date(2026, 1, 15)
    parts = [each.detect(driver_lake, night, 1) for each in domains.DOMAINS if each.name == "quiet"]
    assert join_domains(parts).test_count == 0
    assert len(make_alerts(read_findings(driver_lake, night), night)) == 0
    assert "quiet=" in register.rules_versions()


@pytest.mark.airflow
@pytest.mark.usefixtures("one_more")
def test_one_more_domain_is_known_to_the_dag() -> None:
    from jobs.contracts.assets import written_by

    assert "gold.quiet_day" in {each.name for each in written_by("detect")}


@pytest.mark.usefixtures("one_more")
def test_one_more_domain_is_known_to_the_back_test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs.__main__ import main, parse
    from jobs.settings import settings

    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("CUSTOMS_PUBLISHED", str(tmp_path / "published"))
    settings.cache_clear()
    try:
        assert parse(["backtest", "quiet"])[0].domain == "quiet"
        assert main(["backtest", "quiet"]) == 0
    finally:
        settings.cache_clear()
