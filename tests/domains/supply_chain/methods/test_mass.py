"""The monthly mass model: its rates on simulated worlds, its causality, and what it must find."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.domains.supply_chain.backtest.quiet_tables import QUIET, build_tables, panel_of_world
from jobs.domains.supply_chain.methods import shortage_tables
from jobs.domains.supply_chain.methods.mass import MassConfig, assess_mass, fit_all_pools
from jobs.domains.supply_chain.methods.pooling import gap_months
from jobs.domains.supply_chain.methods.shortage import assess_shortage
from tests.calibration.mass import assess_worlds

pytestmark = pytest.mark.slow

CONFIG = MassConfig()
WORLD = panel_of_world(11, QUIET)
T = 30


def assess(mass: np.ndarray, at: list[int]):
    pools = fit_all_pools(WORLD.mass, WORLD.months, np.array(at), CONFIG)
    return assess_mass(mass, WORLD.months[: mass.shape[1]], np.array(at), pools, CONFIG)


def test_gap_grows_with_the_baseline() -> None:
    assert [gap_months(month) for month in (1, 12, 24, 26, 27, 53, 54)] == [1, 1, 1, 1, 3, 3, 6]


def test_rates_at_a_nominal_one_percent() -> None:
    """Three worlds only, whose months are not independent; the command runs more and holds 0.7 to 1.3 %."""
    assessed = assess_worlds(range(401, 404))
    dense = assessed["kind"] == 0
    assert (assessed["randomised"] <= 0.01).mean() == pytest.approx(0.010, abs=0.004)
    assert (assessed["randomised"][dense] <= 0.01).mean() == pytest.approx(0.010, abs=0.006)
    assert (assessed["drop"] <= 0.01).mean() <= 0.013
    assert (assessed["surge"] <= 0.01).mean() <= 0.013
    assert (assessed["short"] <= 0.01).mean() == pytest.approx(0.010, abs=0.004)


def test_neither_the_gap_nor_the_future_is_looked_at() -> None:
    changed = WORLD.mass.copy()
    changed[:, T - 3 : T] *= 100.0
    changed[:, T + 1 :] *= 0.01
    before, after = assess(WORLD.mass, [T]), assess(changed, [T])
    np.testing.assert_allclose(before.p_drop, after.p_drop)


def test_a_month_at_a_twentieth_is_unlikely_and_two_of_them_more_so() -> None:
    steady = np.argsort(assess(WORLD.mass, [T]).phi[:, 0])[:40]
    cut = WORLD.mass.copy()
    cut[steady, T - 1 : T + 1] *= 0.05
    result = assess_shortage(assess(cut, [T - 2, T - 1, T]))
    assert np.median(result.p_short[steady, 1]) < 0.01
    assert np.median(result.p_short[steady, 2]) < 0.001
    assert np.median(result.p_short[steady, 0]) > 0.1


def test_a_total_stop_of_a_large_steady_supplier_is_not_floored_at_one_over_n() -> None:
    large = np.argsort(-np.median(WORLD.mass, axis=1) * ((WORLD.mass[:, :T] > 0).all(1)))[:15]
    stopped = WORLD.mass.copy()
    stopped[large, T] = 0.0
    assert np.median(assess(stopped, [T]).p_drop[large, 0]) < 0.5 / T


def test_interval_holds_the_expected_value_and_direction_is_kept() -> None:
    verdict = assess(WORLD.mass, [T])
    ok = verdict.is_testable
    assert (verdict.lower[ok] <= verdict.upper[ok]).all()
    assert (verdict.p_drop[ok] + verdict.p_surge[ok] >= 1.0 - 1e-9).all()
    outside = ok & (verdict.observed < verdict.lower)
    assert (verdict.p_drop[outside] < 0.0051).all()


def test_stored_tables_are_those_the_procedure_gives() -> None:
    again = build_tables(range(311, 312), CONFIG)
    upper = shortage_tables.TAIL >= 0.02  # one world says little of the far tail
    np.testing.assert_allclose(again.short[:, 0, upper], shortage_tables.SHORT[:, 0, upper], atol=0.7)
    np.testing.assert_allclose(again.shift[0, upper], shortage_tables.SHIFT[0, upper], atol=0.7)
