"""Keeps silver.trade_scope: what the deliveries of each source cover is derived anew where their set has changed.

What differs from what is stored is appended, what no longer follows is recorded as withdrawn (`changes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.ingest.silver.deliveries import is_let_in, last_loads, set_identity
from jobs.ingest.silver.engine import connection
from jobs.ingest.silver.rules.columns import literal
from jobs.ingest.silver.rules.statement import typed_sql
from jobs.ingest.silver.scopes.changes import append_changes, show_deliveries
from jobs.ingest.silver.scopes.derivation import FED, SCOPE, derive_scopes
from jobs.ingest.silver.scopes.left_out import keep_left_out
from jobs.ingest.silver.scopes.stated import stated_scopes
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake


def keep_coverage(lake: Lake) -> None:
    """Bring what deliveries cover and leave out up to those that count."""
    keep_scopes(lake)
    keep_left_out(lake)


def keep_scopes(lake: Lake) -> None:
    """Bring silver.trade_scope up to the deliveries that count."""
    loads = [row for row in last_loads(lake) if contracts.landing(row["source"]).feeds in FED]
    counts, stated = is_let_in(lake), stated_scopes(lake)
    withdrawn = lake.rows("ops.withdrawal").num_rows
    for source in sorted({row["source"] for row in loads}):
        own = [row for row in loads if row["source"] == source]
        own = [row for row in own if counts(row) or (row["records_in"] == 0 and (source, row["delivery_id"]) in stated)]
        of_set = set_identity(source, own, withdrawn)
        if own and not lake.holds(SCOPE, of_set):
            rows = [{**row, "stated_scope": stated.get((source, row["delivery_id"]))} for row in own]
            keep_scope(lake, source, rows, of_set)


def keep_scope(lake: Lake, source: str, deliveries: Sequence[Mapping[str, Any]], of_set: str) -> None:
    """Append what the deliveries of a source cover where it differs from what is stored."""
    contract = contracts.table(SCOPE)
    with connection() as engine:
        show_deliveries(engine, deliveries, pa.field("stated_scope", pa.string()))
        stated_rows(lake, engine, source)
        engine.register(
            "derived", derive_scopes(engine, contracts.landing(source), rows="stated_rows", deliveries="deliveries")
        )
        lake.show(engine, "stored", SCOPE)
        engine.execute(
            f"create table before as select * from ({current_sql(contract, 'stored')}) where source = {literal(source)}"
        )
        append_changes(lake, engine, contract, of_set)


def stated_rows(lake: Lake, engine: duckdb.DuckDBPyConnection, source: str) -> None:
    """Make the relation `stated_rows`: the cells that a source's records name, those of records set aside too."""
    contract = contracts.table(contracts.landing(source).feeds)
    lake.show(engine, "sound_rows", contract.name)
    lake.show(engine, "bronze_rows", f"bronze.{source}")
    engine.register("quarantine", lake.rows("ops.quarantine", ["source", "record_id"]))
    cell = "hs_code, partner_country, period_start, flow"
    engine.execute(f"""create view counting as
        select * from ({current_sql(contract, "sound_rows")}) where source = {literal(source)}""")
    # A record that was set aside and is let in since it was read again is in both.
    engine.execute(f"""create view aside as
        select * from bronze_rows semi join
            (select record_id from quarantine where source = {literal(source)} except select record_id from counting)
        on record_id = delivery_id || ':' || source_row""")
    engine.execute(f"""create view stated_rows as
        select split_part(record_id, ':', 1) as delivery_id, {cell}, true as is_sound from counting
        union all select _delivery_id, {cell}, false from ({typed_sql(source, "aside")})
        union all select delivery_id, null, null, null, null, false from bronze_rows where reject_reason is not null""")
