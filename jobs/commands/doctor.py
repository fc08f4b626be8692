"""The command `doctor`: a table of what this machine has, and what to do about the rest."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from jobs.commands.exit_codes import MACHINE, OK
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES, say
from jobs.doctor.probes import Check, examine

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sub-command."""
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def report(checks: Sequence[Check], lang: str) -> Table:
    """The answers as a table."""
    table = Table(title=say("doctor.title", lang), title_justify="left")
    for column in ("what", "state", "found"):
        table.add_column(say(f"doctor.column_{column}", lang), overflow="fold")
    for check in checks:
        state = f"[{STYLES[check.state]}]{say(f'doctor.state_{check.state}', lang)}[/]"
        table.add_row(say(f"doctor.{check.subject}", lang), state, check.detected)
    return table


def run(args: argparse.Namespace) -> int:
    """Look at everything and say it; 0 where the night can run, 6 where it cannot."""
    checks = list(examine(args.lang))
    is_ready = all(check.state != "fail" for check in checks)
    console = Console()
    console.print(report(checks, args.lang))
    for command in dict.fromkeys(check.remedy for check in checks if check.remedy):
        # A line of its own, never broken, so that it can be copied.
        console.print(f"{say('doctor.remedy', args.lang)}  {command}", soft_wrap=True, markup=False, highlight=False)
    console.print(say("doctor.ready" if is_ready else "doctor.not_ready", args.lang))
    return OK if is_ready else MACHINE
