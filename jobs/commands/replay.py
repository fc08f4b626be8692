"""`python -m jobs replay ALERT_ID [--night D]`: the alert made again, byte for byte."""

from __future__ import annotations

import argparse
import sys
import uuid

DIFFERS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    from jobs.__main__ import night

    parser.add_argument("alert_id")
    parser.add_argument("--night", type=night, default=None, help="which of its nights; the newest when not named")


def run(args: argparse.Namespace) -> int:
    """Write the alert's canonical JSON to standard output; 1 where it differs from what was stored."""
    from jobs.contracts.messages import both
    from jobs.lake.delta import Lake
    from jobs.lake.session import spark_session
    from jobs.night.replay import replay
    from jobs.settings import settings

    again = replay(Lake(spark_session(), settings().lake, uuid.uuid4().hex), args.alert_id, args.night)
    sys.stdout.write(again.made + "\n")
    if again.is_equal:
        sys.stderr.write(both("replay.equal", bytes=len(again.made.encode()), night=again.night) + "\n")
        return 0
    sys.stderr.write(f"{both('replay.differs', night=again.night)}\n{again.difference()}\n")
    return DIFFERS
