"""`python -m jobs reload SOURCE [--since D]`: deliveries are read again by the contracts of today."""

from __future__ import annotations

import argparse
import sys
import uuid

from jobs.commands.arguments import night
from jobs.commands.exit_codes import OK
from jobs.contracts.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("source", help="whose deliveries: the name of a landing contract")
    parser.add_argument("--since", type=night, default=None, help="day of the first delivery; all when not named")


def run(args: argparse.Namespace) -> int:
    """Read them under the lake's lock, and say what that came to."""
    from jobs.ingest.corrections.reload import reload
    from jobs.lake.delta import Lake
    from jobs.lake.lock import lake_lock
    from jobs.settings import settings

    run_id = uuid.uuid4().hex
    with lake_lock(run_id):
        lake = Lake(None, settings().lake, run_id)
        lake.check_logs()
        done = reload(lake, args.source, args.since)
    counts = {name: sum(row[f"records_{name}"] for row in done.loads) for name in ("out", "quarantined", "rejected")}
    sys.stdout.write(both("reload.done", source=args.source, deliveries=len(done.loads), **counts) + "\n")
    if done.reopened:
        sys.stdout.write(both("reload.reopened", names=", ".join(done.reopened)) + "\n")
    return OK
