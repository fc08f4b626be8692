"""LP-SWITCH: the importer that leaves the dear code while its market stays."""

from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.detectors import lp_switch
from tests.builders.configs import LOW_PRICE
from tests.calibration.patterns import detected, realised, switching_world

find_switching = partial(lp_switch.find_switching, rule=LOW_PRICE.switch, peers=LOW_PRICE.patterns.peers)

IMPORTERS, MONTHS = 12, 24


def trade(before, after):
    """A lot of each code a month, with the dear one's share of mass by importer before and after month 12."""
    importer, month, dear = (a.ravel() for a in np.indices((IMPORTERS, MONTHS, 2)))
    share = np.where(month < 12, np.asarray(before)[importer], np.asarray(after)[importer])
    return {
        "net_mass_kg": 1000 * np.where(dear == 1, share, 1 - share),
        "duty": np.where(dear == 1, 270.0, 27.0),
        "family": np.zeros(len(month), dtype=int),
        "importer": importer,
        "period": month,
        "first_after": 12,
    }


STEADY = np.linspace(0.6, 0.9, IMPORTERS)


def switched(to=0.0):
    after = STEADY.copy()
    after[3] = to
    return after


@pytest.mark.parametrize("dear", [0.0, 2.5])
def test_honest_importers_keep_the_level_in_drifting_markets(dear):
    p = [realised(find_switching(**switching_world(np.random.default_rng(s), 0.0, dear=dear))) for s in range(6)]
    assert 0.004 <= np.mean(p) <= 0.014


def test_importers_that_leave_the_dear_code_are_found():
    result = find_switching(**switching_world(np.random.default_rng(2), 1.0, dear=2.5))
    assert detected(result, 3000)[1] > 0.4


def test_the_one_that_switches_is_found_with_its_lots():
    world = trade(STEADY, switched())
    result = find_switching(**world)
    assert np.argmin(result.p) == 3
    assert result.p[3] < 1e-3
    assert result.statistic[3] > 0.5
    lots = result.is_evidence & (result.row == 3)
    assert (world["duty"][lots] == 27.0).all()
    assert (world["period"][lots] >= 12).all()


def test_a_move_to_the_dearer_code_is_none():
    assert find_switching(**trade(1 - STEADY, 1 - switched())).p[3] > 0.5


def test_what_the_whole_market_does_is_no_switch():
    result = find_switching(**trade(STEADY, 0.3 * STEADY))
    assert (result.p > 0.05).all()


def test_the_market_is_that_of_the_others():
    """Eleven switch and one stays: the one that stays is not found, and they are no finding against each other."""
    after = np.full(IMPORTERS, 0.2)
    after[3] = STEADY[3]
    assert (find_switching(**trade(STEADY, after)).p > 0.01).all()


def test_a_month_is_one_decision_however_many_lots_it_has():
    world = trade(STEADY, switched())
    split = {k: np.repeat(v, 10) if isinstance(v, np.ndarray) else v for k, v in world.items()}
    split["net_mass_kg"] = split["net_mass_kg"] / 10
    assert np.allclose(find_switching(**split).p, find_switching(**world).p)


def test_a_family_of_one_burden_or_a_past_of_two_months_is_no_test():
    world = trade(STEADY, switched())
    assert not find_switching(**world | {"duty": np.full(len(world["duty"]), 27.0)}).is_testable.any()
    assert not find_switching(**world | {"first_after": 2}).is_testable.any()


def test_families_are_judged_apart():
    world = trade(STEADY, switched())
    twice = {k: np.r_[v, v] if isinstance(v, np.ndarray) else v for k, v in world.items()}
    twice["family"] = np.repeat([0, 1], len(world["family"]))
    result = find_switching(**twice)
    assert result.market.tolist() == [0] * IMPORTERS + [1] * IMPORTERS
    assert np.allclose(result.p[:IMPORTERS], result.p[IMPORTERS:])
