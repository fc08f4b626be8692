"""Cauchy combination, Benjamini-Hochberg and the common shock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jobs.stats.combine import bh_limit_for_one, combine_cauchy, find_common_shock, reject_bh

CHANCES = st.floats(1e-9, 0.98)


def test_one_detector_alone_keeps_its_p() -> None:
    p = np.array([1e-9, 1e-3, 0.3, 0.9])
    assert combine_cauchy(p[:, None]) == pytest.approx(p, rel=1e-6)


def test_a_missing_detector_is_left_out_and_none_is_no_test() -> None:
    combined = combine_cauchy(np.array([[0.01, np.nan], [np.nan, np.nan]]))
    assert combined[0] == pytest.approx(0.01)
    assert np.isnan(combined[1])


def test_a_p_of_one_cannot_cancel_strong_evidence() -> None:
    assert combine_cauchy(np.array([1e-6, 1.0])) < 1e-4


@given(st.lists(CHANCES, min_size=2, max_size=5))
def test_combination_lies_between_its_parts(p: list[float]) -> None:
    assert min(p) * (1 - 1e-6) <= combine_cauchy(np.array(p)) <= max(p) * (1 + 1e-6)


def test_combination_of_correlated_tests_keeps_the_level() -> None:
    rng = np.random.default_rng(5)
    shared = rng.standard_normal((200_000, 1))
    z = np.sqrt(0.6) * shared + np.sqrt(0.4) * rng.standard_normal((200_000, 3))
    assert 0.007 < (combine_cauchy(stats.norm.sf(z)) <= 0.01).mean() < 0.012


def test_benjamini_hochberg_of_the_published_example() -> None:
    """Benjamini and Hochberg (1995), table 1: four of the fifteen are rejected at 0.05."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    assert reject_bh(p[:, None], 0.05)[:, 0].sum() == 4


@given(st.lists(CHANCES, min_size=1, max_size=12), CHANCES, st.floats(0.01, 0.9))
def test_limit_for_one_decides_as_the_whole_procedure(others: list[float], own: float, q: float) -> None:
    family = np.array([*others, own])
    assert bool(reject_bh(family[:, None], q)[-1, 0]) == (own <= bh_limit_for_one(np.array(others), q))


def test_a_strike_is_found_and_broken_suppliers_make_none() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((60, 2))
    z[:, 1] -= 2.0
    z[:5, 1] -= 4.0
    shock = find_common_shock(z, usual_sd=0.25, alpha=0.01, least=20)
    assert shock.shift[0] == 0.0
    assert shock.shift[1] == pytest.approx(-2.0, abs=0.5)


def test_ten_broken_suppliers_of_sixty_are_no_strike() -> None:
    z = np.random.default_rng(4).standard_normal((60, 1))
    z[:10] -= 6.0
    assert find_common_shock(z, usual_sd=0.25, alpha=0.01, least=20).shift[0] == 0.0
