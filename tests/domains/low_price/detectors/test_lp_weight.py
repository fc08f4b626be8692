"""LP-WEIGHT: lightness in containers, bags, gross mass and on the scale, against the habits of honest firms."""

from functools import partial

import numpy as np
import pytest

from jobs.domains.low_price.detectors import lp_weight
from jobs.domains.low_price.methods.measures import Measure
from tests.builders.configs import LOW_PRICE
from tests.calibration.patterns import detected, realised, weight_world

pytestmark = pytest.mark.slow

carried_mass = partial(lp_weight.carried_mass, rule=LOW_PRICE.weight)
find_weight_understatement = partial(
    lp_weight.find_weight_understatement, rule=LOW_PRICE.weight, peers=LOW_PRICE.patterns.peers
)

FIRMS, LOTS = 20, 10
FIRM = np.repeat(np.arange(FIRMS), LOTS)


def bags(cut=1.0, firm=0, lots=slice(None)):
    """Net mass of lots of 100 bags of about 25 kg, those of one firm cut; and the bags as a measure."""
    net = 2500 * np.exp(np.random.default_rng(1).normal(0, 0.01, FIRMS * LOTS))
    net.reshape(FIRMS, LOTS)[firm, lots] *= cut
    return net, {"packages": Measure(np.full(len(net), 100.0), np.zeros(len(net), dtype=int))}


@pytest.mark.parametrize("mean", [8, 40])
def test_honest_firms_with_habits_and_half_filled_containers_keep_the_level(mean):
    rng = np.random.default_rng(2)
    world = weight_world(rng, 0.0, firms=4000, mean=mean)
    assert 0.005 <= realised(find_weight_understatement(**world, rng=rng)) <= 0.013
    assert realised(find_weight_understatement(**world)) <= 0.01


@pytest.mark.parametrize("part", [0.3, 1.0])
def test_a_fifth_less_than_carried_is_found_though_only_some_lots_are_understated(part):
    result = find_weight_understatement(**weight_world(np.random.default_rng(3), part, firms=1000))
    assert detected(result, 1000)[1] > 0.8


def test_the_firm_whose_bags_weigh_less_is_the_one_found():
    net, measures = bags(cut=0.8, firm=7)
    result = find_weight_understatement(net, measures, FIRM)
    assert result.group[np.argmin(result.p)] == 7
    assert result.p[7] < 1e-4
    assert np.sort(result.p)[1] > 0.01
    assert result.reason_codes(7, 0.05) == ["packages"]
    assert np.flatnonzero(result.is_evidence).tolist() == list(range(70, 80))


def test_what_was_carried_is_told_by_the_bags_of_the_others():
    net, measures = bags(cut=0.8, firm=7)
    shown = find_weight_understatement(net, measures, FIRM).is_evidence
    carried = carried_mass(net, measures, FIRM, shown)
    np.testing.assert_allclose(carried[FIRM == 7], 2500, rtol=0.03)
    assert np.isnan(carried[FIRM != 7]).all()


def test_heavier_than_usual_is_no_finding():
    net, measures = bags(cut=1.3, firm=7)
    assert find_weight_understatement(net, measures, FIRM).p[7] > 0.5


def test_a_measure_not_stated_leaves_the_others():
    net, measures = bags(cut=0.8, firm=7)
    unknown = Measure(np.full(len(net), np.nan), np.zeros(len(net), dtype=int))
    result = find_weight_understatement(net, measures | {"weighbridge": unknown}, FIRM)
    assert np.isnan(result.parts["weighbridge"]).all()
    assert np.array_equal(result.p, find_weight_understatement(net, measures, FIRM).p)


def test_a_kind_of_four_firms_has_no_usual_weight():
    net, measures = bags(cut=0.8)
    kind = np.where(FIRM < 4, 1, 0)
    result = find_weight_understatement(net, {"packages": Measure(measures["packages"].amount, kind)}, FIRM)
    assert np.isnan(result.p[:4]).all()
    assert np.isfinite(result.p[4:]).all()


def test_the_largest_importer_is_not_its_own_usual_weight():
    net, _ = bags()
    heavy = np.full(600, 2000.0)
    amount = np.full(len(net) + 600, 100.0)
    measure = {"packages": Measure(amount, np.zeros(len(amount), dtype=int))}
    result = find_weight_understatement(np.r_[net, heavy], measure, np.r_[FIRM, np.full(600, FIRMS)])
    assert result.p[FIRMS] < 1e-4


def test_bags_of_two_sizes_are_two_kinds():
    net, measures = bags()
    net[:100] *= 0.4
    amount = measures["packages"].amount
    kind = np.where(np.arange(len(net)) < 100, 1, 0)
    result = find_weight_understatement(net, {"packages": Measure(amount, kind)}, FIRM)
    assert not result.is_evidence.any()
