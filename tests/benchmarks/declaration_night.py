"""A whole night of declarations: `python -m tests.benchmarks.declaration_night [--millions 1] [--days 150] [--keep
DIR]`.

A generated world of a million lines becomes landing files, as many copies of it as asked for: each with firms and
declarations of its own and its origins changed round, so that goods and parties grow with the volume. All lines lie
within the days that are compared with. Then the night itself, part by part as the scheduler runs it, each in a process
of its
own: ingest (landing, bronze, silver, quality gate), detect, alert, publish. Beside `detect` DuckDB does its joins and
aggregates
on the same tables: each line's last state, its inspection, and for each line of the last week the count and the lowest
of the identical accepted sales of the thirty days before.

A million lines must take at most twelve minutes. With `--keep DIR` the lake stays, and a night that was stopped goes
on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb

from jobs.lake.delta import Lake
from tests.benchmarks.low_price_night import ask_duckdb, timed
from tests.benchmarks.processes import Cost, run_measured

ALLOWED_SECONDS = 720
A_WORLD = 1_000_000
ASSESSED_DAYS = 7
OWN = {  # what tells one copy's lines from another's, by source
    "import_declaration": ("declaration_id", "importer_id", "exporter_id", "declarant_id", "bl_number"),
    "inspection_result": ("declaration_id",),
    "firm": ("firm_id",),
    "firm_relation": ("firm_id", "related_firm_id"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, default=1)
    parser.add_argument("--days", type=int, default=150)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        environment = environment_of(folder)
        if not (folder / "landing").is_dir():
            make_landing(folder, options.millions, options.days, environment)
        night = last_day(folder / "landing")
        lines = sum(
            sum(1 for _ in file.open("rb")) - 1 for file in (folder / "landing" / "import_declaration").iterdir()
        )
        costs = {"ingest": run_part("ingest", night, environment)}
        lake = Lake(None, str(folder / "lake"), "benchmark")
        compared, asking = timed(lambda: ask_duckdb(lake, night, ASSESSED_DAYS))
        costs |= {part: run_part(part, night, environment) for part in ("detect", "alert", "publish")}
    seconds = sum(cost.seconds for cost in costs.values())
    sys.stdout.write(
        f"{lines:,} records of {options.millions:,} million lines, night {night}: {seconds:.0f} s, at most "
        f"{max(cost.gigabytes for cost in costs.values()):.1f} GB; "
        + ", ".join(f"{part} {cost.seconds:.0f} s" for part, cost in costs.items())
        + f"; DuckDB {asking:.1f} s ({compared:,} lines with a comparable), "
        f"ratio of detect {costs['detect'].seconds / asking:.1f}\n"
    )
    return 0 if seconds <= ALLOWED_SECONDS * options.millions else 1


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a night in a folder of its own."""
    places = {f"CUSTOMS_{name.upper()}": str(folder / name) for name in ("landing", "lake", "published", "truth")}
    return {**os.environ, **places}


def run_part(part: str, night: date, environment: dict[str, str]) -> Cost:
    """One part of the night."""
    cost = run_measured([sys.executable, "-m", "jobs", "run", part, "--night", str(night)], environment)
    sys.stderr.write(f"{part}: {cost.seconds:.0f} s, {cost.gigabytes:.1f} GB\n")
    return cost


def make_landing(folder: Path, worlds: int, days: int, environment: dict[str, str]) -> None:
    """Landing files of a generated world and of its copies."""
    out = folder / "landing"
    made = ["sample", "--out", str(out), "--truth", str(folder / "truth"), "--seed", "1", "--size", "tiny"]
    run_measured(
        [sys.executable, "-m", "jobs", *made, "--declarations", str(A_WORLD), "--days", str(days)], environment
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        for source, names in OWN.items():
            for file in sorted((out / source).iterdir()) if worlds > 1 else ():
                add_copies(connection, file, names, worlds)


def add_copies(connection: duckdb.DuckDBPyConnection, file: Path, names: tuple[str, ...], worlds: int) -> None:
    """The file with the lines of all copies: the first as it was, the others with names of their own."""
    connection.execute("create or replace temp table one as from read_csv(?, all_varchar = true)", [str(file)])
    own = ", ".join(
        f"case when copy = 0 or {name} = '' then {name} else {name} || '-' || copy end as {name}" for name in names
    )
    if "bl_number" in names:
        places = connection.sql("select list_sort(list(distinct origin_country)) from one").fetchall()[0][0]
        at = f"(list_position({places}::varchar[], origin_country) - 1 + copy) % {len(places)} + 1"
        own += f", ({places}::varchar[])[{at}] as origin_country"
    copies = f"select one.* replace ({own}) from one, range({worlds}) as copies(copy)"
    connection.execute(f"copy ({copies}) to '{file}' (header, delimiter ',')")


def last_day(landing: Path) -> date:
    """The day of the newest file."""
    return max(date.fromisoformat(file.stem[-10:]) for file in (landing / "import_declaration").iterdir())


if __name__ == "__main__":
    sys.exit(main())
