"""What a delivery is asked against those of its source before it, in the order of their days and not of their taking.

One that is stopped is set aside whole, and nothing after it is compared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from duckdb import DuckDBPyConnection

from jobs.contracts.model import KeysMissing, Table
from jobs.ingest.bronze.content import Problem
from jobs.ingest.silver.rules.columns import literal, literals
from jobs.ingest.silver.shifts import find_shift
from jobs.lake.as_of import current_sql

Delivery = TypeVar("Delivery", bound=Hashable)


def find_problem(
    connection: DuckDBPyConnection, table: Table, *, new: str, before: str, known: str, is_full_table: bool
) -> Problem | None:
    """Why a delivery can not be what its source says after what it said before; None where nothing speaks against it.

    Args:
        connection: where the relations are.
        table: the silver table that the source feeds.
        new: relation of the typed and sound rows of the delivery.
        before: those of the sound full table of the same source before it.
        known: the latest row of each key in all sound deliveries before it; `before` itself where each states all.
        is_full_table: the delivery states all there is, and one before it did.
    """
    checks = table.checks
    if checks.keys_missing and is_full_table:
        missing = find_missing_keys(connection, table, checks.keys_missing, new, before)
        if missing:
            return missing
    if checks.comparison is None:
        return None
    return find_shift(connection, table, checks.comparison, new=new, known=known)


def find_missing_keys(
    connection: DuckDBPyConnection, table: Table, asked: KeysMissing, new: str, before: str
) -> Problem | None:
    """More keys of the delivery before are missing than are ever withdrawn at once: an upload that broke off."""
    key = ", ".join(table.key)
    ((of, missing),) = connection.sql(
        f"select (select count(*) from (select distinct {key} from {before})), "
        f"(select count(*) from (select {key} from {before} except select {key} from {new}))"
    ).fetchall()
    if of < asked.keys or missing < asked.least or missing <= asked.share * of:
        return None
    return Problem("keys_missing", {"n": str(missing), "of": str(of), "limit": f"{asked.share:.0%}"})


def find_problems(
    connection: DuckDBPyConnection, table: Table, source: str, is_full: Callable[[str], bool]
) -> dict[str, Problem]:
    """By id the deliveries of a load that are stopped, each compared with the sound ones of its source before it.

    Args:
        connection: has `sound` (rows of the load) and `stored` (rows of the table).
        table: the silver table.
        source: the source.
        is_full: whether a delivery of the source, by id, states all there is.
    """
    new = {
        each
        for (each,) in connection.sql(f"select distinct _delivery_id from sound where _source = '{source}'").fetchall()
    }
    if table.checks.comparison is None and not (table.checks.keys_missing and any(map(is_full, new))):
        return {}
    figures = [c.name for c in table.columns if c.type.startswith(("decimal", "double", "int", "bigint"))]
    names = ", ".join(dict.fromkeys([*(name for name in table.key if name != "source"), "period_start", *figures]))
    connection.execute(f"""create or replace temp table every as
        select source, {names}, split_part(record_id, ':', 1) as _of, arrived_on as _on, ingested_at as _at
        from ({current_sql(table, "stored")}) where source = '{source}'
        union all select _source, {names}, _delivery_id, _arrived_on, _ingested_at
        from sound where _source = '{source}'""")
    order = connection.sql("select _of, min(_on), min(_at) from every group by _of order by 2, 3").fetchall()
    place = {of: f"(date '{on}', timestamptz '{at.isoformat()}')" for of, on, at in order}

    def compare(delivery: str, sound: Sequence[str]) -> Problem | None:
        if delivery not in new:  # it was let in
            return None
        before = [each for each in sound if is_full(each)]
        known = f"select * from every where _of in ({literals(sound)}) and (_on, _at) < {place[delivery]}"
        newest = f"row_number() over (partition by {', '.join(table.key)} order by _on desc, _at desc) = 1"
        relations = {
            "new_rows": f"select * from every where _of = {literal(delivery)}",
            "known_rows": f"{known} qualify {newest}",
            "rows_before": f"select * from every where _of in ({literals(before[-1:])})",
        }
        for name, rows in relations.items():
            connection.execute(f"create or replace temp view {name} as {rows}")
        asked = {"new": "new_rows", "known": "known_rows", "before": "rows_before"}
        return find_problem(connection, table, **asked, is_full_table=bool(before) and is_full(delivery))

    return problems_in_order([of for of, *_ in order], compare)


def problems_in_order(
    deliveries: Iterable[Delivery], compare: Callable[[Delivery, Sequence[Delivery]], Problem | None]
) -> dict[Delivery, Problem]:
    """The deliveries of a source that are stopped, each compared with the sound ones before it.

    Args:
        deliveries: all of the source, by the day that they state, then by their taking.
        compare: what is wrong with a delivery after those before it.
    """
    sound: list[Delivery] = []
    stopped: dict[Delivery, Problem] = {}
    for delivery in deliveries:
        problem = compare(delivery, sound) if sound else None
        if problem:
            stopped[delivery] = problem
        else:
            sound.append(delivery)
    return stopped
