"""SC-PRICE: size and power of the spike, shifts that are news, and months of next to no mass."""

import numpy as np
import pytest

from jobs.domains.supply_chain.methods.unit_price import assess_unit_price, log_unit_value, mass_precision

pytestmark = pytest.mark.slow

SERIES = 300


def trade(months, memory, seed=1, sd=0.1):
    """Value and mass of series whose log price is an AR(1) around 2."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(SERIES, months + 50)) * sd
    for t in range(1, months + 50):
        noise[:, t] += memory * noise[:, t - 1]
    mass = np.exp(rng.normal(10, 0.3, (SERIES, months)))
    return np.exp(2 + noise[:, 50:]) * mass, mass


@pytest.mark.parametrize("months", [24, 42])
@pytest.mark.parametrize("memory", [0.0, 0.6, 1.0])
def test_false_alarms_stay_near_the_nominal_rate(months, memory):
    verdict = assess_unit_price(*trade(months, memory), np.array([months - 1]))
    assert verdict.spike.is_testable.all()
    for p in (verdict.p_up, verdict.p_down):
        assert np.mean(p <= 0.05) <= 0.085
        assert np.mean(p <= 0.01) <= 0.035


@pytest.mark.parametrize("months", [24, 42])
def test_a_price_five_spreads_up_is_a_spike(months):
    value, mass = trade(months, 0.0)
    value[:, -1] *= np.exp(0.6)
    verdict = assess_unit_price(value, mass, np.array([months - 1]))
    assert np.mean(verdict.p_up <= 0.01) > 0.75
    assert np.median(verdict.spike.observed / verdict.spike.expected) == pytest.approx(np.exp(0.6), rel=0.1)


def test_a_new_level_is_news_for_six_months_only():
    value, mass = trade(48, 0.0)
    value[:, 38:] *= np.exp(0.8)
    verdict = assess_unit_price(value, mass, np.array([42, 47]))
    assert np.mean(verdict.p_shift_up[:, 0] <= 0.01) > 0.9
    assert np.mean(verdict.shift_start[:, 0] == 38) > 0.8
    assert np.mean(verdict.p_shift_up[:, 1] == 1.0) > 0.9
    assert (verdict.shift_size[:, 0] > 0.4).mean() > 0.9


def test_a_wild_price_on_a_few_kilograms_says_nothing():
    value, mass = trade(42, 0.0)
    mass[:, -1] /= 1e4
    value[:, -1] = np.exp(2.5) * mass[:, -1]
    verdict = assess_unit_price(value, mass, np.array([41]))
    assert np.mean(verdict.p_up <= 0.05) < 0.02


def test_short_history_has_no_shift_and_very_short_no_test():
    value, mass = trade(24, 0.0)
    verdict = assess_unit_price(value, mass, np.array([5, 20]))
    assert not verdict.spike.is_testable[:, 0].any()
    assert verdict.spike.is_testable[:, 1].all()
    assert np.isnan(verdict.p_shift_up).all()
    assert np.array_equal(verdict.p_up[:, 1], verdict.spike.p_surge[:, 1])


def test_months_without_trade_are_unknown_and_never_judged():
    value, mass = trade(42, 0.0)
    value[0, 41] = mass[0, 41] = 0.0
    verdict = assess_unit_price(value, mass, np.array([41]))
    assert not verdict.spike.is_testable[0, 0]
    assert np.isnan(log_unit_value(np.array([[5.0, 0.0]]), np.array([[0.0, 3.0]]))).all()


def test_the_future_does_not_reach_back():
    value, mass = trade(48, 0.0)
    early = assess_unit_price(value, mass, np.array([40]))
    value[:, 41:] *= 7
    mass[:, 44:] *= 3
    late = assess_unit_price(value, mass, np.array([40]))
    assert np.array_equal(early.p_up, late.p_up)


def test_the_unit_of_money_does_not_matter():
    value, mass = trade(42, 0.3)
    a = assess_unit_price(value, mass, np.array([41]))
    b = assess_unit_price(value * 1300, mass, np.array([41]))
    assert np.allclose(a.p_up, b.p_up, atol=1e-6)


def test_precision_follows_the_square_root_of_mass():
    mass = np.full((1, 10), 100.0)
    mass[0, 9] = 25.0
    assert mass_precision(mass)[0, 9] == pytest.approx(0.5)
    assert mass_precision(mass)[0, 8] == 1.0
