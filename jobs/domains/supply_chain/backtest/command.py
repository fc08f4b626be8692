"""Options and run of `python -m jobs backtest supply_chain`: the months of real series, replayed as they were known."""

from __future__ import annotations

import argparse
import logging

from jobs.alerting.domain import Score

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--seed", type=int, default=1000, help="of the cuts; 1000 to 1099 are for reporting")
    parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month; the first on file when not named")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month; the last known when not named")
    parser.add_argument("--source", default="kcs_trade_country", help="landing contract whose series are replayed")
    parser.add_argument("--cuts", type=int, default=500, help="places of seeded cuts")


def score(args: argparse.Namespace) -> Score:
    """Replay the months, lay cuts into them, and count what is detected."""
    from jobs import contracts
    from jobs.domains.supply_chain.backtest.controls import assess_controls
    from jobs.domains.supply_chain.backtest.facts import read_panel, read_totals
    from jobs.domains.supply_chain.backtest.rows import backtest_rows, printed
    from jobs.domains.supply_chain.backtest.study import run_backtest

    panel, night = read_panel(args.source, first=args.first, last=args.last)
    months = panel.months[[0, -1]]
    log.info("replaying %d series over %d months (%s to %s)", len(panel.mass), len(panel.months), *months)
    events = contracts.read_yaml(contracts.SCHEMAS / "codes" / "events.yml")
    result = run_backtest(panel, events, cuts=args.cuts, seed=args.seed)
    controls = assess_controls(read_totals(first=args.first, last=args.last))
    rows, tables = list(backtest_rows(result, controls)), list(printed(result, controls))
    return Score(night=night, rows=rows, tables=tables)
