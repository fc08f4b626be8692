"""Seeded cuts and the rules of thumb they are scored against."""

from __future__ import annotations

import numpy as np

from jobs.domains.supply_chain.backtest.cuts import FIRST_MONTH, LENGTH, draw_cuts, lay_cuts
from jobs.domains.supply_chain.backtest.naive import RULES

MASS = np.random.default_rng(1).lognormal(10.0, 0.1, (6, 42))


def test_cuts_repeat_with_the_seed_and_stay_in_eligible_months() -> None:
    eligible = np.zeros(MASS.shape, dtype=bool)
    eligible[2, 10:30] = True
    first = draw_cuts(eligible, 50, np.random.default_rng(9))
    again = draw_cuts(eligible, 50, np.random.default_rng(9))
    assert (first.row == 2).all()
    assert first.start.min() >= FIRST_MONTH
    assert first.start.max() < 30
    np.testing.assert_array_equal(first.start, again.start)


def test_a_cut_scales_three_months_and_hoarding_the_two_before() -> None:
    cuts = draw_cuts(np.ones(MASS.shape, dtype=bool), 20, np.random.default_rng(2), hoarding=1.0)
    factor = lay_cuts(MASS, cuts, 0.2) / MASS[cuts.row]
    for row, start in enumerate(cuts.start):
        np.testing.assert_allclose(factor[row, start : start + LENGTH], 0.2)
        assert ((factor[row, start - 2 : start] >= 1.5) & (factor[row, start - 2 : start] <= 3.0)).all()
    assert np.isclose(factor, 1.0).sum() == 20 * (42 - 5)


def test_every_rule_of_thumb_is_lowest_in_a_month_that_breaks_down() -> None:
    broken = MASS.copy()
    broken[:, 30] *= 0.05
    for score in RULES.values():
        assert (np.nanargmin(score(broken), axis=1) == 30).all()
