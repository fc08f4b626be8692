"""The back-test on a small simulated world: it repeats, counts episodes, and is not beaten by rules of thumb."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from jobs.domains.supply_chain.backtest.cuts import Cuts
from jobs.domains.supply_chain.backtest.nights import assess_panel, nights_of
from jobs.domains.supply_chain.backtest.quiet_tables import panel_of_world
from jobs.domains.supply_chain.backtest.replaced import assess_cuts
from jobs.domains.supply_chain.backtest.score import at_rate
from jobs.domains.supply_chain.backtest.study import OURS, Backtest, run_backtest
from jobs.domains.supply_chain.backtest.worlds import WorldShape
from jobs.domains.supply_chain.series import learn_priors
from tests.builders.configs import CONFIG, spanning

pytestmark = pytest.mark.slow

PANEL = panel_of_world(21, WorldShape(items=16, origins=8))
EVENTS = [{"id": "none", "hs_code": "999999", "partner_country": "ZZ", "effective_from": "2024-01-01"}]


@pytest.fixture(scope="module")
def result() -> Backtest:
    return run_backtest(PANEL, EVENTS, CONFIG, cuts=40, seed=7)


def test_ours_finds_deep_cuts_that_simple_rules_miss_at_the_same_low_rate(result: Backtest) -> None:
    deep = result.points.filter(
        pc.and_(pc.equal(result.points["depth"], 0.05), pc.equal(result.points["rate_asked"], 0.3))
    )
    outcome = dict(zip(deep["detector"].to_pylist(), deep["detected"].to_pylist(), strict=True))
    assert outcome[OURS] > 0.4
    assert outcome[OURS] > max(share for name, share in outcome.items() if name != OURS)


def test_no_setting_alarms_more_often_than_asked(result: Backtest) -> None:
    rows = result.points.to_pylist()
    assert all(not row["alarm_rate"] > row["rate_asked"] + 1e-9 for row in rows)
    assert all(row["lower"] <= row["detected"] <= row["upper"] for row in rows)


def test_an_event_of_an_unwatched_subject_says_so(result: Backtest) -> None:
    assert result.events.to_pylist()[0]["status"] == "not_watched"


def test_a_cut_changes_its_own_nights_and_no_earlier_one() -> None:
    whole = spanning(len(PANEL.months))
    pools = learn_priors(PANEL, whole).pools
    everything = nights_of(assess_panel(PANEL, pools, whole))
    row = int(np.flatnonzero(everything.watched[:, 25])[0])
    cuts = Cuts(row=np.array([row]), start=np.array([26]), hoard=np.array([1.0]))
    quiet = everything.take(cuts.row)
    cut = assess_cuts(PANEL, cuts, 0.05, quiet, pools, CONFIG)
    begin = 26 - 1  # the first month of a panel is not assessed
    np.testing.assert_array_equal(cut.p[0, :begin], quiet.p[0, :begin])
    np.testing.assert_array_equal(cut.evidence.share[0, :begin], quiet.evidence.share[0, :begin])
    assert (cut.p[0, begin : begin + 2] < quiet.p[0, begin : begin + 2]).all()
    np.testing.assert_allclose(cut.evidence.ratio[0, begin], 0.05 * quiet.evidence.ratio[0, begin], rtol=1e-3)


def test_the_last_night_of_a_back_test_is_the_night() -> None:
    """What is found in a month does not depend on how many nights are assessed with it."""
    whole, last = spanning(len(PANEL.months)), spanning(6)
    combined = assess_panel(PANEL, learn_priors(PANEL, whole).pools, whole)
    alone = assess_panel(PANEL, learn_priors(PANEL, last).pools, last)
    np.testing.assert_allclose(alone.p_down[:, -1], combined.p_down[:, -1])


def test_loosest_setting_before_the_rate_is_first_exceeded() -> None:
    assert at_rate(np.array([0.0, 0.1, 0.2, 0.12]), 0.15) == 1
    assert at_rate(np.array([0.2, 0.3]), 0.15) == -1
