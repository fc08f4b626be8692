import numpy as np
import pytest

from tests.reference.counts.baseline import STAGES, DesignOptions, baseline_index, build_design, season_levels

OPTIONS = DesignOptions(years_back=5, half_window=3, season_levels=10, season_sd=1.0, trend_sd=0.5, covariate_sd=0.5)
MONTHS = (np.arange(120) / 12) % 1.0
WEEKS = (np.arange(400) / 52.18) % 1.0


def test_the_last_periods_are_left_out_and_five_years_are_kept() -> None:
    index = baseline_index(300, 26, "week", OPTIONS)
    assert index[-1] == 300 - 26 - 1
    assert index[0] == 300 - 261 - 3


def test_the_judged_week_shares_its_level_with_the_same_weeks_of_earlier_years() -> None:
    levels = season_levels(WEEKS[:300], float(WEEKS[290]), "week", OPTIONS)
    same = [290 - 52 + shift for shift in range(-2, 3)] + [290 - 104 + shift for shift in range(-2, 3)]
    assert set(levels[same]) == {9}
    counts = np.bincount(levels[:261], minlength=10) / 5
    assert counts[9] == pytest.approx(7, abs=0.5)
    assert counts[:9].min() >= 4


def test_a_held_trend_predicts_at_the_last_baseline_period() -> None:
    design = build_design(80, MONTHS, STAGES["month"][0], "month", None, OPTIONS)
    assert design.assessed[-1] == design.rows[-1, -1]
    weekly = build_design(300, WEEKS, STAGES["week"][0], "week", None, OPTIONS)
    assert weekly.assessed[-1] == pytest.approx(weekly.rows[-1, -1] + 27 / 52.18)


def test_covariates_are_standardised_by_the_baseline_and_constants_vanish() -> None:
    covariates = np.column_stack([np.arange(120.0), np.full(120, 20.0)])
    covariates[60, 1] = 99.0
    design = build_design(60, MONTHS, STAGES["month"][1], "month", covariates, OPTIONS)
    np.testing.assert_allclose(design.rows[:, -2].mean(), 0.0, atol=1e-12)
    np.testing.assert_allclose(design.rows[:, -2].std(), 1.0)
    assert not design.rows[:, -1].any()
    assert design.assessed[-1] == 0.0
