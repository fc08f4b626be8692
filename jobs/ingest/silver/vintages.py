"""When each row became known, and which rows of one delivery contradict each other.

A row is dated by its delivery's day. One that was published before its source's first delivery is loaded history and is
dated by the day of publication, whichever delivery brings it: the day that it states itself, else, for the first value
of a key, the day of the publication rule. What comes late once a source has begun is known when it came. So the date
follows from the set of deliveries and not from the order in which they are taken: a row that an older delivery
overtakes is recorded again under its new date, and the row recorded last counts.

All is SQL over relations of one DuckDB connection: `typed` (rows of the load, see `statement.typed_sql`), `stored`
(rows of the silver table) and `first_days` (by `source` the `first_day` on which anything was delivered).
"""

from __future__ import annotations

from jobs.contracts.model import Publication, Table
from jobs.ingest.silver.rules.columns import literal, literals, midnight, q
from jobs.ingest.silver.rules.statement import bits, codes_of
from jobs.lake.as_of import is_stated, recorded_sql

ASSUMED = "known_at_assumed"


def own_key(contract: Table) -> list[str]:
    """The business key without the source."""
    return [name for name in contract.key if name != "source"]


def listed(names: list[str], prefix: str = "") -> str:
    """Names of columns as SQL lists them."""
    return ", ".join(f"{prefix}{q(name)}" for name in names)


def stated_day(contract: Table) -> str:
    """The day on which a row says that its value was published; null where it says none."""
    return "published_on" if "published_on" in contract.column_names else "null::date"


def rule_day(rule: Publication) -> str:
    """The day on which the publication rule lets a period's figures appear."""
    if rule.unit == "day":
        return f"cast(period_start + interval {rule.lag} day as date)"
    return f"cast(period_start + interval {rule.lag} month + interval {(rule.day or 1) - 1} day as date)"


def repeated_sql(contract: Table) -> str:
    """Rows of `typed` that repeat a key and a published day within a delivery: `_place` (rowid) and `_code`.

    All of them where what they state differs (duplicate_key), all but the first where it does not (duplicate_row).
    """
    same = f"{listed(own_key(contract))}, _source, _delivery_id, {stated_day(contract)}"
    made = {*contract.key, "known_at", "quality_flags"}
    values = [c.name for c in contract.columns if c.name not in made and not c.is_lineage]
    states = f"{{{', '.join(f'{name}: {q(name)}' for name in values)}}}"
    return f"""
        with keyed as (select rowid as _place, hash({same}) as _hash from typed),
        again as (select _hash from keyed group by _hash having count(*) > 1),  -- of nearly all keys there is one row
        placed as (select _place, typed.* from typed join keyed on typed.rowid = _place semi join again using (_hash)),
        grouped as (
            select min(_place) as _first, list(_place) as _places, count(distinct {states}) > 1 as _differs
            from placed group by {same} having count(*) > 1),
        each as (select _first, _differs, unnest(_places) as _place from grouped)
        select _place, case when _differs then 'duplicate_key' else 'duplicate_row' end as _code
        from each where _differs or _place <> _first"""


def earlier_sql(contract: Table, redated: list[str]) -> str:
    """Rows of `stored` that count and share a key with sound rows of the load, or are of sources to be dated anew.

    Without what they state: of a large table only the columns are read by which rows are dated.
    """
    own = listed(own_key(contract))
    asked = f"select distinct _source as source, {own} from sound"
    of_source = f"source in ({literals(redated)}) or " if redated else ""
    dated_by = ["period_start", "published_on"]
    columns = [
        *contract.key,
        *[name for name in dated_by if name in contract.column_names and name not in contract.key],
    ]
    lineage = ["known_at", "record_id", "arrived_on", "ingested_at", "recorded_at", "is_withdrawn"]
    touched = f"""select {listed([*columns, *lineage])} from stored
        where {is_stated(contract)} and ({of_source}
            ({listed(contract.key)}) in (select ({listed(contract.key)}) from ({asked})))"""
    return recorded_sql(contract, f"({touched})")


