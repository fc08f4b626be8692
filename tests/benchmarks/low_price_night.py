"""Seconds of a low-price night: `python -m tests.benchmarks.low_price_night [--lots 1000000] [--days 365]
[--assessed-days 365]`.

A generated world goes straight into silver; timed are the facts, the patterns, the assessment and the choice, and the
writing of gold. With `--assessed-days 365` every lot of the year is assessed, as on the first night of a lake; a usual
night assesses a week. Beside it DuckDB reads the same vintages, joins the same inspections and takes count and minimum
of the identical accepted sales of the thirty days before each assessed lot. The limit is 360 seconds for a million
lots. Processor seconds are those of this process and all it started: where others use the machine, half of them is what
two cores need.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from jobs.domains.low_price.config import LowPriceConfig
from jobs.domains.low_price.night import find_low_prices
from jobs.lake.as_of import end_of_night
from jobs.lake.delta import Lake
from jobs.lake.session import spark_session
from jobs.night import detect
from jobs.sample.low_price import make_declarations
from tests.builders.lot_lakes import write_lots

ALLOWED_SECONDS_A_MILLION = 360.0
LATEST = """
    select * from {name} where known_at < timestamptz '{end}'
    qualify row_number() over (partition by source, declaration_id, line_no order by known_at desc) = 1
"""
PEER = """
    with lines as ({lines}), found as ({found}),
    lots as (
        select l.*, finding, propensity, customs_value_usd / net_mass_kg as price
        from lines l left join found using (declaration_id, line_no) where is_judgeable
    ),
    sales as (select * from lots where status = 'accepted')
    select j.declaration_id, j.line_no, count(*) as comparables, min(s.price) as lowest
    from lots j join sales s on s.standard_name_code = j.standard_name_code and s.product_state = j.product_state
        and s.grade = j.grade and s.packaging is not distinct from j.packaging
        and s.crop_year is not distinct from j.crop_year and s.origin_country = j.origin_country
        and s.trade_level = j.trade_level and s.importer_id <> j.importer_id
        and s.shipped_on between j.shipped_on - 30 and j.shipped_on
    where j.period_start > date '{first}' group by all
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--judged-days", type=int, default=365)
    options = parser.parse_args()
    world, making = timed(lambda: make_declarations(1, options.lots, days=options.days))
    night = np.datetime64(world.calendar.last, "D").astype(object)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(None, folder, "benchmark")
        _, filling = timed(lambda: write_lots(lake, world))
        world = None  # its memory is wanted
        peer, asking = timed(lambda: ask_duckdb(lake, night, options.assessed_days))
        lake, starting = timed(lambda: Lake(spark_session(), folder, "benchmark"))
        config = LowPriceConfig(assessed_days=options.assessed_days, pool_days=options.assessed_days + 143)
        before = processor_seconds()
        tables, finding = timed(lambda: find_low_prices(lake, night, config, 40))
        worked = processor_seconds() - before
        _, writing = timed(lambda: detect.write(lake, tables, night))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    assessed = len(tables["gold.lot"])
    sys.stdout.write(
        f"{options.lots:,} lots, {assessed:,} judged; seconds: world {making:.0f}, silver {filling:.0f}, "
        f"session {starting:.0f}, find {finding:.0f} ({worked:.0f} of the processor), write {writing:.0f}; "
        f"DuckDB's joins and aggregates {asking:.1f} ({peer:,} lots with a "
        f"comparable), ratio {finding / asking:.1f}; driver's Python {memory:.1f} GB at most\n"
    )
    return 0 if (finding + writing) / options.lots * 1e6 <= ALLOWED_SECONDS_A_MILLION else 1


def ask_duckdb(lake: Lake, night: Any, assessed_days: int) -> int:
    """Lots with a comparable, by one query over the same tables."""
    end = end_of_night(night).isoformat()
    with duckdb.connect(config={"threads": 2}) as connection:
        for name in ("import_declaration", "inspection_result"):
            connection.register(name, lake.dataset(f"silver.{name}"))
        lines, result = (LATEST.format(name=name, end=end) for name in ("import_declaration", "inspection_result"))
        return len(
            connection.sql(
                PEER.format(lines=lines, detected=result, first=night - timedelta(days=assessed_days))
            ).to_arrow_table()
        )


def processor_seconds() -> float:
    """Processor time so far of this process and everything below it."""
    stats = [Path(f"/proc/{pid}/stat") for pid in os.listdir("/proc") if pid.isdigit()]
    stated = {}
    for stat in stats:
        with suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            stated[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    ours = {os.getpid()}
    while more := {pid for pid, (parent, _) in stated.items() if parent in ours} - ours:
        ours |= more
    return sum(stated[pid][1] for pid in ours) / os.sysconf("SC_CLK_TCK")


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Result and seconds of one call."""
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
