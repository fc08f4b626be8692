"""Takes a delivery or a record back: from then on no night sees it, and what it had overtaken counts again."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jobs import contracts
from jobs.contracts.messages import both
from jobs.contracts.model import Table
from jobs.ingest.silver.assess import date_rows, split_sound
from jobs.ingest.silver.deliveries import first_days, is_let_in, last_loads
from jobs.ingest.silver.engine import connection, reader_of, rows_of
from jobs.ingest.silver.rules.columns import literal
from jobs.ingest.silver.rules.statement import typed_sql
from jobs.ingest.silver.scopes.keeping import keep_coverage
from jobs.ingest.silver.vintages import replaced_sql, withdrawn_sql
from jobs.lake.as_of import current_sql
from jobs.lake.delta import Lake


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """What was taken back.

    Attributes:
        load: the row of ops.load of the delivery.
        record_id: the record; None where all of the delivery was.
        row_count: rows of silver that no night sees from now on.
    """

    load: dict[str, Any]
    record_id: str | None
    row_count: int


def find_delivery(loads: Sequence[dict[str, Any]], name: str) -> tuple[dict[str, Any], str | None]:
    """The delivery that a person names, and the record of it, where one is named.

    Args:
        loads: of each delivery its last row of ops.load.
        name: a file as it lay in the landing folder, with its folder or without; the id of a delivery; or the id of a
            record, as it stands in silver and in ops.quarantine.

    Raises:
        LookupError: nothing is called so, or several deliveries are.
    """
    delivery, _, row = name.partition(":")
    if row:
        fitting, record = [load for load in loads if load["delivery_id"] == delivery], name
    else:
        record = None
        fitting = [
            load
            for load in loads
            if name in (load["delivery_id"], load["source_file"], load["source_file"].rpartition("/")[2])
        ]
    if not fitting:
        raise LookupError(both("withdraw.none", name=name))
    if len(fitting) > 1:
        listed = ", ".join(f"{load['delivery_id']} ({load['source']}, {load['arrived_on']})" for load in fitting)
        raise LookupError(both("withdraw.several", name=name, deliveries=listed))
    return fitting[0], record


def withdraw(lake: Lake, name: str, reason: str) -> Withdrawn:
    """Take a delivery or a record back.

    Raises:
        LookupError: nothing that counts is called so.
    """
    load, record = find_delivery(last_loads(lake), name)
    source, now = load["source"], datetime.now(UTC)
    contract = contracts.table(contracts.landing(source).feeds)
    delivery = f"split_part(record_id, ':', 1) = {literal(load['delivery_id'])}"
    of_record = f"record_id = {literal(record)}" if record else delivery
    with connection() as engine:
        lake.show(engine, "everything", contract.name)
        engine.execute(f"create view current_rows as {current_sql(contract, 'everything')}")
        out = f"source = {literal(source)} and {of_record}"
        (counted,) = rows_of(engine, f"select count(*) as n from current_rows where {out}")
        if not counted["n"] and record:
            raise LookupError(both("withdraw.nothing", name=name))
        engine.execute(f"create view stored as select * from everything where not ({out})")
        counts = is_let_in(lake)
        left = [
            row for row in last_loads(lake) if counts(row) and (record or row["delivery_id"] != load["delivery_id"])
        ]
        nothing_new(lake, engine, contract, source)
        date_rows(engine, contract, {source: first_days(left, {}).get(source)}, [source])
        # Who and why come first: a kill between the two leaves a note, and the same command makes it good.
        about = {"source": source, "delivery_id": load["delivery_id"], "source_file": load["source_file"]}
        note = {**about, "record_id": record, "reason": reason, "actor": getpass.getuser(), "row_count": counted["n"]}
        lake.append_rows("ops.withdrawal", [{**note, "recorded_at": now}])
        rows = f"({withdrawn_sql(contract, 'current_rows', out)}) union all ({replaced_sql(contract)})"
        lake.append_rows(contract.name, reader_of(engine, rows, contract, {"now": now}))
    keep_coverage(lake)
    return Withdrawn(load=load, record_id=record, row_count=counted["n"])


def nothing_new(lake: Lake, engine: Any, contract: Table, source: str) -> None:
    """Make `sound` without a row: rows that are stored are dated anew, and none is added."""
    lake.show(engine, "records", f"bronze.{source}")
    engine.execute(f"create table typed as select * from ({typed_sql(source, 'records')}) limit 0")
    split_sound(engine, contract)
