"""Takes everything bronze holds and silver does not into silver, table by table, and keeps what deliveries cover."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.again import load_overtaken
from jobs.ingest.silver.cluster import ClusterLoad
from jobs.ingest.silver.deliveries import File, read_deliveries
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.outcomes import STATES
from jobs.ingest.silver.scopes.keeping import keep_coverage
from jobs.ingest.silver.table_load import TableLoad
from jobs.lake.delta import Lake
from jobs.settings import settings

log = logging.getLogger(__name__)


def road_of(lake: Lake, contract: Table, files: Sequence[File]) -> type[TableLoad]:
    """How files are loaded: in the driver, or, where the master is a cluster or they are too many for it, by Spark.

    Only partitioned tables become large; their records state one row each.
    """
    is_much = sum(file.records_in for file in files) > settings().load_records
    if not (lake.has_spark and contract.partition and (is_much or not settings().spark_master.startswith("local"))):
        return TableLoad
    return ClusterLoad


def load(lake: Lake) -> dict[str, dict[str, int]]:
    """Take everything bronze holds and silver does not; returns the record counts of each table loaded."""
    known = read_deliveries(lake)
    of_table: dict[str, list[File]] = {}
    for file in known.pending:
        of_table.setdefault(contracts.landing(file.source).feeds, []).append(file)
    counts: dict[str, dict[str, int]] = {}
    for name, files in sorted(of_table.items()):
        road = road_of(lake, contracts.table(name), files)
        with connection() as engine:
            ended = road(lake, contracts.table(name), engine, files, known).run()
        counts[name] = {state: sum(row[f"records_{state}"] for row in ended) for state in ("in", *STATES)}
        log.info("silver: %s %s", name, counts[name])
    load_overtaken(lake)
    keep_coverage(lake)
    return counts
