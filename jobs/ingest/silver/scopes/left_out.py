"""Rows that a later delivery leaves out although it states all there is: from its day on they count as withdrawn.

Which those are follows from the deliveries that count and is derived anew where their set has changed, as scopes are
(`keeping`). A key left out is a row of its own (flag `left_out`) under the day of the delivery that lacks it, so that a
night before that day still sees the value; a later delivery that states the key again brings it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.contracts.model import Table
from jobs.ingest.silver.deliveries import is_let_in, last_loads, set_identity
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.rules.columns import literal, midnight, q
from jobs.ingest.silver.scopes.changes import append_changes, show_deliveries
from jobs.ingest.silver.scopes.stated import stated_scopes, states_all
from jobs.ingest.silver.vintages import listed
from jobs.lake.as_of import LEFT_OUT, current_sql, is_stated, recorded_sql
from jobs.lake.delta import Lake


def keep_left_out(lake: Lake) -> None:
    """Bring the rows left out up to the deliveries that count, of sources that ever stated a full table."""
    loads, counts, scopes = last_loads(lake), is_let_in(lake), stated_scopes(lake)
    withdrawn = lake.rows("ops.withdrawal").num_rows
    for source in sorted({row["source"] for row in loads}):
        contract = contracts.table(contracts.landing(source).feeds)
        every = [row for row in loads if row["source"] == source]
        full = {row["delivery_id"] for row in every if states_all(source, scopes.get((source, row["delivery_id"])))}
        if LEFT_OUT in contract.rules and full:
            own = [row for row in every if counts(row)]
            of_set = set_identity(f"left_out:{source}", own, withdrawn)
            if not lake.holds(contract.name, of_set):
                rows = [{**row, "is_full": row["delivery_id"] in full} for row in own]
                keep_rows(lake, contract, source, rows, of_set)


def keep_rows(lake: Lake, contract: Table, source: str, deliveries: Sequence[Mapping[str, Any]], of_set: str) -> None:
    """Append what differs from the rows left out that are stored."""
    with connection() as engine:
        show_deliveries(engine, deliveries, pa.field("is_full", pa.bool_()))
        lake.show(engine, "stored", contract.name)
        of_source = f"source = {literal(source)}"
        engine.execute(f"create table said as select * from ({current_sql(contract, 'stored')}) where {of_source}")
        recorded = recorded_sql(contract, "stored")
        engine.execute(
            f"create table before as select * from ({recorded}) where {of_source} and not ({is_stated(contract)})"
        )
        derive(engine, contract)
        append_changes(lake, engine, contract, of_set)


def derive(engine: duckdb.DuckDBPyConnection, contract: Table) -> None:
    """Make `derived`: of each full table the keys that the deliveries before it state last, and it does not.

    Args:
        engine: has `deliveries` (those that count) and `said` (what they state).
        contract: the table's.
    """
    key = listed(contract.key)
    made = {
        "quality_flags": f"['{LEFT_OUT}']",
        "known_at": midnight("f.arrived_on"),
        "record_id": "f.delivery_id || ':0'",
        "arrived_on": "f.arrived_on",
        "ingested_at": "f.ingested_at",
        "is_withdrawn": "false",
    }
    columns = ", ".join(f"{made.get(name, 'l.' + q(name))} as {q(name)}" for name in contract.column_names)
    engine.execute(f"""create table derived as
        with placed as (select *, row_number() over (order by arrived_on, ingested_at) as _place from deliveries),
        stated as (select said.*, _place from said join placed on delivery_id = split_part(record_id, ':', 1)),
        lacking as (  -- the full table and the place of the last delivery before it that states the key
            select {listed(contract.key, "s.")}, f._place as _full, max(s._place) as _last
            from placed f join stated s on s._place < f._place
            where f.is_full group by all),
        left_out as (select * from lacking anti join (select {key}, _place as _full from stated) using ({key}, _full)),
        first_left_out as (select {key}, _last, min(_full) as _full from left_out group by all)
        select {columns} from first_left_out o
        join (select *, row_number() over (partition by {key}, _place order by record_id desc) as _nth from stated) l
            on l._place = o._last and l._nth = 1 and {" and ".join(f"l.{q(n)} = o.{q(n)}" for n in contract.key)}
        join placed f on f._place = o._full""")
