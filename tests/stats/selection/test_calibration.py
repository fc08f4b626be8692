"""Chances corrected by inspections: against selection, never falling, the model while labels are few."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.stats.selection import calibration
from tests.builders.configs import LOW_PRICE
from tests.reference.reliability import reliability

fit_calibration = partial(calibration.fit_calibration, rule=LOW_PRICE.evidence.calibration)


def test_look_alikes_that_price_cannot_tell_are_taken_out_by_labels():
    """The model calls every cheap lot low; a third of them are."""
    rng = np.random.default_rng(3)
    said = rng.random(4_000)
    is_true = rng.random(4_000) < said / 3
    half = slice(0, 2_000), slice(2_000, None)
    fitted = fit_calibration(said[half[0]], is_true[half[0]], np.ones(2_000))
    assert reliability(said[half[1]], is_true[half[1]]).error > 0.3
    assert reliability(fitted.apply(said[half[1]]), is_true[half[1]]).error < 0.03


def test_selection_by_what_the_model_does_not_see_is_corrected():
    """Inspectors look five times as often where they smell a case; the share among the inspected is not the share."""
    rng = np.random.default_rng(4)
    n = 60_000
    said, is_smelt = np.full(n, 0.5), rng.random(n) < 0.3
    is_true = rng.random(n) < np.where(is_smelt, 0.6, 0.1)
    chance = np.where(is_smelt, 0.25, 0.05)
    seen = rng.random(n) < chance
    weighted = fit_calibration(said[seen], is_true[seen], chance[seen]).apply(np.array([0.5]))[0]
    naive = fit_calibration(said[seen], is_true[seen], np.ones(seen.sum())).apply(np.array([0.5]))[0]
    assert weighted == pytest.approx(is_true.mean(), abs=0.02)
    assert naive > is_true.mean() + 0.1


def test_without_labels_the_model_stands():
    fitted = fit_calibration(np.empty(0), np.empty(0, bool), np.empty(0))
    said = np.linspace(0.01, 0.99, 30)
    np.testing.assert_allclose(fitted.apply(said), said, atol=0.02)
    assert fitted.labels == 0


def test_one_label_moves_little_and_a_hundred_move_much():
    def after(n):
        return fit_calibration(np.full(n, 0.9), np.zeros(n, bool), np.ones(n)).apply(np.array([0.9]))[0]

    assert after(1) > 0.5
    assert after(100) < 0.15


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.01, 1)), max_size=40))
def test_a_higher_chance_stays_the_higher_one(labels):
    said, result, chance = (np.array(column) for column in zip(*labels, strict=True)) if labels else [np.empty(0)] * 3
    line = fit_calibration(said, result, chance).apply(np.linspace(0, 1, 101))
    assert (np.diff(line) > 0).all()
    assert ((line >= 0) & (line <= 1)).all()


def test_a_label_that_could_not_have_been_drawn_is_refused():
    with pytest.raises(ValueError, match="propensity"):
        fit_calibration(np.array([0.5]), np.array([True]), np.array([0.0]))


def test_reliability_on_four_lots_by_hand():
    result = reliability(np.array([0.1, 0.15, 0.8, 1.0]), np.array([False, True, True, True]), bins=2)
    np.testing.assert_allclose(result.promised, [0.125, 0.9])
    np.testing.assert_allclose(result.came, [0.5, 1.0])
    assert result.error == pytest.approx((0.375 + 0.1) / 2)
