"""Trade statistics as silver has them, with the scope of their deliveries, without a lake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.domains.supply_chain.facts.items import gather_items
from jobs.lake.as_of import Stored
from tests.builders.scopes import SOURCE, Delivered, scopes

TRADE, SCOPE, REVISION = "silver.trade_month", "silver.trade_scope", "silver.hs_revision"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of one month: item, partner, month, net mass in kg; each kg is worth three dollars."""

    hs_code: str
    partner: str
    month: date
    kg: float
    flow: str = "I"


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """A delivery of figures, with the cells of records set aside and its scope file."""

    delivery_id: str
    on: date
    figures: Sequence[Figure]
    unread: Sequence[tuple[str | None, str | None, date | None]] = ()
    stated: str | None = None
    source: str = SOURCE

    def delivered(self) -> Delivered:
        """What the derivation of scopes takes of it."""
        return Delivered(
            delivery_id=self.delivery_id,
            on=self.on,
            cells=[(each.hs_code, each.partner, each.month) for each in self.figures],
            unread=self.unread,
            stated=self.stated,
            flows=sorted({each.flow for each in self.figures}),
        )

    def rows(self) -> list[dict[str, object]]:
        """Rows of silver.trade_month."""
        known_at = datetime.combine(self.on, time(9), UTC)
        return [
            {
                "flow": each.flow,
                "hs_code": each.hs_code,
                "hs_level": len(each.hs_code),
                "partner_country": each.partner,
                "period_start": each.month,
                "known_at": known_at,
                "value_usd": Decimal(round(each.kg * 3)),
                "net_mass_kg": Decimal(round(each.kg)),
                "source": self.source,
                "quality_flags": [],
                "record_id": f"{self.delivery_id}:{n}",
                "ingested_at": known_at,
            }
            for n, each in enumerate(self.figures, 1)
        ]


def rows_of(name: str, rows: Sequence[dict[str, object]]) -> pa.Table:
    """Rows of a table by its contract."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(contracts.table(name)))


def stored(*deliveries: Statistics, revisions: Sequence[tuple[str, str, date]] = (), has_scope: bool = True) -> Stored:
    """Silver as these deliveries leave it; revisions are old code, new code and first day, known from that day."""
    scoped = [
        scopes(*[each.delivered() for each in deliveries if each.source == source], source=source)
        for source in sorted({each.source for each in deliveries})
    ]
    revised = [
        {
            "old_hs_code": old,
            "new_hs_code": new,
            "valid_from": day,
            "nomenclature": "HS",
            "period_start": day,
            "known_at": datetime.combine(day, time(), UTC),
            "source": "hs_revision",
            "quality_flags": [],
            "record_id": f"revision:{n}",
            "ingested_at": datetime.combine(day, time(), UTC),
        }
        for n, (old, new, day) in enumerate(revisions)
    ]
    tables = {
        TRADE: rows_of(TRADE, [row for each in deliveries for row in each.rows()]),
        SCOPE: pa.concat_tables(scoped) if has_scope else rows_of(SCOPE, []),
        REVISION: rows_of(REVISION, revised),
    }
    return lambda name: tables[name]


def items_of(
    *deliveries: Statistics,
    night: date | None = None,
    revisions: Sequence[tuple[str, str, date]] = (),
    has_scope: bool = True,
) -> pa.Table:
    """Rows of `facts.gather_items` of a night."""
    return gather_items(stored(*deliveries, revisions=revisions, has_scope=has_scope), night)
