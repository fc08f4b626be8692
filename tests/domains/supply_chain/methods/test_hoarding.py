"""SC-HOARD: all signs together, the unknown shown as unknown."""

import numpy as np
import pytest

from jobs.domains.supply_chain.methods.hoarding import PARTS, assess_hoarding
from tests.builders.configs import CONFIG


def cell(x):
    return np.array([[x]], dtype=float)


def assessed(surge, price, observed=300.0, expected=100.0, **more):
    parts = {name: cell(p) for name, p in more.items()}
    return assess_hoarding(cell(surge), cell(price), cell(observed), cell(expected), CONFIG.hoarding, **parts)


def test_p_is_the_largest_of_the_known_parts():
    h = assessed(0.001, 0.02, p_newcomers=0.005)
    assert h.p[0, 0] == 0.02
    assert PARTS[h.deciding[0, 0]] == "price"
    assert h.is_known[0, 0].tolist() == [True, True, True, False]


def test_a_surge_at_a_steady_price_is_not_hoarding():
    assert assessed(0.0001, 0.6).p[0, 0] == 0.6


@pytest.mark.parametrize(("surge", "price"), [(np.nan, 0.01), (0.01, np.nan)])
def test_without_quantity_or_price_there_is_no_test(surge, price):
    h = assessed(surge, price, p_newcomers=0.001, p_air=0.001)
    assert np.isnan(h.p[0, 0])
    assert not h.is_testable[0, 0]
    assert h.deciding[0, 0] == -1


def test_a_small_significant_surge_is_not_far_above():
    assert assessed(0.001, 0.001, observed=140.0).p[0, 0] == 1.0
    assert assessed(0.001, 0.001, observed=150.0).p[0, 0] == 0.001


def test_anything_is_far_above_nothing():
    assert assessed(0.01, 0.01, observed=5.0, expected=0.0).p[0, 0] == 0.01


def test_level_holds_when_only_one_part_is_under_the_null():
    rng = np.random.default_rng(5)
    null = rng.random((20000, 1))
    h = assess_hoarding(np.full_like(null, 1e-6), null, np.full_like(null, 3.0), np.ones_like(null), CONFIG.hoarding)
    assert np.mean(h.p <= 0.01) == pytest.approx(0.01, abs=0.003)
