"""The command `doctor`: what this machine has, or whether the lake is whole, and what to do about the rest."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.commands.exit_codes import MACHINE, OK
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES, say
from jobs.doctor.probes import Check, examine
from jobs.lake.way_back import way_back
from jobs.settings import settings

if TYPE_CHECKING:
    from jobs.doctor.lake_files import Findings

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sub-command."""
    parser.add_argument("what", nargs="?", choices=("machine", "lake"), default="machine", help="default: machine")
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def report(checks: Sequence[Check], lang: str) -> Table:
    """The answers as a table."""
    table = Table(title=say("doctor.title", lang), title_justify="left")
    for column in ("what", "state", "found"):
        table.add_column(say(f"doctor.column_{column}", lang), overflow="fold")
    for check in checks:
        state = f"[{STYLES[check.state]}]{say(f'doctor.state_{check.state}', lang)}[/]"
        table.add_row(say(f"doctor.{check.subject}", lang), state, escape(check.detected))
    return table


def run(args: argparse.Namespace) -> int:
    """Look at everything and say it; 0 where the night can run, 6 where it cannot."""
    return examine_lake(args.lang) if args.what == "lake" else examine_machine(args.lang)


def examine_machine(lang: str) -> int:
    """What this machine lacks."""
    checks = list(examine(lang))
    is_ready = all(check.state != "fail" for check in checks)
    console = Console()
    console.print(report(checks, lang))
    for command in dict.fromkeys(check.remedy for check in checks if check.remedy):
        write_line(console, f"{say('doctor.remedy', lang)}  {command}")
    console.print(say("doctor.ready" if is_ready else "doctor.not_ready", lang))
    return OK if is_ready else MACHINE


def examine_lake(lang: str) -> int:
    """Which files of the lake are damaged, and how they come back."""
    from jobs.doctor.lake_files import examine_lake as examine_files

    console, root = Console(), settings().lake
    if "://" in root:
        write_line(console, say("damage.elsewhere", lang, {"lake": root}))
        return OK
    findings = examine_files(Path(root))
    for line in lake_report(findings, Path(root), lang):
        write_line(console, line)
    return MACHINE if findings.damage else OK


def lake_report(findings: Findings, root: Path, lang: str) -> list[str]:
    """What an examination of the lake came to, a line a file, and what to do."""
    lines = [
        f"{damage.table}  {damage.path}: {say(f'damage.{damage.code}', lang, damage.params)}"
        for damage in findings.damage
    ]
    counts = {"tables": findings.tables, "files": findings.files, "damaged": len(findings.damage)}
    lines.append(say("damage.some" if findings.damage else "damage.none", lang, counts))
    if findings.without_hash:
        lines.append(say("damage.without_hash", lang, {"files": findings.without_hash}))
    if findings.damage:
        lines.append(say("damage.from_copy", lang))
        for place in dict.fromkeys(damage.path for damage in findings.damage):
            below, folder = shlex.quote(str(place.relative_to(root))), shlex.quote(str(place.parent))
            lines.append(f"  cp -a COPY/{below} {folder}/")
        lines.append(say("damage.from_landing", lang))
        for name in dict.fromkeys(damage.table for damage in findings.damage):
            lines += [f"  {command}" for command in way_back(root, name)]
    return lines


def write_line(console: Console, line: str) -> None:
    """A line as it stands, never broken, so that it can be copied."""
    console.print(line, soft_wrap=True, markup=False, highlight=False)
