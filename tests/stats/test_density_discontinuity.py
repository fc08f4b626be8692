"""The local-polynomial density test: its level where nothing jumps, its density, its power, its invariances."""

import numpy as np
import pytest
from scipy import stats

from jobs.stats.density_discontinuity import density_jump

LEAST_SIDE = 20

GROUPS = 3000


def assessed(x):
    """`density_jump` of rows as groups."""
    groups, n = x.shape
    return density_jump(x.ravel(), np.repeat(np.arange(groups), n), groups, LEAST_SIDE)


@pytest.mark.parametrize(("centre", "n"), [(0.0, 100), (0.1, 200), (-0.1, 200), (0.1, 400)])
def test_a_smooth_density_keeps_the_level_on_either_slope(centre, n):
    j = assessed(np.random.default_rng(1).normal(centre, 0.1, (GROUPS if n < 400 else GROUPS // 2, n)))
    p = j.p[np.isfinite(j.p)]
    assert len(p) > 0.9 * len(j.p)
    assert 0.035 <= np.mean(p <= 0.05) <= 0.062
    assert np.mean(p <= 0.01) <= 0.015


def test_a_skewed_density_keeps_the_level():
    x = np.random.default_rng(2).gamma(4, 0.1, (1500, 300)) - 0.4
    assert np.mean(assessed(x).p <= 0.05) == pytest.approx(0.05, abs=0.02)


def test_both_densities_are_those_of_the_law_drawn_from():
    rng = np.random.default_rng(3)
    x = rng.normal(0, 1, (200, 2000))
    j = assessed(x)
    assert j.below.mean() == pytest.approx(stats.norm.pdf(0), rel=0.03)
    assert j.above.mean() == pytest.approx(stats.norm.pdf(0), rel=0.03)


def test_the_jump_of_a_broken_density_is_measured_and_found():
    rng = np.random.default_rng(4)
    x = np.abs(rng.normal(0, 1, (200, 2000)))
    x = np.where(rng.random(x.shape) < 1 / 3, -x, x)
    j = assessed(x)
    assert (j.above / j.below).mean() == pytest.approx(2.0, rel=0.1)
    assert np.mean(j.p <= 0.05) > 0.8
    assert np.mean(assessed(-x).p <= 0.05) == 0  # a jump down is not one up


def test_its_standard_error_is_the_spread_of_the_estimate():
    x = np.random.default_rng(5).normal(0.05, 0.1, (2000, 150))
    z = assessed(x).z
    assert np.nanstd(z) == pytest.approx(1.0, abs=0.05)


def test_the_unit_of_x_and_the_order_of_rows_do_not_matter():
    rng = np.random.default_rng(6)
    x, group = rng.normal(0, 1, 600), rng.integers(0, 4, 600)
    a, b = (density_jump(*each, 4, LEAST_SIDE) for each in ((x, group), (7 * x[::-1], group[::-1])))
    assert np.allclose(a.z, b.z)
    assert np.allclose(a.above, 7 * b.above)


def test_each_group_is_judged_by_its_own_rows():
    rng = np.random.default_rng(7)
    x = rng.normal(0, 1, (3, 200))
    separate = np.array([assessed(row[None]).z[0] for row in x])
    assert np.allclose(assessed(x).z, separate)


def test_a_side_of_nineteen_is_no_test():
    x = np.r_[-np.linspace(0.01, 1, 19), np.linspace(0, 1, 60)]
    group = np.zeros(len(x), dtype=int)
    assert np.isnan(density_jump(x, group, 1, LEAST_SIDE).p[0])
    assert np.isfinite(density_jump(np.r_[x, -0.5], np.r_[group, 0], 1, LEAST_SIDE).p[0])
