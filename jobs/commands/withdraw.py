"""`python -m jobs withdraw FILE|RECORD --reason TEXT`: a delivery or a record is taken back."""

from __future__ import annotations

import argparse
import sys
import uuid

from jobs.commands.exit_codes import OK
from jobs.contracts.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "name", metavar="FILE|RECORD", help="a file of the landing folder, the id of a delivery, or the id of a record"
    )
    parser.add_argument("--reason", required=True, help="why, in a sentence that stays on record")


def run(args: argparse.Namespace) -> int:
    """Take it back under the lake's lock, and say what that came to."""
    from jobs.ingest.corrections.withdraw import withdraw
    from jobs.lake.delta import Lake
    from jobs.lake.lock import lake_lock
    from jobs.settings import settings

    if not args.reason.strip():
        raise LookupError(both("withdraw.no_reason"))
    run_id = uuid.uuid4().hex
    with lake_lock(run_id):
        lake = Lake(None, settings().lake, run_id)
        lake.check_logs()
        done = withdraw(lake, args.name, args.reason.strip())
    named = done.record_id or done.load["source_file"]
    sys.stdout.write(both("withdraw.done", name=named, source=done.load["source"], rows=done.row_count) + "\n")
    return OK
