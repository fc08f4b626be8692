"""The nowcast: complete weeks untouched, delays recovered, quantiles that cover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jobs.methods.nowcast import nowcast, observed_cells, reported_shares

DELAY = np.array([0.5, 0.3, 0.15, 0.05])
SERIES, WEEKS = 1000, 40


def reported(rng, mean=30.0, delay_noise=0.0):
    """Final counts (S, W) and events by delay (S, W, D); delay_noise makes whole weeks report late together."""
    final = rng.poisson(mean, (SERIES, WEEKS))
    chance = np.broadcast_to(DELAY, (SERIES, WEEKS, 4))
    if delay_noise:
        chance = rng.gamma(DELAY / delay_noise, 1.0, (SERIES, WEEKS, 4)) + 1e-12
        chance /= chance.sum(axis=2, keepdims=True)
    return final, rng.multinomial(final, chance).astype(float)


def test_delays_are_recovered():
    _, events = reported(np.random.default_rng(1))
    assert np.allclose(reported_shares(events).mean(axis=0), DELAY.cumsum(), atol=0.01)


# Whole weeks that report late together cannot be told from few events: there 95 % is kept to within 4 points.
@pytest.mark.parametrize(("delay_noise", "least"), [(0.0, 0.94), (0.05, 0.91)])
def test_the_final_count_is_within_each_one_sided_quantile_as_promised(delay_noise, least):
    final, events = reported(np.random.default_rng(2), delay_noise=delay_noise)
    cast = nowcast(events)
    for column in (-1, -2, -3):
        assert np.mean(final[:, column] <= cast.upper[:, column]) > least
        assert np.mean(final[:, column] >= cast.lower[:, column]) > least
    assert np.mean(cast.expected[:, -1]) == pytest.approx(30, rel=0.04)


def test_ordinary_delay_raises_no_drop_alarm_and_a_real_stop_still_does():
    rng = np.random.default_rng(3)
    _, events = reported(rng)
    limit = 19  # P(Poisson(30) <= 19) is just over 2 %
    cast = nowcast(events)
    raw, corrected = cast.known[:, -1], cast.upper[:, -1]
    assert np.mean(raw <= limit) > 0.8
    assert np.mean(corrected <= limit) < 0.03
    events[:, -2:] = rng.poisson(events[:, -2:] * 0.1)
    assert np.mean(nowcast(events).upper[:, -2] <= limit) > 0.95


@settings(max_examples=60, deadline=None)
@given(arrays(float, (3, 9, 4), elements=st.integers(0, 40).map(float)))
def test_complete_weeks_stay_and_bounds_are_in_order(events):
    cast = nowcast(events)
    complete = slice(0, 6)
    final = events.sum(axis=2)[:, complete]
    for bound in (cast.lower, cast.expected, cast.upper):
        assert np.array_equal(bound[:, complete], final)
    assert (cast.known <= cast.lower).all()
    assert (cast.lower <= cast.upper).all()
    share = cast.reported_share[~np.isnan(cast.reported_share[:, 0])]
    assert (np.diff(share, axis=1) >= -1e-12).all()
    assert ((share >= 0) & (share <= 1)).all()


@settings(max_examples=30, deadline=None)
@given(arrays(float, (2, 8, 3), elements=st.integers(0, 20).map(float)), st.integers(1, 99))
def test_future_cells_are_never_read(events, noise):
    changed = events.copy()
    changed[:, ~observed_cells(8, 3)] += noise
    a, b = nowcast(events), nowcast(changed)
    assert np.array_equal(a.upper, b.upper)
    assert np.array_equal(a.lower, b.lower)


def test_a_series_never_heard_of_has_no_upper_bound():
    cast = nowcast(np.zeros((1, 10, 3)))
    assert np.isinf(cast.upper[0, -1])
    assert cast.lower[0, -1] == 0


def test_immediate_reporting_leaves_the_present_week_as_it_is():
    events = np.zeros((1, 30, 3))
    events[..., 0] = 12
    assert nowcast(events).upper[0, -1] == 12
