"""The register is the one place of thresholds: configuration has no number of its own, every detector has its module,
and a threshold that is changed changes every way of assessing alike.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from jobs import contracts
from jobs.contracts import ContractError, register
from jobs.domains.supply_chain.backtest.setup import prepare
from jobs.domains.supply_chain.config import supply_chain_config
from jobs.domains.supply_chain.facts.panel import build_panel
from jobs.domains.supply_chain.night import Facts, assess_facts
from jobs.night.alert import make_alerts
from tests.builders.trade import NIGHT, coffee, items, stopping, tin

JOBS = Path(contracts.__file__).parents[1]
REPOSITORY = contracts.SCHEMAS
CONFIGURATION = ("Config", "Rule", "Policy", "Window", "Prior")
CACHED = (register.detectors, register.rules, register.rules_version, supply_chain_config)
FACTS = items(tin(stopping(60_000, 1)), coffee())
Edit = Callable[[str, str, str], None]


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class of jobs/ with its file."""
    for path in sorted(JOBS.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        yield from ((path.relative_to(JOBS).as_posix(), n) for n in nodes if isinstance(n, ast.ClassDef))


def holds_number(value: ast.expr) -> bool:
    """Whether a default is, or contains, a number, or makes a configuration object that would have to hold one."""
    parts = list(ast.walk(value))
    numbers = any(isinstance(p, ast.Constant) and type(p.value) in (int, float, complex) for p in parts)
    makes = any(isinstance(p, ast.Name) and p.id.endswith(CONFIGURATION) for p in parts)
    return numbers or makes


def test_no_configuration_has_a_number_of_its_own() -> None:
    own = [
        f"{name}: {each.name}.{line.target.id}"
        for name, each in classes()
        if each.name.endswith(CONFIGURATION)
        for line in each.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        if line.value is not None and holds_number(line.value)
    ]
    assert own == []


@pytest.mark.parametrize("domain", sorted(path.name for path in (REPOSITORY / "detectors").iterdir()))
def test_every_detector_is_a_file_and_a_module(domain: str) -> None:
    modules = {path.stem for path in (JOBS / "domains" / domain / "detectors").glob("*.py")} - {"__init__"}
    assert modules == {each.lower().replace("-", "_") for each in register.detectors(domain)}


@dataclass(frozen=True)
class Inner:
    least: float


@dataclass(frozen=True)
class Outer:
    spans: tuple[int, ...]
    gaps: tuple[tuple[int, float], ...]
    inner: Inner


def test_a_configuration_is_built_from_nested_parameters() -> None:
    made = register.configure(Outer, {"spans": [3, 6], "gaps": [[4, 1]], "inner": {"least": 1}})
    assert made == Outer((3, 6), ((4, 1.0),), Inner(1.0))
    assert isinstance(made.gaps[0][1], float)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "no value for least"),
        ({"least": 1, "most": 2}, "most is no parameter"),
        ({"least": "1e-3"}, "least is no float"),
        ({"least": True}, "least is no float"),
    ],
)
def test_what_a_file_lacks_or_misnames_is_said(parameters: dict[str, object], says: str) -> None:
    with pytest.raises(ContractError, match=says):
        register.configure(Inner, parameters, "here.yml")


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Replaces a text in one file of a copy of `schemas/`, which the register then reads."""
    copy = tmp_path / "schemas"
    shutil.copytree(REPOSITORY, copy)

    def forget() -> None:
        for function in CACHED:
            function.cache_clear()

    def replace(name: str, old: str, new: str) -> None:
        text = (copy / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r} any more"
        (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        forget()

    monkeypatch.setattr(register, "SCHEMAS", copy)
    forget()
    yield replace
    monkeypatch.undo()
    forget()


def versions() -> dict[str, str]:
    return {domain: register.rules_version(domain) for domain in ("supply_chain", "low_price")}


@dataclass(frozen=True)
class Seen:
    """What three ways of assessing say of the same facts: p and level by month, newest alerts."""

    night: dict[tuple[str, str], tuple[float, int]]
    backtest: dict[tuple[str, str], float]
    alerts: list[tuple[str, int]]


def assess() -> Seen:
    """The night, the alerts as a replay makes them again, and the back-test's nights of the same series."""
    result = assess_facts(Facts(FACTS, {}), NIGHT).tables
    rows = [row for row in result["gold.subject_month"].to_pylist() if row["p_value"] is not None]
    night = {(r["subject_id"], str(r["period_start"])): (r["p_value"], r["level"]) for r in rows if r["is_watched"]}
    alerts = [(row["subject_id"], row["level"]) for row in make_alerts(result, NIGHT).to_pylist()]
    panel = build_panel(FACTS)
    setup = prepare(panel, supply_chain_config(), cuts=1, seed=1)
    months = panel.months[setup.first :].astype("datetime64[D]").astype(str)
    backtest = {
        (panel.subject[row], month): float(setup.nights.p[n, k])
        for n, row in enumerate(setup.rows)
        for k, month in enumerate(months)
    }
    return Seen(night, backtest, alerts)


def same_tests(seen: Seen) -> bool:
    """Whether the back-test's p-values are the night's, in every month that both assess in full."""
    months = sorted({month for _, month in seen.night})[-4:]
    return all(
        np.isclose(p, seen.backtest[key], rtol=1e-9, equal_nan=True)
        for key, (p, _) in seen.night.items()
        if key[1] in months
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("detectors/supply_chain/SC-SHORT.yml", "margin: 1.1", "margin: 1.7"),
        ("rules/supply_chain/mass.yml", "forget: 0.97", "forget: 0.80"),
    ],
)
def test_a_changed_threshold_changes_night_replay_and_back_test(edit: Edit, name: str, old: str, new: str) -> None:
    before, version = assess(), versions()
    assert same_tests(before)
    edit(name, old, new)
    after = assess()
    assert same_tests(after)
    assert [p for p, _ in before.night.values()] != [p for p, _ in after.night.values()]
    assert before.backtest != after.backtest
    changed = versions()
    assert changed["supply_chain"] != version["supply_chain"]
    assert changed["low_price"] == version["low_price"]


@pytest.mark.slow
def test_a_changed_level_changes_the_alerts(edit: Edit) -> None:
    before = assess()
    assert before.alerts == [("hs=800110|origin=ID", max(level for _, level in before.alerts))]
    edit("rules/supply_chain/eligibility.yml", "share_least: 0.20", "share_least: 0.90")
    after = assess_alerts()
    assert after != before.alerts


def assess_alerts() -> list[tuple[str, int]]:
    tables = assess_facts(Facts(FACTS, {}), NIGHT).tables
    return [(row["subject_id"], row["level"]) for row in make_alerts(tables, NIGHT).to_pylist()]


@pytest.mark.parametrize("part", ["title", "reason", "limits"])
def test_rewording_changes_no_version(edit: Edit, part: str) -> None:
    before = versions()
    text = (REPOSITORY / "detectors/supply_chain/SC-SHORT.yml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"{part}:"))
    edit("detectors/supply_chain/SC-SHORT.yml", line, f'{part}: {{ko: "가", en: "Reworded"}}')
    assert register.detector("SC-SHORT").model_dump()[part]["en"] == "Reworded"
    assert versions() == before
