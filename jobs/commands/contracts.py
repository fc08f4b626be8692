"""The command `contracts check | export | rows`: do the files of `schemas/` fit together, what do other tools read, and
which types do rows have in Python.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from jobs import contracts
from jobs.commands.exit_codes import CONTRACT, OK
from jobs.contracts.check import check
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES, say
from jobs.contracts.odcs import export
from jobs.contracts.row_types import FOLDER, write_rows

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True)
    checked = actions.add_parser("check", help="whether everything in schemas/ fits together")
    exported = actions.add_parser("export", help="complete Open Data Contract Standard files for other tools")
    exported.add_argument("--out", type=Path, required=True, help="folder to write to")
    typed = actions.add_parser("rows", help="the types of rows in jobs/contracts/rows, written anew")
    for each in (checked, exported, typed):
        each.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def run(args: argparse.Namespace) -> int:
    """Check, export or write the types; 0, or 3 where the contracts do not fit together."""
    findings = check()
    for finding in findings:
        log.error("%s", finding)
    if findings:
        log.error("%s", say("contracts.broken", args.lang, {"count": len(findings)}))
        return CONTRACT
    if args.action == "export":
        written = export(args.out)
        log.info("%s", say("contracts.exported", args.lang, {"count": len(written), "folder": args.out}))
        return OK
    if args.action == "rows":
        log.info("%s", say("contracts.typed", args.lang, {"count": len(write_rows()), "folder": FOLDER}))
        return OK
    counts = {
        "tables": len(contracts.tables()),
        "landings": len(contracts.landings()),
        "fields": len(contracts.fields()),
    }
    log.info("%s", say("contracts.sound", args.lang, counts))
    return OK
