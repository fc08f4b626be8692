"""`python -m jobs replay ALERT_ID [--night D]`: the alert made again, byte for byte."""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import TYPE_CHECKING

from jobs.commands.arguments import night
from jobs.commands.exit_codes import DIFFERS, OK
from jobs.contracts.messages import both

if TYPE_CHECKING:
    from jobs.night.replay import Replayed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("alert_id")
    parser.add_argument("--night", type=night, default=None, help="which of its nights; the newest when not named")


def run(args: argparse.Namespace) -> int:
    """Write the alert's canonical JSON to standard output, and what came of the comparison to standard error.

    Returns:
        0 where it is equal, or where other rules or another program explain that it is not; else 8.
    """
    from jobs.lake.delta import Lake
    from jobs.lake.session import spark_session
    from jobs.night.replay import replay
    from jobs.settings import settings

    again = replay(Lake(spark_session(), settings().lake, uuid.uuid4().hex), args.alert_id, args.night)
    sys.stdout.write(again.made + "\n")
    sys.stderr.write(report(again) + "\n")
    return OK if again.is_equal or not again.is_same_program else DIFFERS


def report(again: Replayed) -> str:
    """What came of the comparison, in words."""
    lines = []
    if not again.is_same_program:
        then, now = (" ".join(map(str, each.values())) for each in (again.stored_by, again.made_by))
        lines.append(both("replay.other_program", then=then, now=now))
    if again.is_equal:
        lines.append(both("replay.equal", night=again.night, bytes=len(again.made.encode())))
    else:
        lines += [both("replay.differs", night=again.night), again.difference()]
    return "\n".join(lines)
