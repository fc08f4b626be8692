"""Findings of a night: every domain asked in turn, their tables laid side by side.

A domain reads silver as known on the night and writes nothing, so that a replay is the very same computation.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from jobs import domains
from jobs.alerting.domain import NightTables
from jobs.lake.delta import Lake
from jobs.settings import settings

log = logging.getLogger(__name__)


def detect(lake: Lake, night: date) -> NightTables:
    """Findings of a night, of all domains."""
    return join_domains([each.detect(lake, night, settings().capacity_of(each.name)) for each in domains.DOMAINS])


def join_domains(parts: Sequence[NightTables]) -> NightTables:
    """Findings of several domains; the signals of all of them are one table."""
    tables: dict[str, pa.Table] = {}
    for name, table in [each for part in parts for each in part.tables.items()]:
        tables[name] = pa.concat_tables([tables[name], table]) if name in tables else table
    return NightTables(tables=tables, test_count=sum(part.test_count for part in parts))


def write(lake: Lake, tables: Mapping[str, pa.Table], night: date) -> None:
    """Replace the night in each of the tables."""
    for name, table in tables.items():
        lake.replace_night_rows(name, table, night)
        log.info("gold: %s %d rows", name, len(table))
