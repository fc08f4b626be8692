"""`python -m jobs publish brief|export|all --night D`."""

from __future__ import annotations

import argparse

from jobs.commands.exit_codes import OK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    from jobs.commands.arguments import night

    parser.add_argument("what", choices=("brief", "export", "all"), nargs="?", default="all")
    parser.add_argument("--night", type=night, default=None, help="the newest night when not named")


def run(args: argparse.Namespace) -> int:
    """Write what was asked for and say where it lies."""
    from jobs.publish.night import publish_night

    publish_night(args.night, brief=args.what != "export", export=args.what != "brief")
    return OK
