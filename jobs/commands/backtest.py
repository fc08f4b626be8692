"""`python -m jobs backtest supply_chain [--from M --to M]`: replay the months as they were known, and score."""

from __future__ import annotations

import argparse
import logging
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
DOMAIN = "supply_chain"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("domain", choices=(DOMAIN,))
    parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month; the first on file when not named")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month; the last known when not named")
    parser.add_argument("--source", default="kcs_trade_country", help="landing contract whose series are replayed")
    parser.add_argument("--cuts", type=int, default=500, help="places of seeded cuts")
    parser.add_argument("--seed", type=int, default=1000, help="seed of the places; 1000 to 1099 are for reporting")


def run(args: argparse.Namespace) -> int:
    """Replay, print the tables, store gold.backtest and write the figures beside the night's briefs."""
    from rich.console import Console

    from dashboards.figures import detection
    from jobs import contracts
    from jobs.backtest import run_backtest
    from jobs.backtests.controls import judge_controls
    from jobs.backtests.facts import read_panel, read_totals
    from jobs.backtests.rows import backtest_rows, printed
    from jobs.canonical import table_of
    from jobs.lake import Lake
    from jobs.settings import settings

    panel, night = read_panel(args.source, first=args.first, last=args.last)
    log.info(
        "replaying %d series over %d months (%s to %s)", len(panel.mass), len(panel.months), *panel.months[[0, -1]]
    )
    events = contracts.read_yaml(contracts.SCHEMAS / "codes" / "events.yml")
    found = run_backtest(panel, events, cuts=args.cuts, seed=args.seed)
    controls = judge_controls(read_totals(first=args.first, last=args.last))
    about = {"night": night, "domain": DOMAIN, **lineage()}
    rows = [{**about, **row} for row in backtest_rows(found, controls)]
    lake = Lake(None, settings().lake, about["run_id"])
    figures = table_of("gold.backtest", rows)
    lake.replace_night_rows("gold.backtest", figures, night)
    for table in printed(found, controls):
        Console(width=140).print(table)
    folder = settings().published / night.isoformat()
    for lang in ("ko", "en"):
        log.info("figure: %s", write_figure(detection.figure(figures, lang=lang), folder, lang))
    log.info("%d figures stored in gold.backtest, night %s", len(rows), night)
    return 0


def write_figure(figure: Any, folder: Path, lang: str) -> Path:
    """The detection curves as a page that needs nothing from outside."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"backtest_{DOMAIN}_{lang}.html"
    figure.write_html(path, include_plotlyjs=True, full_html=True)
    return path


def lineage() -> dict[str, Any]:
    """Where the figures come from."""
    from jobs import contracts
    from jobs.alerts import code_version

    return {
        "run_id": f"backtest-{uuid.uuid4().hex[:8]}", "code_version": code_version(),
        "rules_version": contracts.rules_version(), "scored_at": datetime.now(UTC),
    }  # fmt: skip
