"""The whole back-test in small: audited before it is scored, every figure a row of its own, other domains' rows
kept.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from jobs import contracts, reading
from jobs.__main__ import main
from jobs.alerting.domain import LeakError, Score
from jobs.commands.backtest import beside_others, lineage, publish
from jobs.commands.exit_codes import LEAK
from jobs.domains.low_price.backtest import study
from jobs.domains.low_price.backtest.drift.stream import StreamShape
from jobs.domains.low_price.backtest.generated import SCHEMES, WorldShape
from jobs.domains.low_price.backtest.rows import backtest_rows
from jobs.domains.low_price.backtest.study import LowPriceBacktest, run_low_price
from jobs.domains.low_price.backtest.tables import printed, why_weak
from jobs.domains.low_price.backtest.trial import BASELINES, CAPACITIES, ORACLE, OURS, Trial
from jobs.lake.canonical import table_of
from jobs.settings import settings

SMALL = WorldShape(lots=3600, months=4, weeks=3)
DRIFT = StreamShape(months=3, lots=500)
NIGHT = date(2026, 1, 15)


@pytest.fixture(scope="module")
def detections(tmp_path_factory: pytest.TempPathFactory) -> LowPriceBacktest:
    return run_low_price(
        [3], shape=SMALL, real_data=tmp_path_factory.mktemp("empty"), drift_shape=DRIFT, drift_worlds=1
    )


def test_every_difficulty_is_scored_and_absent_real_data_are_said(detections: LowPriceBacktest) -> None:
    assert list(detections.kinds) == ["easy", "middle", "hard"]
    assert list(detections.skipped) == ["injected_coffee", "injected_sugar"]
    assert {*BASELINES, ORACLE, OURS} < set(detections.kinds["easy"].without.rankings)
    assert all(audit.is_clean for audit in detections.audits.values())


def test_each_figure_is_one_row_with_its_value_in_its_interval(detections: LowPriceBacktest) -> None:
    rows = list(backtest_rows(detections))
    keys = [tuple(row[name] for name in contracts.table("gold.backtest").key if name in row) for row in rows]
    assert len(set(keys)) == len(keys)
    known = [row for row in rows if row["value"] is not None and row.get("lower") is not None]
    assert all(row["lower"] <= row["value"] + 1e-12 and row["value"] <= row["upper"] + 1e-12 for row in known)
    wanted = {
        (f"{kind}:{scheme}", "recall", capacity)
        for kind in detections.kinds
        for scheme in SCHEMES
        for capacity in CAPACITIES
    }
    assert wanted <= {(row["group_id"], row["measure"], row["alarm_rate"]) for row in rows}


def test_every_table_can_be_read_in_a_terminal(detections: LowPriceBacktest) -> None:
    console = Console(width=160, record=True, file=None, quiet=True)
    with console.capture():
        for table in printed(detections):
            assert table.row_count or "below .5" in str(table.title)
            console.print(table)


def test_a_leak_stops_the_study_before_anything_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    scheme = np.where(rng.random(3000) < 0.1, 0, -1)
    leaking = Trial(
        night=np.repeat(np.arange(30), 100),
        scores={OURS: rng.random(3000)},
        scheme=scheme,
        cut=np.where(scheme >= 0, 0, -1),
        is_look_alike=np.zeros(3000, dtype=bool),
        features={"noise": rng.normal(size=3000), "finding": (scheme >= 0) * 1.0},
        known=np.zeros(3000, dtype=np.int64),
    )
    monkeypatch.setattr(study, "make_trials", lambda *_: [leaking])
    with pytest.raises(LeakError, match="easy"):
        run_low_price([3], shape=SMALL)


def test_a_weak_scheme_is_the_prices_fault_only_where_the_oracle_fails_too(detections: LowPriceBacktest) -> None:
    kind = detections.kinds["easy"]
    assert "value and mass" in why_weak(kind, 0, best=0.02)
    assert "true price" in why_weak(kind, 0, best=0.2)
    assert "true price" not in why_weak(kind, 0, best=0.9)


def test_the_rows_of_other_domains_stay_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("CUSTOMS_PUBLISHED", str(tmp_path / "published"))
    settings.cache_clear()
    try:
        row = {
            "group_id": "all",
            "rule": "r",
            "measure": "m",
            "alarm_rate": 0.1,
            "depth": 0.0,
            "value": 1.0,
            "sample_n": 1,
        }
        publish("supply_chain", Score(night=NIGHT, rows=[row], tables=[]))
        publish("low_price", Score(night=NIGHT, rows=[row, {**row, "measure": "n"}], tables=[]))
        publish("low_price", Score(night=NIGHT, rows=[{**row, "value": 2.0}], tables=[]))
        stored = reading.read("gold.backtest", NIGHT).to_pylist()
        assert sorted((each["domain"], each["value"]) for each in stored) == [("low_price", 2.0), ("supply_chain", 1.0)]
        own = table_of("gold.backtest", [{**row, "night": NIGHT, "domain": "origin", **lineage("low_price")}])
        assert len(beside_others(own, date(2020, 1, 1), "origin")) == 1
    finally:
        settings.cache_clear()


def test_the_command_stops_where_features_leak_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leak(*_: object, **__: object) -> None:
        raise LeakError("easy: leak_lookup")

    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setattr(study, "run_low_price", leak)
    settings.cache_clear()
    try:
        assert main(["backtest", "low_price"]) == LEAK
        assert not (tmp_path / "lake").exists()
    finally:
        settings.cache_clear()
