import numpy as np
import pytest

from jobs.stats.verdict import Verdict
from tests.reference.counts.count_shift import simulate_counts
from tests.reference.counts.farrington import FarringtonConfig, assess_counts

WEEKS, MONTHS = (np.arange(320) / 52.18) % 1.0, (np.arange(90) / 12) % 1.0
AT = np.array([300])


def weekly(level: float, phi: float, n_series: int, seed: int, amplitude: float = 0.0) -> np.ndarray:
    mean = level * np.exp(amplitude * np.cos(2 * np.pi * WEEKS))
    return simulate_counts(np.broadcast_to(mean, (n_series, len(WEEKS))), phi, np.random.default_rng(seed))


def cells(verdict: Verdict) -> dict[str, np.ndarray]:
    return {name: getattr(verdict, name) for name in Verdict.__dataclass_fields__}


def test_a_series_gets_in_a_batch_what_it_gets_alone() -> None:
    y = weekly(8.0, 2.0, 5, seed=1)
    y[2, 100:160] = np.nan
    combined, alone = assess_counts(y, WEEKS, "week", AT), assess_counts(y[2:3], WEEKS, "week", AT)
    for name, values in cells(combined).items():
        np.testing.assert_allclose(values[2], cells(alone)[name][0], rtol=1e-5, err_msg=name)


def test_neither_later_periods_nor_the_gap_change_a_verdict() -> None:
    y = weekly(8.0, 2.0, 3, seed=2)
    other = y.copy()
    other[:, 301:] = 1000.0
    other[:, 300 - 26 : 300] = 0.0
    for name, values in cells(assess_counts(y, WEEKS, "week", AT)).items():
        np.testing.assert_array_equal(values, cells(assess_counts(other, WEEKS, "week", AT))[name], err_msg=name)


def test_unknown_periods_are_left_out_and_an_unknown_one_is_not_judged() -> None:
    y = weekly(8.0, 2.0, 2, seed=3)
    y[0, 150:170] = np.nan
    y[1, 300] = np.nan
    verdict = assess_counts(y, WEEKS, "week", AT)
    assert verdict.baseline_n[0, 0] == 300 - 26 - (300 - 264) - 20
    assert verdict.is_testable.tolist() == [[True], [False]]
    assert np.isnan(verdict.p_drop[1, 0])


def test_fewer_means_smaller_p_drop_and_the_interval_agrees() -> None:
    y = np.repeat(weekly(20.0, 1.5, 1, seed=4), 60, axis=0)
    y[:, 300] = np.arange(60)
    verdict = assess_counts(y, WEEKS, "week", AT)
    p_drop, p_surge = verdict.p_drop[:, 0], verdict.p_surge[:, 0]
    assert np.all(np.diff(p_drop) > 0)
    assert np.all(np.diff(p_surge) < 0)
    np.testing.assert_array_equal(p_drop < 0.005, verdict.observed[:, 0] < verdict.lower[:, 0])
    np.testing.assert_array_equal(p_surge <= 0.005, verdict.observed[:, 0] > verdict.upper[:, 0])
    assert np.all(np.diff(verdict.z[:, 0]) > 0)


def test_a_past_outage_and_a_past_rush_hardly_move_the_baseline() -> None:
    y = weekly(30.0, 1.5, 40, seed=5)
    clean = assess_counts(y, WEEKS, "week", AT)
    y[:20, 200:206] = 0.0
    y[20:, 200:206] = 150.0
    hit = assess_counts(y, WEEKS, "week", AT)
    np.testing.assert_allclose(hit.expected / clean.expected, 1.0, atol=0.05)
    assert np.median(hit.phi / clean.phi) < 1.35
    blunt = assess_counts(y, WEEKS, "week", AT, config=FarringtonConfig(weight_limit=1e3))
    assert np.median(blunt.phi / clean.phi) > 2.0


def test_a_low_season_is_no_drop() -> None:
    y = weekly(50.0, 1.5, 200, seed=6, amplitude=0.8)
    trough = np.array([287])
    verdict = assess_counts(y, WEEKS, "week", trough)
    assert verdict.observed.mean() < 0.5 * np.nanmean(y)
    assert (verdict.p_drop < 0.05).mean() < 0.09


@pytest.mark.parametrize(("length", "gap"), [(16, 1), (40, 3), (70, 6)])
def test_a_short_monthly_history_leaves_out_fewer_months(length: int, gap: int) -> None:
    y = simulate_counts(np.full((1, 90), 30.0), 1.5, np.random.default_rng(7))
    verdict = assess_counts(y, MONTHS, "month", np.array([length]))
    assert verdict.baseline_end[0, 0] == length - gap - 1
    assert verdict.baseline_n[0, 0] == verdict.baseline_end[0, 0] - verdict.baseline_start[0, 0] + 1


def test_no_history_and_an_empty_one_are_not_testable() -> None:
    y = np.vstack([np.zeros(90), np.full(90, 5.0)])
    y[1, :80] = np.nan
    verdict = assess_counts(y, MONTHS, "month", np.array([85]))
    assert not verdict.is_testable.any()
    assert np.isnan(verdict.p_surge).all()


def test_the_exposure_scales_what_is_expected() -> None:
    y = weekly(10.0, 1.5, 20, seed=8)
    offset = np.zeros_like(y)
    offset[:, 300] = np.log(3.0)
    plain = assess_counts(y, WEEKS, "week", AT)
    tripled = assess_counts(y, WEEKS, "week", AT, offset=offset)
    np.testing.assert_allclose(tripled.expected / plain.expected, 3.0, rtol=0.01)


def test_a_month_with_few_working_days_is_expected_lower() -> None:
    rng = np.random.default_rng(9)
    days = rng.integers(17, 24, 90).astype(float)
    y = simulate_counts(np.broadcast_to(4.0 * days, (50, 90)), 1.2, rng)
    k = int(np.argmin(days[60:])) + 60
    blind = assess_counts(y, MONTHS, "month", np.array([k]))
    knowing = assess_counts(y, MONTHS, "month", np.array([k]), covariates=days[:, None])
    truth = 4.0 * days[k]
    assert abs(knowing.expected.mean() / truth - 1) < 0.03
    assert blind.expected.mean() / truth > 1.1
