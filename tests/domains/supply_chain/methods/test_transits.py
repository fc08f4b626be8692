"""SC-PIPE: closed straits are found, ordinary days are not, and one lost day of signals is forgiven."""

import os
from pathlib import Path

import numpy as np
import pytest

from jobs.domains.supply_chain.methods.transits import assess_transits
from tests.builders.configs import CONFIG, settled
from tests.calibration.transits import cut, detected, episodes_of, false_episodes, find_episodes, simulate_transits

STRAITS = Path(os.environ.get("CUSTOMS_REAL_DATA", "../shared/data")) / "portwatch/chokepoints_daily_2019_202310.csv"


@pytest.fixture(scope="module")
def counts():
    return simulate_transits(np.random.default_rng(21), series=24, days=3 * 365)


def steady(days=200, level=60.0, seed=2):
    weekly = np.array([1.0, 1.1, 1.0, 1.05, 0.95, 0.8, 0.7])[np.arange(days) % 7]
    return np.random.default_rng(seed).poisson(level * weekly, (1, days)).astype(float)


def test_at_most_two_false_episodes_on_four_places_in_five_years(counts):
    assert false_episodes(counts) <= 2


def test_a_cut_to_two_fifths_is_found_within_a_week(counts):
    busy = counts[np.median(counts, axis=1) >= 40]
    closed, start = cut(busy, np.random.default_rng(5), to=0.4)
    assert detected(closed, start) >= 0.9


def test_one_day_without_signals_is_forgiven_and_a_closed_week_is_not():
    counts = steady()
    counts[0, 150] = 0
    assert not assess_transits(counts, settled()).is_alarm.any()
    counts[0, 150:157] = 0
    transits = assess_transits(counts, settled())
    assert episodes_of(transits, 14).series.size == 1
    assert 150 < episodes_of(transits, 14).start[0] <= 153
    assert episodes_of(transits, 14).worst_ratio[0] < 0.2


def test_the_weekly_cycle_is_expected():
    verdict = assess_transits(steady(days=400), settled()).verdict
    assert np.nanmin(verdict.p_drop) > 1e-4
    assert np.nanmedian(verdict.observed / verdict.expected) == pytest.approx(1, abs=0.05)


def test_the_tail_of_a_live_snapshot_is_held_back():
    counts = steady()
    counts[0, -10:] *= 0.2
    stored = assess_transits(counts, CONFIG.transits)
    assert not stored.verdict.is_testable[0, -14:].any()
    assert stored.verdict.is_testable[0, -15]
    assert not stored.is_alarm.any()
    assert assess_transits(counts, settled()).is_alarm.any()


def test_the_future_does_not_reach_back():
    counts = steady()
    early = assess_transits(counts[:, :150], settled()).verdict
    counts[:, 150:] = 500
    late = assess_transits(counts, settled()).verdict
    assert np.array_equal(early.p_drop, late.p_drop[:, :150], equal_nan=True)


def test_unknown_days_are_not_judged():
    counts = steady()
    counts[0, 150:160] = np.nan
    transits = assess_transits(counts, settled())
    assert not transits.verdict.is_testable[0, 150:160].any()
    assert not transits.is_alarm.any()


def test_short_histories_are_not_judged():
    assert not assess_transits(steady(days=80), settled()).verdict.is_testable.any()


def test_alarms_two_weeks_apart_are_two_episodes():
    alarm = np.zeros((2, 60), dtype=bool)
    alarm[0, [10, 11, 20, 40]] = True
    alarm[1, 5] = True
    ones = np.ones(alarm.shape)
    result = find_episodes(alarm, ones, ones, 14)
    assert result.series.tolist() == [0, 0, 1]
    assert result.start.tolist() == [10, 40, 5]
    assert result.end.tolist() == [20, 40, 5]


def test_suez_2021_is_found_within_a_week_with_two_false_episodes_at_most():
    if not STRAITS.exists():
        pytest.skip(f"the PortWatch file is not on this machine: {STRAITS}")
    rows = np.genfromtxt(STRAITS, delimiter=",", names=True, dtype=None, encoding="utf-8")
    straits, days = np.unique(rows["chokepoint"]), np.unique(rows["date"]).astype("datetime64[D]")
    assert (np.diff(days) == np.timedelta64(1, "D")).all()
    order = np.lexsort([rows["date"], rows["chokepoint"]])
    counts = rows["n_total"][order].reshape(len(straits), -1).astype(float)
    result = episodes_of(assess_transits(counts, settled()), 14)
    episodes = list(zip(straits[result.series], days[result.start], strict=True))
    closed = np.datetime64("2021-03-23")
    late = {one: int((one[1] - closed).astype(int)) for one in episodes}
    suez = [one for one in episodes if one[0] == "suez" and 0 <= late[one] < 7]
    echo = [one for one in episodes if one[0] == "bab_el_mandeb" and 0 <= late[one] < 30]
    assert len(suez) == 1
    assert len(episodes) - len(suez) - len(echo) <= 2
