"""A file of declarations assessed on the spot, as a table on the terminal and as CSV."""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from typing import TYPE_CHECKING

from jobs.contracts.messages import say

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = ("line", "goods", "price", "reference", "ratio", "lowest", "level", "probability", "stake", "reasons")
NAMED_LINES = 5


def run(args: argparse.Namespace) -> int:
    """Assess the lines and show them, the most at stake first; 0.

    Raises:
        LookupError: there is no such file, it cannot be read, it lacks a column, or no night has stored prices.
    """
    from jobs.contracts.csv_text import write_csv
    from jobs.domains.low_price.on_demand import assess_file, newest_night
    from jobs.lake.delta import Lake
    from jobs.settings import settings

    started = time.perf_counter()
    lake = Lake(None, settings().lake, uuid.uuid4().hex)
    night = args.night or newest_night(lake)
    scored, unsound = assess_file(lake, night, args.file)
    took = time.perf_counter() - started
    scored = scored.sort_by([("level", "descending"), ("stake_krw", "descending"), ("declaration_id", "ascending")])
    show(scored, say("score.title", args.lang, {"night": night}), args.lang)
    if len(unsound):
        lines = ", ".join(
            f"{row['declaration_id']}/{row['line_no']}" for row in unsound.slice(0, NAMED_LINES).to_pylist()
        )
        sys.stderr.write(say("score.not_judged", args.lang, {"count": len(unsound), "lines": lines}) + "\n")
    sys.stderr.write(say("score.took", args.lang, {"count": len(scored), "seconds": f"{took:.2f}"}) + "\n")
    if args.out is not None:
        args.out.write_text(write_csv(scored), encoding="utf-8", newline="")
    return 0


def show(scored: pa.Table, title: str, lang: str) -> None:
    """The lines as a table on standard output."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title)
    for name in SHOWN:
        table.add_column(
            say(f"score.{name}", lang), justify="left" if name in ("line", "goods", "reasons") else "right"
        )
    for row in scored.to_pylist():
        table.add_row(*[escape(text) for text in cells(row, lang)])
    Console().print(table)


def cells(row: dict, lang: str) -> list[str]:
    """One line in words."""
    from jobs.alerting.words import percent, won
    from jobs.contracts.codes import label

    def price(name: str) -> str:
        return "-" if row[name] is None else f"{row[name]:,.2f}"

    low = [ground["code"] for ground in row["grounds"] if ground["is_low"]]
    patterns = [code for code in row["reason_codes"] if code.startswith("LP-")]
    product = label("standard_product", row["standard_name_code"], lang)
    goods = f"{product} ({label('country', row['origin_country'], lang)})"
    return [
        f"{row['declaration_id']}/{row['line_no']}",
        goods,
        price("price_usd_per_kg"),
        price("reference_usd_per_kg"),
        "-" if row["price_ratio"] is None else percent(row["price_ratio"]),
        price("lowest_comparable_usd_per_kg"),
        f"{row['level']} {label('level', row['level'], lang)}",
        "-" if row["probability"] is None else percent(row["probability"]),
        won(row["stake_krw"], lang),
        ", ".join([*low, *patterns, *row["caps"]]),
    ]
