"""The point-mass filter against the Kalman filter where that is exact, and against simulated jumps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.configs import LOW_PRICE
from tests.builders.configs import motion as motion_of

NORMAL = motion_of((0.02,), 0.0, 0.1)
LOTS = LOW_PRICE.reference.errors


def normal_log(error, sd):
    return -0.5 * (error / sd) ** 2


def test_without_jumps_and_gross_errors_it_is_the_kalman_filter():
    rng = np.random.default_rng(1)
    mean, variance, mass = 0.0, 0.1**2, NORMAL.start(np.array([0.1]))
    for gap, y in zip(rng.integers(1, 20, 25), rng.normal(0.1, 0.1, 25), strict=True):
        variance += gap * 0.02**2
        gain = variance / (variance + 0.15**2)
        mean, variance = mean + gain * (y - mean), variance * (1 - gain)
        carried = NORMAL.carry(mass, np.array([float(gap)]), np.zeros(1))
        mass = NORMAL.weigh(carried, normal_log(y - NORMAL.grid, 0.15)[None])
        result = NORMAL.moments(mass)
        assert result[0][0] == pytest.approx(mean, abs=2e-3)
        assert result[1][0] == pytest.approx(variance, rel=0.02)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.05, 0.2))
def test_two_steps_are_one(first, second, sd):
    motion = motion_of((0.005, 0.02), 0.01, 0.1)
    mass, none = motion.start(np.array([sd])), np.zeros(1)
    twice = motion.carry(motion.carry(mass, np.array([float(first)]), none), np.array([float(second)]), none)
    np.testing.assert_allclose(twice, motion.carry(mass, np.array([float(first + second)]), none), atol=1e-9)


def test_a_day_adds_the_variance_it_says():
    motion = motion_of((0.01,), 0.01, 0.05)
    mass = motion.start(np.array([0.05]))
    before, after = motion.moments(mass)[1], motion.moments(motion.carry(mass, np.array([20.0]), np.zeros(1)))[1]
    assert (after - before)[0] == pytest.approx(20 * motion.daily_variance[0], rel=0.02)


def test_the_speed_of_a_walk_is_learned():
    motion = motion_of((0.002, 0.03), 0.0, 0.1)
    rng = np.random.default_rng(3)
    for speed, index in ((0.002, 0), (0.03, 1)):
        mass, level = motion.start(np.array([0.1])), 0.0
        for step in rng.normal(0, speed, 150):
            level = np.clip(level + step, -0.7, 0.7)
            seen = normal_log(level + rng.normal(0, 0.05) - motion.grid, 0.05)
            mass = motion.weigh(motion.carry(mass, np.ones(1), np.zeros(1)), seen[None])
        assert mass.sum(axis=2)[0, index] > 0.9


def test_one_cheap_lot_is_doubted_and_a_row_of_them_believed():
    motion = motion_of((0.005,), 0.002, 0.2)
    mass, means = motion.start(np.array([0.03])), []
    for _ in range(12):
        seen = LOTS.log_density(-0.6 - motion.grid, np.full(1, 0.1), 0.4)
        mass = motion.weigh(motion.carry(mass, np.ones(1), np.zeros(1)), seen[None])
        means.append(motion.moments(mass)[0][0])
    assert means[0] > -0.03
    assert means[-1] < -0.55


def test_a_grid_moved_under_its_level_leaves_the_level_where_it_was():
    mass = NORMAL.start(np.array([0.1, 0.1]))
    moved = NORMAL.shift(mass, np.array([5, -3]))
    np.testing.assert_allclose(NORMAL.moments(moved)[0] + NORMAL.step * np.array([5, -3]), 0.0, atol=1e-6)


def test_the_density_of_lots_is_one_in_all():
    error = np.linspace(-25, 25, 200_001)
    total = np.exp(LOTS.log_density(error, np.full(1, 0.15), 0.3)).sum() * (error[1] - error[0])
    assert total == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("sd", [0.1, 0.25])
def test_squared_errors_counted_as_far_as_lots_look_honest_are_made_whole(sd):
    error = np.random.default_rng(5).normal(0, sd, 200_000)
    weight = LOTS.probability_honest(error, np.full(1, sd), 0.4)
    kept = LOTS.variance_kept(np.array([sd]), np.array([0.4]))[0]
    assert np.sqrt((weight * error**2).sum() / weight.sum() / kept) == pytest.approx(sd, rel=0.01)
