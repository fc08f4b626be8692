"""The back-test on a small simulated world: it repeats, counts episodes, and is not beaten by rules of thumb."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from jobs.backtest import OURS, Backtest, run_backtest
from jobs.backtests.panel import assess_standing, standing_of_replaced
from jobs.backtests.reference import panel_of_world
from jobs.backtests.score import at_rate
from jobs.backtests.worlds import WorldShape

PANEL = panel_of_world(21, WorldShape(items=16, origins=8))
EVENTS = [{"id": "none", "hs_code": "999999", "partner_country": "ZZ", "effective_from": "2024-01-01"}]


@pytest.fixture(scope="module")
def result() -> Backtest:
    return run_backtest(PANEL, EVENTS, cuts=40, seed=7)


def test_ours_finds_deep_cuts_that_simple_rules_miss_at_the_same_low_rate(result: Backtest) -> None:
    deep = result.points.filter(
        pc.and_(pc.equal(result.points["depth"], 0.05), pc.equal(result.points["rate_asked"], 0.3))
    )
    found = dict(zip(deep["detector"].to_pylist(), deep["found"].to_pylist(), strict=True))
    assert found[OURS] > 0.4
    assert found[OURS] > max(share for name, share in found.items() if name != OURS)


def test_no_setting_alarms_more_often_than_asked(result: Backtest) -> None:
    rows = result.points.to_pylist()
    assert all(not row["alarm_rate"] > row["rate_asked"] + 1e-9 for row in rows)
    assert all(row["lower"] <= row["found"] <= row["upper"] for row in rows)


def test_an_event_of_an_unwatched_subject_says_so(result: Backtest) -> None:
    assert result.events.to_pylist()[0]["status"] == "not_watched"


def test_a_replaced_series_changes_its_own_standing_only_after_the_cut() -> None:
    standing = assess_standing(PANEL)
    row = int(np.flatnonzero(standing.eligible[:, 20])[0])
    mass, value = PANEL.mass[[row]].copy(), PANEL.value[[row]].copy()
    value[:, 20:23] *= 0.05
    again = standing_of_replaced(PANEL, np.array([row]), mass, value)
    np.testing.assert_allclose(again.share[0, :21], standing.share[row, :21])
    assert again.share[0, 24] < standing.share[row, 24]


def test_loosest_setting_before_the_rate_is_first_exceeded() -> None:
    assert at_rate(np.array([0.0, 0.1, 0.2, 0.12]), 0.15) == 1
    assert at_rate(np.array([0.2, 0.3]), 0.15) == -1
