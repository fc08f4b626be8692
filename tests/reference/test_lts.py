"""FastLTS against stored outputs of R `robustbase::ltsReg` and against its own definition."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.lts import lts_fit, trimmed_count

GOLDEN = Path(__file__).parents[1] / "golden"


def golden(name: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    points = np.loadtxt(GOLDEN / f"lts_{name}_data.csv", delimiter=",", skiprows=1)
    with (GOLDEN / "ltsReg_robustbase.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["dataset"] == name]
    return (
        points[:, :-1],
        points[:, -1],
        {key: np.array([float(row[key]) for row in rows]) for key in rows[0] if key != "dataset"},
    )


@pytest.mark.parametrize("name", ["starsCYG", "phosphor", "coleman", "hbk"])
def test_scales_residuals_and_outliers_equal_rs(name: str) -> None:
    x, y, theirs = golden(name)
    fit = lts_fit(x, y, alpha=0.5)
    assert fit.raw_scale == pytest.approx(theirs["raw_scale"][0], abs=1e-6)
    assert fit.scale == pytest.approx(theirs["scale"][0], abs=1e-6)
    np.testing.assert_allclose(fit.residuals, theirs["resid_std"], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(fit.is_inlier, theirs["wt"] == 1)


@pytest.mark.parametrize("name", ["starsCYG", "phosphor", "coleman", "hbk"])
def test_coefficients_equal_those_behind_rs_residuals(name: str) -> None:
    x, y, theirs = golden(name)
    fitted = y - theirs["scale"] * theirs["resid_std"]
    expected = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x]), fitted, rcond=None)[0]
    np.testing.assert_allclose(lts_fit(x, y, alpha=0.5).coefficients, expected, rtol=0, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-50, 50), st.floats(0.1, 20))
def test_moving_and_stretching_y_moves_and_stretches_the_fit(seed: int, shift: float, stretch: float) -> None:
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=(24, 1)), rng.normal(size=24)
    y = 1.0 + 2.0 * x[:, 0] + noise
    plain, moved = lts_fit(x, y), lts_fit(x, shift + stretch * y)
    np.testing.assert_allclose(
        moved.coefficients, [shift, 0.0] + stretch * plain.coefficients, atol=1e-6 * (1 + stretch)
    )
    assert moved.scale == pytest.approx(stretch * plain.scale)


def test_two_fifths_of_gross_errors_do_not_move_it() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 10, size=(100, 1))
    y = 3.0 - 0.5 * x[:, 0] + rng.normal(scale=0.2, size=100)
    y[:40] += 25.0
    fit = lts_fit(x, y)
    np.testing.assert_allclose(fit.coefficients, [3.0, -0.5], atol=0.15)
    assert not fit.is_inlier[:40].any()


def test_trimming_nothing_is_least_squares() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(40, 2))
    y = x @ [1.0, -1.0] + rng.normal(size=40)
    expected = np.linalg.lstsq(np.column_stack([np.ones(40), x]), y, rcond=None)[0]
    np.testing.assert_allclose(lts_fit(x, y, alpha=1.0).raw_coefficients, expected)


def test_the_scale_of_normal_noise_is_its_deviation() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(4000, 1))
    fit = lts_fit(x, x[:, 0] + rng.normal(scale=2.0, size=4000), alpha=0.75, starts=50)
    assert fit.raw_scale == pytest.approx(2.0, rel=0.06)
    assert fit.scale == pytest.approx(2.0, rel=0.04)


def test_points_on_a_line_give_it_exactly() -> None:
    x = np.arange(20.0)[:, None]
    y = 2.0 + 3.0 * x[:, 0]
    y[3] = 100.0
    fit = lts_fit(x, y)
    assert fit.scale == 0.0
    np.testing.assert_array_equal(np.flatnonzero(~fit.is_inlier), [3])


def test_the_count_trimmed_to_runs_from_half_to_all() -> None:
    assert trimmed_count(0.5, 75, 4) == 40
    assert trimmed_count(1.0, 75, 4) == 75


@pytest.mark.parametrize(
    ("x", "alpha", "message"),
    [(np.ones((20, 1)), 0.5, "depend"), (np.eye(4)[:, :2], 0.5, "enough"), (np.arange(20.0)[:, None], 0.3, "alpha")],
)
def test_what_cannot_be_fitted_is_refused(x: np.ndarray, alpha: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lts_fit(x, np.arange(float(len(x))), alpha=alpha)
