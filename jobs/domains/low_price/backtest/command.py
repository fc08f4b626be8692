"""Options and run of `python -m jobs backtest low_price`: generated worlds, and lots laid around real price paths."""

from __future__ import annotations

import argparse

from jobs.alerting.domain import Score


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--seed", type=int, default=1000, help="first seed; 1000 to 1099 are for reporting")
    parser.add_argument("--worlds", type=int, default=10, help="worlds of each difficulty, one a seed")
    parser.add_argument("--lots", type=int, default=30_000, help="item lines of a world")
    parser.add_argument("--weeks", type=int, default=13, help="weeks at the end of each world that are assessed")
    parser.add_argument("--drift-worlds", type=int, default=4, help="streams of moving fraud, one a seed")


def score(args: argparse.Namespace) -> Score:
    """Assess the worlds and the paths, and count the cases that each ranking detects.

    Raises:
        LeakError: the features know the label.
    """
    from jobs.domains.low_price.backtest.generated import WorldShape
    from jobs.domains.low_price.backtest.rows import backtest_rows
    from jobs.domains.low_price.backtest.study import run_low_price as run_study
    from jobs.domains.low_price.backtest.tables import printed
    from jobs.settings import settings

    seeds = range(args.seed, args.seed + args.worlds)
    shape = WorldShape(lots=args.lots, weeks=args.weeks)
    result = run_study(seeds, shape=shape, real_data=settings().real_data, drift_worlds=args.drift_worlds)
    notes = [f"{name}: {reason}" for name, reason in result.skipped.items()]
    return Score(night=None, rows=list(backtest_rows(result)), tables=list(printed(result)), notes=notes)