def dated_sql(contract: Table, rules: dict[str, Publication]) -> str:
    """Rows of `sound` and `earlier` with `_known_at` and `_is_assumed` as all deliveries together date them.

    The first value of a key is that of its earliest delivery; of several deliveries of that day all are, so that a
    correction of the day corrects the history as well. Rows of the load are those without a date (`known_at`).
    """
    key, columns = listed(contract.key), listed(own_key(contract))
    stated, beside = stated_day(contract), ", period_start" if "period_start" not in contract.key else ""
    stated_as = f"{stated} as _stated"
    new = f"""select _source as source, {columns}{beside}, _record_id as record_id, _arrived_on as arrived_on,
        _ingested_at as ingested_at, {stated_as}, null::timestamptz as known_at from sound"""
    old = f"""select {key}{beside}, record_id, arrived_on, ingested_at, {stated_as}, known_at from earlier"""
    by_rule = " ".join(f"when {literal(source)} then {rule_day(rule)}" for source, rule in rules.items())
    return f"""
        with every as ({new} union all {old}),
        firsts as (select {key}, min(arrived_on) as _first from every group by {key} having count(*) > 1),
        ruled as (
            select every.*, first_day, _stated is null as _is_ruled,
                   coalesce(_stated, case when coalesce(arrived_on = _first, true)
                                     then case source {by_rule} end end) as _published
            from every left join firsts using ({key}) join first_days using (source))
        select {key}, record_id, known_at,
               coalesce(_published < first_day and _published < arrived_on, false) as _is_early,
               _is_early and _is_ruled as _is_assumed,
               {midnight("case when _is_early then _published else arrived_on end")} as _known_at
        from ruled"""


def replaced_sql(contract: Table) -> str:
    """Rows of `earlier` that `dated` now dates otherwise, as they are recorded again at `$now`."""
    flags = f"list_filter(s.quality_flags, lambda code: code <> '{ASSUMED}')"
    made = {
        "known_at": "d._known_at",
        "recorded_at": "$now",
        "quality_flags": f"list_sort(case when d._is_assumed then list_append({flags}, '{ASSUMED}') else {flags} end)",
    }
    columns = ", ".join(f"{made.get(name, 's.' + q(name))} as {q(name)}" for name in contract.column_names)
    row = [*contract.key, "record_id"]
    moved = "select * from dated where known_at <> _known_at"
    return f"""select {columns} from stored s join ({moved}) d using ({listed(row)})
        join earlier e using ({listed(row)}, recorded_at)"""


def new_rows_sql(contract: Table) -> str:
    """Rows of `sound` as silver stores them, dated by `dated` and recorded at `$now`."""
    assumed = f"case when d._is_assumed then {bits(contract, [ASSUMED])}::ubigint else 0::ubigint end"
    made = {
        "source": "_source",
        "known_at": "d._known_at",
        "quality_flags": codes_of(contract, f"(_mask | {assumed})"),
        "record_id": "_record_id",
        "arrived_on": "_arrived_on",
        "ingested_at": "_ingested_at",
        "recorded_at": "$now",
        "is_withdrawn": "false",
    }
    columns = ", ".join(f"{made.get(name, 's.' + q(name))} as {q(name)}" for name in contract.column_names)
    same = " and ".join(f"s.{q(name)} = d.{q(name)}" for name in own_key(contract))
    return f"""select {columns} from sound s join dated d
        on d.source = _source and d.record_id = _record_id and {same} and d.known_at is null"""


def withdrawn_sql(contract: Table, rows: str, where: str = "true") -> str:
    """Rows of a relation as they are recorded at `$now` when they are taken back."""
    made = {"is_withdrawn": "true", "recorded_at": "$now"}
    columns = ", ".join(f"{made.get(name, q(name))} as {q(name)}" for name in contract.column_names)
    return f"select {columns} from {rows} where {where}"


def changed_sql(contract: Table, stated: str) -> str:
    """Rows of a query that `before`, what was stated until now, does not have as they are; recorded at `$now`."""
    names = listed([name for name in contract.column_names if name not in ("recorded_at", "is_withdrawn")])
    changed = f"select {names} from ({stated}) except select {names} from before"
    return f"select *, $now as recorded_at, false as is_withdrawn from ({changed})"


def lost_sql(contract: Table, stated: str) -> str:
    """Rows of `before` that a query states no longer, as they are taken back."""
    row = listed([*contract.key, "record_id"])
    return withdrawn_sql(contract, f"(select * from before anti join (select {row} from ({stated})) using ({row}))")
