"""`python -m jobs sample`: makes a landing folder to try the platform on."""

from __future__ import annotations

import argparse
import logging
import os
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from jobs.commands.exit_codes import OK, USAGE
from jobs.sample.files import LandingFile
from jobs.sample.generation import SampleSummary, generate
from jobs.sample.low_price.landing import TableFile
from jobs.sample.parameters import SIZES

QUIET_SECONDS = 3.0  # no progress line before that

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sub-command."""
    parser.add_argument("--out", type=Path, required=True, help="landing folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes (1-999: development)")
    parser.add_argument("--size", choices=list(SIZES), default="small", help="how much of everything")
    parser.add_argument(
        "--truth",
        type=Path,
        help="folder of the planted truth, outside --out (default: CUSTOMS_TRUTH, or beside)",
    )
    parser.add_argument(
        "--declarations", type=int, metavar="N", help="item lines to declare, instead of the size's own"
    )
    parser.add_argument("--days", type=int, metavar="D", help="nights over which they are declared, one file each")
    parser.add_argument("--until", metavar="YYYY-MM", help="last month; a later one only adds files")


def run(args: argparse.Namespace) -> int:
    """Writes the files and says what they are; 0, or 2 where the request cannot be met."""
    try:
        with _Ticker() as ticker:
            summary = generate(
                args.out,
                truth_folder(args),
                args.seed,
                args.size,
                args.until,
                ticker.tick,
                args.declarations,
                args.days,
            )
    except ValueError as error:
        log.error("sample: %s", error)
        return USAGE
    log.info("%s", describe(summary))
    return OK


def truth_folder(args: argparse.Namespace) -> Path:
    """Where the truth goes: the option, CUSTOMS_TRUTH of the environment, or `<out>-truth` beside it."""
    if args.truth is not None:
        return Path(args.truth)
    named = os.environ.get("CUSTOMS_TRUTH")
    out = args.out.resolve()
    return Path(named) if named else out.with_name(f"{out.name}-truth")


def describe(summary: SampleSummary) -> str:
    """The summary in a few lines."""
    cases = ", ".join(f"{kind} {count}" for kind, count in sorted(summary.cases.items())) or "none"
    return (
        f"{summary.files} landing files, {summary.records:,} records in {summary.out}\n"
        f"{summary.items} items, {summary.series:,} item-origins, {summary.declarations:,} declared lines, "
        f"{summary.first_month} to {summary.last_month}, known by {summary.last_known}\n"
        f"planted: {cases} (truth in {summary.truth})"
    )


class _Ticker:
    """A progress line that appears only once the work has taken some seconds."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("sample", total=None)
        self._began = time.monotonic()
        self._shown = False

    def __enter__(self) -> _Ticker:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._shown:
            self._progress.stop()

    def tick(self, landing: LandingFile | TableFile) -> None:
        """Shows the last file written."""
        if not self._shown and time.monotonic() - self._began > QUIET_SECONDS:
            self._progress.start()
            self._shown = True
        self._progress.update(self._task, description=f"{landing.folder}/{landing.stem} {landing.known_on}")
