"""Tune and measure the daily drop test on simulated counts: `python -m tests.calibration.transits [--seeds 1-40]`.

A world is 60 straits or ports over five years: weekly cycle, slow level (random walk, 10 % a year), a
yearly bump, overdispersion phi of 1 to 3 with day-to-day memory, one day in 150 with most signals lost.
False episodes are counted on it as it is, per four series over five years (what PortWatch's four straits
make); detection within seven days on the same worlds after a seven-day cut at a random day.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.arrays import FloatArray, IntArray
from jobs.domains.supply_chain.methods.transits import Transits, assess_transits
from tests.builders.configs import settled

DAYS = 5 * 365
SERIES = 60


def simulate_transits(rng: np.random.Generator, series: int = SERIES, days: int = DAYS) -> FloatArray:
    """Daily counts of `series` places, (series, days), means of 15 to 200 ships a day."""
    time = np.arange(days)
    mean = np.exp(rng.uniform(np.log(15), np.log(200), (series, 1)))
    walk = np.cumsum(rng.normal(0, 0.1 / np.sqrt(365), (series, days)), axis=1)
    season = rng.uniform(0, 0.1, (series, 1)) * np.cos(2 * np.pi * (time / 365.25 + rng.random((series, 1))))
    bump_day = rng.integers(0, 365, (series, 1))
    bump = rng.uniform(-0.2, 0.1, (series, 1)) * (np.abs((time - bump_day) % 365 - 7) <= 5)
    weekly = np.exp(rng.normal(0, 0.06, (series, 7)))[:, time % 7]
    expected = mean * weekly * np.exp(walk + season + bump)
    phi = rng.uniform(1, 3, (series, 1))
    shared = rng.normal(size=(series, days))
    for t in range(1, days):
        shared[:, t] = 0.4 * shared[:, t - 1] + np.sqrt(1 - 0.16) * shared[:, t]
    # Half the overdispersion comes from a factor with memory, half from independent gamma mixing.
    factor = np.exp(shared * np.sqrt((phi - 1) / 2 / expected))
    size = expected / np.maximum((phi - 1) / 2, 1e-6)
    counts = rng.poisson(expected * factor * rng.gamma(size, 1 / size)).astype(float)
    lost = rng.random((series, days)) < 1 / 150
    return np.where(lost, rng.binomial(counts.astype(int), 0.4), counts)


def cut(counts: FloatArray, rng: np.random.Generator, to: float, days: int = 7) -> tuple[FloatArray, IntArray]:
    """Counts thinned to the part `to` for `days` days from a random day of each series, and that day."""
    start = rng.integers(365, counts.shape[1] - days - 14, len(counts))
    time = np.arange(counts.shape[1])
    inside = (time >= start[:, None]) & (time < start[:, None] + days)
    return np.where(inside, rng.binomial(counts.astype(int), to), counts), start


@dataclass(frozen=True)
class Episodes:
    """One entry is one run of alarms on one series; alarms less than `quiet_days` apart are one.

    Attributes:
        series: row of the series.
        start: column of the first alarm.
        end: column of the last alarm.
        worst_ratio: least observed / expected within it.
        least_p: smallest p within it.
    """

    series: IntArray
    start: IntArray
    end: IntArray
    worst_ratio: FloatArray
    least_p: FloatArray


def find_episodes(is_alarm: NDArray[np.bool_], ratio: FloatArray, p: FloatArray, quiet: int) -> Episodes:
    """Runs of alarms, ordered by series and start."""
    series, day = np.nonzero(is_alarm)
    if series.size == 0:
        none = np.zeros(0, dtype=np.int64)
        return Episodes(none, none, none, np.zeros(0), np.zeros(0))
    opens = np.concatenate([[True], (np.diff(series) != 0) | (np.diff(day) >= quiet)])
    first = np.flatnonzero(opens)
    last = np.concatenate([first[1:] - 1, [series.size - 1]])
    worst = np.minimum.reduceat(ratio[series, day], first)
    return Episodes(series[first], day[first], day[last], worst, np.minimum.reduceat(p[series, day], first))


def episodes_of(transits: Transits, quiet: int) -> Episodes:
    """Runs of alarms of assessed places."""
    verdict = transits.verdict
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = verdict.observed / verdict.expected
    return find_episodes(transits.is_alarm, ratio, verdict.p_drop, quiet)


def false_episodes(counts: FloatArray, **rule: float) -> float:
    """Episodes per four series over five years on counts without a cut."""
    result = episodes_of(assess_transits(counts, settled(**rule)), settled().quiet_days).series.size
    return result / len(counts) * 4 * (5 * 365 / counts.shape[1])


def detected(counts: FloatArray, start: IntArray, within: int = 7, **rule: float) -> float:
    """Share of series with an alarm within so many data days of the cut's first day."""
    alarm = assess_transits(counts, settled(**rule)).is_alarm
    columns = start[:, None] + np.arange(within)
    return float(np.take_along_axis(alarm, columns, axis=1).any(axis=1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-10")
    options = parser.parse_args()
    low, high = (int(end) for end in options.seeds.split("-"))
    rules = [{"alpha": a, "material": m} for a in (3e-3, 1e-3, 5e-4) for m in (0.75, 0.7, 0.6)]
    rows = np.zeros((len(rules), 4))
    for seed in range(low, high + 1):
        rng = np.random.default_rng(seed)
        counts = simulate_transits(rng)
        cuts = [cut(counts, rng, to) for to in (0.6, 0.5, 0.4)]
        for row, rule in zip(rows, rules, strict=True):
            row += [false_episodes(counts, **rule), *(detected(*one, **rule) for one in cuts)]
    for row, rule in zip(rows / (high - low + 1), rules, strict=True):
        false, *result = row.round(3)
        sys.stdout.write(f"{rule}: {false} false per 4 x 5 years, found cut to 60/50/40 %: {result}\n")


if __name__ == "__main__":
    main()
