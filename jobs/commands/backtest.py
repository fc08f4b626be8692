"""`python -m jobs backtest supply_chain|low_price`: assess the past, or a made one, as it was known, and score."""

from __future__ import annotations

import argparse
import logging
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
SUPPLY_CHAIN, LOW_PRICE = "supply_chain", "low_price"
STOPPED = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("domain", choices=(SUPPLY_CHAIN, LOW_PRICE))
    parser.add_argument("--seed", type=int, default=1000, help="first seed; 1000 to 1099 are for reporting")
    series = parser.add_argument_group(SUPPLY_CHAIN)
    series.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month; the first on file when not named")
    series.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month; the last known when not named")
    series.add_argument("--source", default="kcs_trade_country", help="landing contract whose series are replayed")
    series.add_argument("--cuts", type=int, default=500, help="places of seeded cuts")
    worlds = parser.add_argument_group(LOW_PRICE)
    worlds.add_argument("--worlds", type=int, default=10, help="worlds of each difficulty, one a seed")
    worlds.add_argument("--lots", type=int, default=30_000, help="item lines of a world")
    worlds.add_argument("--weeks", type=int, default=13, help="weeks at the end of each world that are judged")
    worlds.add_argument("--drift-worlds", type=int, default=4, help="streams of moving fraud, one a seed")


def run(args: argparse.Namespace) -> int:
    """Score, print the tables, store gold.backtest and write the figures beside the night's briefs."""
    return run_supply_chain(args) if args.domain == SUPPLY_CHAIN else run_low_price(args)


def run_supply_chain(args: argparse.Namespace) -> int:
    """Replay the months of real series."""
    from dashboards.figures import detection
    from jobs import contracts
    from jobs.domains.supply_chain.backtest.controls import assess_controls
    from jobs.domains.supply_chain.backtest.facts import read_panel, read_totals
    from jobs.domains.supply_chain.backtest.rows import backtest_rows, printed
    from jobs.domains.supply_chain.backtest.study import run_backtest
    from jobs.lake.delta import Lake
    from jobs.settings import settings

    stored = Lake(None, settings().lake, "").dataset
    panel, night = read_panel(stored, args.source, first=args.first, last=args.last)
    log.info(
        "replaying %d series over %d months (%s to %s)", len(panel.mass), len(panel.months), *panel.months[[0, -1]]
    )
    events = contracts.read_yaml(contracts.SCHEMAS / "codes" / "events.yml")
    result = run_backtest(panel, events, cuts=args.cuts, seed=args.seed)
    controls = assess_controls(read_totals(stored, first=args.first, last=args.last))
    rows = list(backtest_rows(result, controls))
    publish(SUPPLY_CHAIN, night, rows, list(printed(result, controls)), {"": detection.figure})
    return 0


def run_low_price(args: argparse.Namespace) -> int:
    """Assess generated worlds, and lots laid around real price paths; stop where the features leak."""
    from dashboards.figures import exploration, low_price_detection
    from jobs.domains.low_price.backtest.generated import WorldShape
    from jobs.domains.low_price.backtest.leaks import LeakError
    from jobs.domains.low_price.backtest.rows import backtest_rows
    from jobs.domains.low_price.backtest.study import run_low_price as study
    from jobs.domains.low_price.backtest.tables import printed
    from jobs.settings import settings

    seeds = range(args.seed, args.seed + args.worlds)
    shape = WorldShape(lots=args.lots, weeks=args.weeks)
    try:
        result = study(seeds, shape=shape, real_data=settings().real_data, drift_worlds=args.drift_worlds)
    except LeakError as error:
        log.error(
            "the features remember the label, nothing is stored / 특징이 정답을 기억하므로 저장하지 않습니다: %s", error
        )
        return STOPPED
    for name, reason in result.skipped.items():
        log.warning("%s left out: %s", name, reason)
    figures = {"": low_price_detection.figure, "_drift": exploration.figure}
    publish(LOW_PRICE, last_scored_night(), list(backtest_rows(result)), list(printed(result)), figures)
    return 0


def publish(domain: str, night: date, rows: list[dict[str, Any]], tables: list[Any], figures: dict[str, Any]) -> None:
    """Store a back-test's figures beside those of other domains of the night; print its tables, draw its figures."""
    from rich.console import Console

    from jobs.lake.canonical import table_of
    from jobs.lake.delta import Lake
    from jobs.settings import settings

    about = {"night": night, "domain": domain, **lineage()}
    own = table_of("gold.backtest", [{**about, **row} for row in rows])
    lake = Lake(None, settings().lake, about["run_id"])
    lake.replace_night_rows("gold.backtest", beside_others(own, night, domain), night)
    for table in tables:
        Console(width=150).print(table)
    folder = settings().published / night.isoformat()
    for suffix, draw in figures.items():
        for lang in ("ko", "en"):
            log.info("figure: %s", write_figure(draw(own, lang=lang), folder, f"{domain}{suffix}", lang))
    log.info("%d figures stored in gold.backtest, night %s", len(rows), night)


def beside_others(own: Any, night: date, domain: str) -> Any:
    """A domain's rows with those that other domains have stored for the night."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from jobs import reading

    stored = reading.read("gold.backtest", night)
    others = stored.filter(pc.not_equal(stored["domain"], domain)).select(own.column_names).cast(own.schema)
    return pa.concat_tables([own, others])


def last_scored_night() -> date:
    """The night of the newest back-test, so that all domains stand in one; today where there is none."""
    from jobs import reading

    return max(reading.night_partitions("gold.backtest"), default=datetime.now(UTC).date())


def write_figure(figure: Any, folder: Path, name: str, lang: str) -> Path:
    """A figure as a page that needs nothing from outside."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"backtest_{name}_{lang}.html"
    figure.write_html(path, include_plotlyjs=True, full_html=True)
    return path


def lineage() -> dict[str, Any]:
    """Where the figures come from."""
    from jobs.contracts import register
    from jobs.night.alert import code_version

    return {
        "run_id": f"backtest-{uuid.uuid4().hex[:8]}",
        "code_version": code_version(),
        "rules_version": register.rules_versions(),
        "scored_at": datetime.now(UTC),
    }
