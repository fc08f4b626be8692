"""Reference samples of a CUSUM: ranks, and each series by its own class."""

import numpy as np
import pytest

from tests.builders.configs import ALLOWANCE
from tests.reference.counts.cusum_reference import assess_shift, build_reference, monte_carlo_p


def test_monte_carlo_p_is_a_rank_and_never_zero() -> None:
    reference = np.array([[0.0, 1.0, 2.0, np.nan, 3.0]])
    np.testing.assert_allclose(monte_carlo_p(np.array([0.0, 2.0, 9.0, np.nan]), reference), [1.0, 0.6, 0.2, np.nan])


def test_each_series_is_judged_by_its_own_class() -> None:
    rng = np.random.default_rng(8)
    narrow = build_reference(rng.normal(scale=0.5, size=(400, 40)), 0.02, "down", 5, ALLOWANCE)
    wide = build_reference(rng.normal(scale=2.0, size=(400, 40)), 0.02, "down", 5, ALLOWANCE)
    z = np.full((2, 3), -1.5)
    _, p = assess_shift(z, np.array([0, 1]), {0: narrow, 1: wide}, ALLOWANCE)
    assert narrow.limit < wide.limit
    assert np.all(p[0] < p[1])
    assert np.all(np.diff(p, axis=1) <= 0)


def test_a_class_without_reference_is_an_error() -> None:
    reference = build_reference(np.random.default_rng(1).normal(size=(50, 20)), 0.05, "down", 0, ALLOWANCE)
    with pytest.raises(KeyError):
        assess_shift(np.zeros((1, 4)), np.array([2]), {0: reference}, ALLOWANCE)
