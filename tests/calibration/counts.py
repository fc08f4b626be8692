"""How often the count tests alarm where nothing happened, and how soon they see a halved flow.

    python tests/calibration/counts.py levels --period week --series 8000
    python tests/calibration/counts.py shift --series 800

`levels`: realised rates at a nominal 1 %, by mean count and dispersion: the randomised p of each tail
(exact p-values realise 1 %) and the conservative p that alarms use. `shift`: weekly counts of 25 cut by
half, the CUSUM limit set on other seeds to 1 % false alarms a series-week, and detection within 1 to 4
weeks.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from jobs.stats.levels.cusum import cusum
from jobs.stats.verdict import Verdict
from tests.builders.configs import ALLOWANCE
from tests.reference.counts.baseline import PERIODS_PER_YEAR, Period
from tests.reference.counts.count_shift import count_reference, simulate_counts
from tests.reference.counts.farrington import FarringtonConfig, assess_counts

MEANS = (0.3, 1.0, 5.0, 25.0, 100.0)
DISPERSIONS = (1.0, 1.5, 3.0)
NOMINAL = 0.01
QUICK = FarringtonConfig(with_interval=False)
# Assessed periods of a series are spaced, so that they count as nearly separate trials.
ASSESSED = {"week": np.array([275, 283, 291, 299]), "month": np.array([16, 30, 41, 52, 71])}


@dataclass(frozen=True)
class Rates:
    """Share of series-periods under the nominal level, by tail and kind of p."""

    drop: float
    surge: float
    drop_alarm: float
    surge_alarm: float


def season_of(n_periods: int, period: Period) -> np.ndarray:
    """(T,) position in the year of consecutive periods."""
    return (np.arange(n_periods) / PERIODS_PER_YEAR[period]) % 1.0


def seasonal_mean(level: float, season: np.ndarray, amplitude: float) -> np.ndarray:
    """(T,) mean counts with a smooth yearly season of that log amplitude."""
    return level * np.exp(amplitude * np.cos(2 * np.pi * season) - amplitude**2 / 4)


def realised_rates(verdict: Verdict, rng: np.random.Generator) -> Rates:
    """Rates over the testable cells; randomised p: the part of the observed count itself is taken uniformly."""
    tested = verdict.is_testable
    drop, surge = verdict.p_drop[tested], verdict.p_surge[tested]
    of_itself = drop + surge - 1.0
    u = rng.random(drop.shape)
    return Rates(
        drop=float(np.mean(drop - u * of_itself < NOMINAL)),
        surge=float(np.mean(surge - u * of_itself < NOMINAL)),
        drop_alarm=float(np.mean(drop < NOMINAL)),
        surge_alarm=float(np.mean(surge < NOMINAL)),
    )


def simulate_verdict(
    level: float, phi: float, period: Period, n_series: int, amplitude: float, rng: np.random.Generator
) -> Verdict:
    """Verdicts on series in which nothing happens."""
    at = ASSESSED[period]
    season = season_of(int(at[-1]) + 1, period)
    mean = np.broadcast_to(seasonal_mean(level, season, amplitude), (n_series, len(season)))
    return assess_counts(simulate_counts(mean, phi, rng), season, period, at, config=QUICK)


def detection(phi: float, n_series: int, seed: int, level: float = 25.0, cut: float = 0.5) -> dict[str, float]:
    """Limit, false alarms and detection of a weekly flow cut to `cut`, limit and score on different seeds."""
    first, quiet, after = 275, 45, 4
    at = np.arange(first, first + quiet + after)
    season = season_of(int(at[-1]) + 1, "week")
    every = np.full(n_series, level)
    reference = count_reference(
        every, np.full(n_series, phi), season, "week", at, NOMINAL, "down", np.random.default_rng(seed), config=QUICK
    )
    mean = np.full((n_series, len(season)), level)
    mean[:, first + quiet :] *= cut
    counts = simulate_counts(mean, phi, np.random.default_rng(seed + 1))
    z = assess_counts(counts, season, "week", at, config=QUICK).z
    alarm = cusum(z, "down", reference.limit, ALLOWANCE).alarm
    result = {f"within {w}": float(alarm[:, quiet : quiet + w].any(axis=1).mean()) for w in range(1, after + 1)}
    return {"limit": reference.limit, "false alarms": float(alarm[:, 15:quiet].mean()), **result}


def report_levels(period: Period, n_series: int, seed: int, amplitude: float) -> bool:
    """Write one line a class; whether all hold: lower tail .7 to 1.3 %, alarms of both tails at most 1.3 %."""
    holds = True
    sys.stdout.write("mean   phi   drop    surge   drop alarm  surge alarm\n")
    for level in MEANS:
        for phi in DISPERSIONS:
            rng = np.random.default_rng([seed, int(level * 10), int(phi * 10)])
            rates = realised_rates(simulate_verdict(level, phi, period, n_series, amplitude, rng), rng)
            inside = 0.007 <= rates.drop <= 0.013 and max(rates.drop_alarm, rates.surge_alarm) <= 0.013
            holds &= inside
            sys.stdout.write(
                f"{level:5.1f}  {phi:3.1f}  {rates.drop:.4f}  {rates.surge:.4f}  {rates.drop_alarm:.4f}"
                f"      {rates.surge_alarm:.4f}{'' if inside else '   outside'}\n"
            )
    return holds


def main() -> int:
    """Run one of the two studies; 1 where a class is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("study", choices=["levels", "shift"])
    parser.add_argument("--period", choices=["week", "month"], default="week")
    parser.add_argument("--series", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--amplitude", type=float, default=0.3, help="log amplitude of the season")
    arguments = parser.parse_args()
    if arguments.study == "levels":
        return 0 if report_levels(arguments.period, arguments.series, arguments.seed, arguments.amplitude) else 1
    holds = True
    for phi, wanted in ((1.5, 0.90), (3.0, 0.75)):
        seen = detection(phi, arguments.series, arguments.seed)
        holds &= seen["within 4"] >= wanted
        sys.stdout.write(f"phi {phi}: " + ", ".join(f"{name} {value:.4f}" for name, value in seen.items()) + "\n")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
