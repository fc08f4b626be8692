"""Cost of finding the comparables of a night: the whole ladder, exact counts and minima, the twenty nearest.

    python tests/benchmarks/comparables.py --assessed 1000000 --pool 1000000

Kinds of goods grow with the pool, as they do in a country's trade; the commonest kinds are a hundred times as
common as the rare ones.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from jobs.domains.low_price.config import low_price_config
from jobs.domains.low_price.detectors.lp_1 import assess_comparables
from jobs.domains.low_price.detectors.lp_2 import assess_supplier_change
from jobs.domains.low_price.detectors.lp_5 import assess_new_counterpart
from jobs.domains.low_price.levels import gather_evidence, raise_price_levels
from jobs.domains.low_price.methods.comparables.comparables import find_comparables
from jobs.domains.low_price.methods.comparables.exculpation import search_exculpation
from jobs.domains.low_price.methods.comparables.ladder import RUNGS
from jobs.domains.low_price.methods.lots import Lots

T = TypeVar("T")
ALLOWED_SECONDS = 60.0
LOTS_PER_PRODUCT = 8_000
GRADES, PACKAGINGS, ORIGINS, LEVELS, DAYS = 3, 3, 6, 3, 395


def simulate_lots(n: int, products: int, rng: np.random.Generator, last_days: int = DAYS) -> Lots:
    """n lots shipped in the last `last_days` days of DAYS."""
    skewed = rng.power(0.5, n)  # density falls off as the number rises
    product = ((1 - skewed) * products).astype(np.int64)
    grade, packaging = rng.integers(0, GRADES, n), rng.integers(0, PACKAGINGS, n)
    origin = product * 2 + rng.integers(0, ORIGINS, n)
    importer = rng.integers(0, max(n // 200, 20), n)
    exporter = rng.integers(0, max(n // 100, 20), n)
    shipped = 20_000 + DAYS - rng.integers(0, last_days, n)
    freight = np.where(rng.random(n) < 0.9, rng.uniform(0.05, 0.3, n), np.nan)
    return Lots(
        product=product,
        specification=grade * PACKAGINGS + packaging,
        state=np.zeros(n, dtype=np.int64),
        origin=origin,
        region=origin // 8,
        trade_level=rng.integers(0, LEVELS, n),
        importer=importer,
        exporter=exporter,
        importer_group=importer // 2,
        exporter_group=exporter // 2,
        shipped=shipped,
        declared=shipped + 10,
        price=np.exp(rng.normal(0.7, 0.3, n)) + 0.3,
        freight=freight,
        net_mass_kg=np.exp(rng.normal(9.5, 1.0, n)),
        is_accepted=rng.random(n) < 0.95,
        is_examined=rng.random(n) < 0.1,
        is_disputed=rng.random(n) < 0.01,
    )


def main() -> int:
    """Print the cost; 1 where a million by a million would be over the minute of one core allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--assessed", type=int, default=1_000_000)
    parser.add_argument("--pool", type=int, default=1_000_000)
    parser.add_argument("--assessed-days", type=int, default=DAYS, help="days the assessed lots are spread over")
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    products = max(arguments.pool // LOTS_PER_PRODUCT, 4)
    pool = simulate_lots(arguments.pool, products, rng)
    assessed = simulate_lots(arguments.assessed, products, rng, arguments.assessed_days)
    kind_of = np.repeat(np.arange(GRADES), PACKAGINGS)
    clean = np.zeros(int(pool.exporter_group.max()) + 1, dtype=bool)
    rules = low_price_config()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome, ladder = timed("comparables", lambda: find_comparables(assessed, pool, kind_of, rules.comparables))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6
    share = np.bincount(outcome.rung, minlength=len(RUNGS)) / len(assessed)
    rungs = ", ".join(f"{name} {part:.1%}" for name, part in zip(RUNGS, share, strict=True))
    sys.stdout.write(f"  {len(outcome.lot)} listed, {grown:.2f} GB more memory; best rung {rungs}\n")
    test, _ = timed("LP-1", lambda: assess_comparables(assessed.price, outcome, None, rules.price))
    shared = (np.ones(len(assessed)), np.ones(len(pool)), None, rules.price)
    timed("LP-2", lambda: assess_supplier_change(assessed, pool, *shared, rules.supplier_change))
    timed("LP-5", lambda: assess_new_counterpart(assessed, pool, *shared, rules.new_counterpart))
    timed("exculpatory search", lambda: search_exculpation(assessed, pool, test.ratio, clean, {}, rules.exculpation))
    timed("levels", lambda: raise_price_levels(gather_evidence({"LP-1": test}), rules.levels))
    millions = max(len(assessed), len(pool)) / 1e6
    return 0 if ladder <= ALLOWED_SECONDS * max(millions, 1.0) else 1


def timed(name: str, run: Callable[[], T]) -> tuple[T, float]:
    """What `run` returns, and the seconds of processor time it took; both clocks are printed."""
    wall, busy = time.perf_counter(), time.process_time()
    result = run()
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    sys.stdout.write(f"{name}: {wall:.1f} s, {busy:.1f} s of one core\n")
    return result, busy


if __name__ == "__main__":
    sys.exit(main())
