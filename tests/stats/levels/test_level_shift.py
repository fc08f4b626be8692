"""The level-shift fit: published answers, equivariance, robustness, and a p-value that holds its level."""

import os
from pathlib import Path

import numpy as np
import pytest

from jobs.stats.levels.level_shift import fit_level_shift
from jobs.stats.levels.level_shift_null import NULL_T, NULL_TAIL, shift_p_values
from tests.calibration.level_shift import null_limits

pytestmark = pytest.mark.slow

REAL = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "jrc_trade"


def published(name):
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the JRC series are not on this machine: {path}")
    rows = np.genfromtxt(path, delimiter=",", skip_header=1, dtype=str)
    return rows[:, 0], rows[:, 1].astype(float)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(3).normal(size=(800, 42))


@pytest.fixture(scope="module")
def fitted(noise):
    return fit_level_shift(noise)


def test_sugar_shifts_in_may_2011():
    months, quantity = published("TTsugar.csv")
    fit = fit_level_shift(quantity[None])
    assert months[fit.position[0]] == "2011-05-01"
    assert fit.p_down[0] < 1e-3


@pytest.mark.parametrize("transform", [np.asarray, np.log])
def test_p17049075_shifts_at_position_35(transform):
    _, quantity = published("TTP17049075.csv")
    fit = fit_level_shift(transform(quantity)[None])
    # Published as 35; the file's 34th value, of 2011-05, is the first low one, as in the sugar series of that year.
    assert abs(fit.position[0] + 1 - 35) <= 1
    assert fit.p_down[0] < 1e-3


def test_level_is_held_through_the_search(fitted):
    smaller = 2 * np.minimum(fitted.p_up, fitted.p_down)
    assert 0.03 < np.mean(smaller <= 0.05) < 0.07
    assert np.mean(smaller <= 0.01) < 0.02
    assert np.mean(np.abs(fitted.t) > 2.58) > 0.1  # what the plain limit would have called shifts


def test_a_shift_is_found_in_place_beside_outliers(noise):
    rng = np.random.default_rng(4)
    y = noise[:300] + np.where(np.arange(42) >= 25, 6.0, 0.0)
    y[np.arange(300), rng.integers(0, 42, 300)] += 15
    fit = fit_level_shift(y)
    assert np.mean(np.abs(fit.position - 25) <= 1) > 0.95
    assert np.mean(fit.p_up < 0.005) > 0.9
    assert np.median(fit.size) == pytest.approx(6.0, abs=0.3)


def test_trend_season_and_unit_change_nothing(noise, fitted):
    time = np.arange(42)
    dressed = 5 + 3.0 * noise + 0.4 * time + 7 * np.cos(2 * np.pi * time / 12)
    fit = fit_level_shift(dressed)
    same = fit.position == fitted.position
    assert same.mean() > 0.9  # the least-absolute-deviation start is only approximately equivariant
    assert np.allclose(fit.t[same], fitted.t[same], atol=0.3)


def test_mirrored_series_have_mirrored_p_values(noise, fitted):
    fit = fit_level_shift(-noise)
    assert np.allclose(fit.p_up, fitted.p_down, atol=1e-6)


def test_missing_months_are_left_out(noise):
    y = noise[:200] + np.where(np.arange(42) >= 20, 8.0, 0.0)
    y[:, 5:9] = np.nan
    fit = fit_level_shift(y)
    assert not fit.is_regular[:, 5:9].any()
    assert np.mean(fit.position == 20) > 0.95


def test_a_constant_series_has_no_shift():
    fit = fit_level_shift(np.full((2, 40), 7.0))
    assert np.isfinite(fit.t).all()
    assert (np.minimum(fit.p_up, fit.p_down) > 0.2).all()


def test_too_short_a_history_is_refused():
    with pytest.raises(ValueError, match="24 periods"):
        fit_level_shift(np.zeros((1, 20)))


def test_p_values_pass_through_the_table_and_fall_beyond_it():
    limits = np.array(NULL_T[42])
    p_up, p_down = shift_p_values(limits, 42)
    assert np.allclose(p_up, NULL_TAIL / 2)
    assert np.allclose(p_up + p_down, 1)
    far = shift_p_values(np.array([6.0, 8.0, 12.0]), 42)[0]
    assert (np.diff(far) < 0).all()
    assert far[0] < 5e-4
    between = shift_p_values(limits[5:6], 45)[0]
    assert NULL_TAIL[6] / 2 < between[0] < NULL_TAIL[4] / 2


def test_the_table_is_what_its_command_makes():
    again = np.array(null_limits(42, draws=1000, seed=1))
    assert np.allclose(again[:5], NULL_T[42][:5], atol=0.3)
