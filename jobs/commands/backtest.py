"""`python -m jobs backtest DOMAIN`: assess the past, or a made one, as it was known, and score."""

from __future__ import annotations

import argparse
import logging
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jobs import domains
from jobs.alerting.domain import LeakError, Score
from jobs.commands.exit_codes import LEAK, OK
from jobs.contracts.messages import LANGUAGES, both

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The domains that can be scored, each with its own options."""
    asked = parser.add_subparsers(dest="domain", required=True, metavar="DOMAIN")
    for each in domains.DOMAINS:
        if each.backtest is not None:
            each.backtest.add_arguments(asked.add_parser(each.name))


def run(args: argparse.Namespace) -> int:
    """Score, print the tables, store gold.backtest and write the figures beside the night's briefs."""
    (backtest,) = [each.backtest for each in domains.DOMAINS if each.name == args.domain and each.backtest]
    try:
        score = backtest.score(args)
    except LeakError as error:
        log.error("%s: %s", both("backtest.leak"), error)
        return LEAK
    for note in score.notes:
        log.warning("left out: %s", note)
    publish(args.domain, score)
    return OK


def publish(domain: str, score: Score) -> None:
    """Store a back-test's figures beside those of other domains of the night; print its tables, draw its figures."""
    from rich.console import Console

    from dashboards import kinds
    from jobs.lake.canonical import table_of
    from jobs.lake.delta import Lake
    from jobs.settings import settings

    night = score.night or last_scored_night()
    about = {"night": night, "domain": domain, **lineage(domain)}
    own = table_of("gold.backtest", [{**about, **row} for row in score.rows])
    lake = Lake(None, settings().lake, about["run_id"])
    lake.replace_night_rows("gold.backtest", beside_others(own, night, domain), night)
    for table in score.tables:
        Console(width=150).print(table)
    folder = settings().published / night.isoformat()
    for suffix, draw in kinds.score_figures(domain).items():
        for lang in LANGUAGES:
            log.info("figure: %s", write_figure(draw(own, lang=lang), folder, f"{domain}{suffix}", lang))
    log.info("%d figures stored in gold.backtest, night %s", len(score.rows), night)


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


def lineage(domain: str) -> dict[str, Any]:
    """Where the figures come from."""
    from jobs.contracts import register
    from jobs.night.program import code_version

    return {
        "run_id": f"backtest-{uuid.uuid4().hex[:8]}",
        "code_version": code_version(),
        "rules_version": register.rules_version(domain),
        "scored_at": datetime.now(UTC),
    }
