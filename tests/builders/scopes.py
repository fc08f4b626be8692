"""Deliveries of statistics as the derivation of scopes takes them, written as the cells that each names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.ingest.silver.scopes.derivation import derive_scopes

SOURCE = "kcs_trade_country"
RECORD = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("hs_code", pa.string()),
        ("partner_country", pa.string()),
        ("period_start", pa.date32()),
        ("flow", pa.string()),
        ("is_sound", pa.bool_()),
    ]
)
DELIVERY = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("arrived_on", pa.date32()),
        ("ingested_at", pa.timestamp("us", "UTC")),
        ("stated_scope", pa.string()),
    ]
)
Cell = tuple[str | None, str | None, date | None]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A delivery: its day, the cells of its sound records, those of records set aside, its scope file."""

    delivery_id: str
    on: date
    cells: Sequence[Cell] = ()
    unread: Sequence[Cell] = ()
    stated: str | None = None
    flows: Sequence[str] = ("I",)

    def records(self) -> list[dict[str, object]]:
        """Rows of RECORD."""
        marked = [(cell, True) for cell in self.cells] + [(cell, False) for cell in self.unread]
        return [
            dict(zip(RECORD.names, (self.delivery_id, *cell, flow, is_sound), strict=True))
            for cell, is_sound in marked
            for flow in self.flows
        ]


def month(place: int, year: int = 2022) -> date:
    """First day of a month; 0 is January of the year."""
    return date(year + place // 12, place % 12 + 1, 1)


def grid(codes: Iterable[str], partners: Iterable[str], months: Iterable[date]) -> list[Cell]:
    """Every code with every partner in every month."""
    partners, months = list(partners), list(months)
    return [(code, partner, each) for code in codes for partner in partners for each in months]


def scopes(*deliveries: Delivered, source: str = SOURCE) -> pa.Table:
    """Rows of silver.trade_scope of a source that has had these deliveries."""
    listed = [
        dict(zip(DELIVERY.names, (d.delivery_id, d.on, datetime.combine(d.on, time(9), UTC), d.stated), strict=True))
        for d in deliveries
    ]
    with duckdb.connect() as connection:
        records = [row for each in deliveries for row in each.records()]
        connection.register("records", pa.Table.from_pylist(records, schema=RECORD))
        connection.register("deliveries", pa.Table.from_pylist(listed, schema=DELIVERY))
        return derive_scopes(connection, contracts.landing(source), rows="records", deliveries="deliveries")
