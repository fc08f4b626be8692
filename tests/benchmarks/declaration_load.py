"""Declarations from landing to silver: `python -m tests.benchmarks.declaration_load [--millions 1] [--stored 0]
[--spark] [--keep DIR]`.

Landing files of a generated world are taken into bronze and silver in one process, beside DuckDB in another that reads
the same files, types the same columns and writes them as Parquet, without flags, history or ledger. Then a day's 5,000
new lines are loaded on top; before that silver is filled up to so many million rows as asked for. A million lines must
take at most 20 s (45 s by Spark's road), and at most 6 times what DuckDB needs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb

from jobs import contracts
from jobs.ingest.silver.engine import reader_of
from jobs.ingest.silver.rules.columns import literal, q
from jobs.ingest.silver.rules.statement import sql_type
from jobs.lake.delta import Lake
from tests.benchmarks.declaration_night import environment_of, last_day, make_landing
from tests.benchmarks.processes import Cost, run_measured

ALLOWED_SECONDS, ALLOWED_BY_SPARK, ALLOWED_RATIO, A_DAY = 20, 45, 6, 5_000
TABLE = "silver.import_declaration"
LOAD = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from jobs.ingest.bronze.land import land
from jobs.ingest.silver.load import load
from jobs.lake.delta import Lake
from jobs.lake.session import begin_session
from jobs.settings import settings
session = begin_session() if sys.argv[2:] else None
lake = Lake(None, settings().lake, "benchmark")
land(lake, settings().landing, datetime.now(UTC), date.fromisoformat(sys.argv[1]))
load(Lake(session.result(), settings().lake, "benchmark") if session else lake)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, default=1)
    parser.add_argument("--stored", type=int, default=0)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        environment = {**environment_of(folder), "CUSTOMS_LANDING_WAIT": "0"}
        if not (folder / "landing").is_dir():
            make_landing(folder, options.millions, 150, environment)
        night = last_day(folder / "landing")
        spark = ["spark"] if options.spark else []
        by_spark = {**environment, "CUSTOMS_LOAD_RECORDS": "1"} if spark else environment
        loaded = run_measured([sys.executable, "-c", LOAD, str(night), *spark], by_spark)
        peer = run_measured([sys.executable, "-c", peer_program(folder)])
        stored = fill_up(folder / "lake", options.stored * 1_000_000)
        add_a_day(folder / "landing", night + timedelta(days=1))
        day = run_measured([sys.executable, "-c", LOAD, str(night + timedelta(days=1))], environment)
    ratio = loaded.seconds / peer.seconds
    sys.stdout.write(
        f"{options.millions} million lines and the small sources: {shown(loaded)}; DuckDB {shown(peer)}, "
        f"ratio {ratio:.1f}; a day of {A_DAY:,} lines on {stored:,} rows {shown(day)}, "
        "the start of the process included\n"
    )
    allowed = (ALLOWED_BY_SPARK if options.spark else ALLOWED_SECONDS) * options.millions
    return 0 if loaded.seconds <= allowed and (options.spark or ratio <= ALLOWED_RATIO) else 1


def shown(cost: Cost) -> str:
    return f"{cost.seconds:.1f} s, {cost.gigabytes:.1f} GB"


def peer_program(folder: Path) -> str:
    """A program that reads the files, types the columns of silver that they have, and writes Parquet."""
    landing = contracts.landing("import_declaration")
    typed = {column.name: sql_type(column.type) for column in contracts.table(TABLE).columns}
    columns = ", ".join(
        f"try_cast({q(name)} as {typed[name]}) as {q(name)}" if name in typed and "[]" not in typed[name] else q(name)
        for name in landing.columns
    )
    files = literal(str(folder / "landing" / "import_declaration" / "*.csv"))
    target = literal(str(folder / "peer.parquet"))
    question = f"copy (select {columns} from read_csv({files}, all_varchar = true)) to {target} (format parquet)"
    return f"import duckdb; duckdb.connect(config={{'threads': 2}}).execute({question!r})"


def fill_up(place: Path, rows: int) -> int:
    """Append copies of the silver rows under declaration numbers of their own until there are so many."""
    lake, contract = Lake(None, str(place), "benchmark"), contracts.table(TABLE)
    with duckdb.connect() as connection:
        connection.register("stored", lake.dataset(TABLE).to_table())
        copy = 0
        while (lacking := rows - lake.count(TABLE)) > 0:
            copy += 1
            copied = f"select * replace (declaration_id || '-c{copy}' as declaration_id) from stored limit {lacking}"
            lake.append_rows(TABLE, reader_of(connection, copied, contract))
    return lake.count(TABLE)


def add_a_day(landing: Path, day: date) -> None:
    """A further file of lines under declaration numbers of their own."""
    newest = max((landing / "import_declaration").iterdir(), key=lambda file: file.stem)
    target = newest.with_name(newest.name.replace(newest.stem[-10:], str(day)))
    with duckdb.connect() as connection:
        connection.execute("create table one as from read_csv(?, all_varchar = true)", [str(newest)])
        lines = f"select * replace (declaration_id || '-{day}' as declaration_id) from one limit {A_DAY}"
        connection.execute(f"copy ({lines}) to {literal(str(target))} (header, delimiter ',')")


if __name__ == "__main__":
    sys.exit(main())
