"""`python -m jobs run [ingest|detect|alert|publish] --night D`: a night, or a part of it."""

from __future__ import annotations

import argparse
import logging

from jobs.commands.exit_codes import OK

log = logging.getLogger(__name__)
ALL = ("ingest", "detect", "alert", "publish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    from jobs.commands.arguments import night

    parser.add_argument("part", nargs="?", choices=ALL, help="one part; the whole night when not named")
    parser.add_argument("--night", type=night, default=None, help="YYYY-MM-DD, or `last`: the newest known day")


def run(args: argparse.Namespace) -> int:
    """Run the parts in order; `publish` needs no Spark and runs after the lake is let go."""
    parts = (args.part,) if args.part else ALL
    night = args.night
    batch = tuple(part for part in parts if part != "publish")
    if batch:
        from jobs.lake.session import begin_session

        if "detect" in batch:  # the others seldom or never need Spark, and start it where they do
            begin_session()  # before the imports below, which take as long
        from jobs.night import run as nightly

        night = nightly.run(batch, night)
        log.info("night %s: %s done", night, ", ".join(batch))
    if "publish" in parts:
        from jobs.publish.night import publish_night

        publish_night(night)
    return OK
