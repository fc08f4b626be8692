"""What a night came to, on the terminal: its alerts, its sources, and where to look further."""

from __future__ import annotations

import argparse
from datetime import date

from rich.console import Console
from rich.table import Table

from jobs import reading
from jobs.commands.exit_codes import OK, USAGE
from jobs.contracts.codes import label
from jobs.contracts.messages import both
from jobs.settings import settings

LEVEL_STYLE = {1: "dim", 2: "cyan", 3: "yellow", 4: "dark_orange", 5: "bold red"}
SHOWN = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m jobs summary`."""
    parser.add_argument("--night", type=date.fromisoformat, help="the night; the newest when not named")
    parser.add_argument("--lang", choices=("ko", "en"), default="en")


def run(args: argparse.Namespace) -> int:
    """Print the summary; 2 where no night has been run."""
    console = Console()
    night = args.night or reading.night_shown()
    if night is None:
        console.print("No night has been run yet: make run / 아직 실행된 밤이 없습니다: make run")
        return USAGE
    if args.night is not None and night not in reading.nights():
        console.print(both("summary.no_night", night=night))
        return USAGE
    alerts = reading.alerts(night).to_pylist()
    table = Table(title=f"Alerts of the night {night} / {night} 경보 {len(alerts)}", show_lines=False, expand=True)
    for heading, ratio in (("#", 1), ("Level 등급", 3), ("Alert 경보", 20), ("Id", 5)):
        table.add_column(heading, ratio=ratio)
    for alert in sorted(alerts, key=lambda row: row["rank"])[:SHOWN]:
        level = f"{alert['level']} {label('level', alert['level'], 'ko')} {label('level', alert['level'], 'en')}"
        sentence = alert["sentence_" + args.lang]
        table.add_row(str(alert["rank"]), level, sentence, alert["alert_id"], style=LEVEL_STYLE[alert["level"]])
    console.print(table)
    if len(alerts) > SHOWN:
        console.print(f"... and {len(alerts) - SHOWN} more")
    late = [row["source"] for row in reading.freshness(night).to_pylist() if row["status"] == "late"]
    console.print(f"Late sources / 늦은 자료: {', '.join(late) or 'none 없음'}")
    console.print(f"Pages  make dashboard  ->  http://127.0.0.1:8050/?night={night}")
    console.print(f"Briefs and data  {settings().published / night.isoformat()}")
    console.print("Replay one  .venv/bin/python -m jobs replay ALERT_ID")
    return OK
