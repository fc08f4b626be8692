"""What a night came to, on the terminal: its alerts, its sources, and where to look further."""

from __future__ import annotations

import argparse
from datetime import date

from rich.console import Console
from rich.table import Table

from jobs import reading
from jobs.commands.exit_codes import OK, USAGE
from jobs.contracts.codes import label
from jobs.contracts.language import terminal_language
from jobs.contracts.messages import LANGUAGES, say
from jobs.settings import settings

LEVEL_STYLE = {1: "dim", 2: "cyan", 3: "yellow", 4: "dark_orange", 5: "bold red"}
SHOWN = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m jobs summary`."""
    parser.add_argument("--night", type=date.fromisoformat, help="the night; the newest when not named")
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="default: the terminal's")


def run(args: argparse.Namespace) -> int:
    """Print the summary; 2 where no night has been run."""
    console, lang = Console(markup=False), args.lang  # sentences and paths may hold brackets
    night = args.night or reading.night_shown()
    if night is None:
        console.print(say("error.no_night", lang))
        return USAGE
    if args.night is not None and night not in reading.nights():
        console.print(say("error.no_such_night", lang, {"night": night}))
        return USAGE
    alerts = reading.alerts(night).to_pylist()
    table = Table(title=say("summary.title", lang, {"night": night, "count": len(alerts)}), expand=True)
    for heading, ratio in (("rank", 1), ("level", 2), ("alert", 20), ("id", 5)):
        table.add_column(say(f"summary.{heading}", lang), ratio=ratio)
    for alert in sorted(alerts, key=lambda row: row["rank"])[:SHOWN]:
        level = f"{alert['level']} {label('level', alert['level'], lang)}"
        sentence = alert[f"sentence_{lang}"]
        table.add_row(str(alert["rank"]), level, sentence, alert["alert_id"], style=LEVEL_STYLE[alert["level"]])
    console.print(table)
    if len(alerts) > SHOWN:
        console.print(say("summary.more", lang, {"count": len(alerts) - SHOWN}))
    late = [row["source"] for row in reading.freshness(night).to_pylist() if row["status"] == "late"]
    console.print(say("summary.late", lang, {"sources": ", ".join(late) or say("summary.late_none", lang)}))
    console.print(say("summary.pages", lang, {"address": f"http://127.0.0.1:8050/?night={night}"}))
    console.print(say("summary.published", lang, {"folder": settings().published / night.isoformat()}))
    console.print(say("summary.replay", lang))
    return OK
