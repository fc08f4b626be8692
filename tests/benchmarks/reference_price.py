"""Seconds to price and assess declarations: `python -m tests.benchmarks.reference_price [--lots 1000000] [--days
1095]`.

118 products of 6 origins and 8 specifications, of very different activity. The limit is 40 seconds of one core a
million lots; memory is the largest the process ever held.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from functools import partial

import numpy as np

from jobs.domains.low_price.backtest.baselines.kalman_2007 import assess_by_kalman
from jobs.domains.low_price.backtest.baselines.median_mad import assess_by_median
from jobs.domains.low_price.backtest.ranking import baselines
from jobs.domains.low_price.methods.reference import price_filter
from jobs.domains.low_price.methods.reference.price import assess_prices
from tests.builders.configs import LOW_PRICE
from tests.builders.markets import Market, simulate_lots

KALMAN, MEDIAN = baselines().kalman, baselines().median
FREIGHT = LOW_PRICE.reference.freight
fit_reference = partial(price_filter.fit_reference, config=LOW_PRICE.reference)

ALLOWED_SECONDS_A_MILLION = 40.0
COUNTER_LOTS = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=1095)
    options = parser.parse_args()
    market = Market(products=118, origins=6, specifications=8, lots=options.lots, days=options.days)
    lots = simulate_lots(market, 5).lots
    stored, night = timed(lambda: fit_reference(lots))
    _, assessing = timed(lambda: assess_prices(lots, stored, FREIGHT))
    on_file = stored.latest()
    few = lots.take(np.arange(len(lots) - COUNTER_LOTS, len(lots)))
    _, counter = timed(lambda: assess_prices(few, on_file, FREIGHT))
    _, median = timed(lambda: assess_by_median(lots, MEDIAN, FREIGHT))
    _, kalman = timed(lambda: assess_by_kalman(lots, KALMAN, FREIGHT))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sys.stdout.write(
        f"{len(lots):,} lots, {len(on_file):,} groups, processor seconds: fit {night:.1f}, judge {assessing:.1f}, "
        f"{COUNTER_LOTS} at the counter {counter:.3f}; median/MAD {median:.1f}, Kalman 2007 {kalman:.1f}; "
        f"{len(stored):,} rows stored, {memory:.2f} GB at most\n"
    )
    return 0 if (night + assessing) / len(lots) * 1e6 <= ALLOWED_SECONDS_A_MILLION else 1


def timed(call):
    """Result and seconds of processor time of one call."""
    started = time.process_time()
    result = call()
    return result, time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
