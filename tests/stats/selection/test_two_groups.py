"""Chance of a low price before there are labels: calibrated where the world is as described, cautious where it is
not.
"""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.stats.selection import two_groups
from jobs.stats.selection.two_groups import probability_low
from tests.builders.configs import LOW_PRICE
from tests.reference.reliability import reliability

fit_two_groups = partial(two_groups.fit_two_groups, prior_lots=LOW_PRICE.evidence.prior_lots)


def night(lots=40_000, share=0.03, sd=0.15, seed=1, tails=None):
    """Log ratios, their spread, and which lots are cut by 20, 35 or 50 %."""
    rng = np.random.default_rng(seed)
    log_sd = sd * np.exp(rng.normal(0, 0.2, lots))
    noise = rng.normal(size=lots) if tails is None else rng.standard_t(tails, lots) * np.sqrt((tails - 2) / tails)
    is_low = rng.random(lots) < share
    return noise * log_sd + np.where(is_low, np.log(1 - rng.choice([0.2, 0.35, 0.5], lots)), 0.0), log_sd, is_low


def assess(log_ratio, log_sd):
    return probability_low(fit_two_groups(log_ratio, log_sd), log_ratio, log_sd)


@pytest.mark.parametrize("sd", [0.10, 0.15, 0.25])
@pytest.mark.parametrize("tails", [None, 4])
def test_chances_come_true_at_every_difficulty_with_and_without_heavy_tails(sd, tails):
    log_ratio, log_sd, is_low = night(sd=sd, tails=tails)
    assert reliability(assess(log_ratio, log_sd), is_low).error < 0.012


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1])
def test_the_share_of_low_lots_is_learned_from_the_night(share):
    log_ratio, log_sd, _ = night(share=share, sd=0.1)
    assert fit_two_groups(log_ratio, log_sd).low_share == pytest.approx(share, abs=0.01)


def test_heavy_tails_seen_above_the_reference_are_not_called_low_below_it():
    log_ratio, log_sd, _ = night(share=0.0, tails=3)
    assert fit_two_groups(log_ratio, log_sd).low_share < 0.005
    halved = log_ratio.copy()
    halved[log_ratio > 0] *= 0.4  # the same lower tail without its mirror
    assert fit_two_groups(halved, log_sd).low_share > 0.02


def test_the_ratio_counts_beside_z():
    """At the same z of -3, half the reference in a wild market is a cut; 9 % below in a quiet one may be noise."""
    log_ratio, log_sd, _ = night(share=0.05)
    model = fit_two_groups(log_ratio, log_sd)
    wild, quiet = probability_low(model, np.array([-0.69, -0.09]), np.array([0.23, 0.03]))
    assert wild > 0.7
    assert quiet < 0.4


def test_without_a_reference_there_is_no_chance_to_state():
    model = fit_two_groups(*night(lots=1_000)[:2])
    result = probability_low(model, np.array([np.nan, -0.5]), np.array([0.1, 0.1]))
    assert np.isnan(result[0])
    assert result[1] > 0.9


def test_a_few_lots_do_not_make_a_group():
    log_ratio, log_sd, _ = night(lots=30, share=0.0)
    assert assess(log_ratio, log_sd).mean() < 0.1
    assert fit_two_groups(np.empty(0), np.empty(0)).low_share < 0.01


MODEL = fit_two_groups(*night(lots=2_000)[:2])


@given(st.floats(-12, 3), st.floats(0.01, 2))
def test_every_lot_gets_a_chance_between_none_and_certain(log_ratio, log_sd):
    assert 0 <= probability_low(MODEL, np.array([log_ratio]), np.array([log_sd]))[0] <= 1


def test_the_order_of_lots_changes_nothing():
    log_ratio, log_sd, _ = night(lots=5_000)
    order = np.random.default_rng(2).permutation(5_000)
    np.testing.assert_array_equal(assess(log_ratio, log_sd)[order], assess(log_ratio[order], log_sd[order]))
