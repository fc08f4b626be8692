"""`python -m jobs score FILE [--out FILE]`: a document assessed on the spot, by what the last night stored."""

from __future__ import annotations

import argparse
from pathlib import Path

from jobs import domains
from jobs.commands.arguments import night
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    asked = {each.name: each.on_demand for each in domains.DOMAINS if each.on_demand is not None}
    documents = "; ".join(f"{name}: {each.document}" for name, each in asked.items())
    parser.add_argument("file", type=Path, help=documents)
    parser.add_argument("--domain", choices=sorted(asked), default=min(asked), help="who assesses it")
    parser.add_argument("--night", type=night, default=None, help="by whose knowledge; the newest when not given")
    parser.add_argument("--out", type=Path, help="CSV file for all figures")
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def run(args: argparse.Namespace) -> int:
    """Assess the document and show what came out; 0.

    Raises:
        LookupError: there is no such file, or no night has stored what it is assessed by.
    """
    (asked,) = [each.on_demand for each in domains.DOMAINS if each.name == args.domain and each.on_demand]
    return asked.run(args)
