"""Make NULL_T of jobs.stats.levels.level_shift_null again: `python -m tests.calibration.level_shift [--draws 20000]`.

Series without a level shift (white noise; trend, season and scale do not matter, since the fit is
equivariant to them) go through the whole procedure; the quantiles of |t| are printed as the constant to
paste. About two minutes. With `--memory` it prints instead how often p <= 5, 1 and 0.1 % on autocorrelated
series without a shift.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from jobs.stats.levels.level_shift import fit_level_shift
from jobs.stats.levels.level_shift_null import NULL_TAIL
from tests.builders.configs import CONFIG

FIT = CONFIG.price.fit
LENGTHS = (36, 42, 47, 48, 60, 84, 120)
CHUNK = 1000


def null_limits(points: int, draws: int, seed: int = 42) -> list[float]:
    """Limits of |t| at the probabilities of NULL_TAIL for series of `points` periods without a shift."""
    rng = np.random.default_rng([seed, points])
    sizes = []
    for _ in range(-(-draws // CHUNK)):
        sizes.append(np.abs(fit_level_shift(rng.normal(size=(CHUNK, points)), FIT).t))
    return np.quantile(np.concatenate(sizes)[:draws], 1 - NULL_TAIL).round(3).tolist()


def rates_with_memory(points: int, memory: float, series: int = 2000, seed: int = 7) -> list[float]:
    """Share of AR(1) series without a shift whose smaller p, doubled, is at most 5, 1 and 0.1 %."""
    noise = np.random.default_rng([seed, points]).normal(size=(series, points + 50))
    for t in range(1, points + 50):
        noise[:, t] += memory * noise[:, t - 1]
    fit = fit_level_shift(noise[:, 50:], FIT)
    smaller = 2 * np.minimum(fit.p_up, fit.p_down)
    return [round(float(np.mean(smaller <= limit)), 4) for limit in (0.05, 0.01, 0.001)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20000)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    for points in LENGTHS:
        if options.memory:
            for memory in (0.0, 0.3, 0.6, 0.8, 1.0):
                rates = rates_with_memory(points, memory)
                sys.stdout.write(f"T={points} memory={memory}: {rates}\n")
        else:
            sys.stdout.write(f"    {points}: {tuple(null_limits(points, options.draws))},\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
