"""silver.trade_scope: what each delivery of trade statistics covers, so that a month without a row can be read.

Statistics say "no trade" by giving no row. Inside what a delivery covers no row is zero; outside it nothing is known:
the cell was not asked, is not yet published, or its record could not be read. A delivery covers what the scope file
beside it states; of a source whose contract calls it a full table all that its source names; else what the deliveries
up to its day let infer. All follows from the set of deliveries and not from the order in which they were taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.contracts.model import Inference, Landing, Publication
from jobs.contracts.scope_file import FullTable, ScopeFile, parse_scope
from jobs.settings import settings

SCOPE = "silver.trade_scope"
STATED, FULL_TABLE, INFERRED = "stated", "full_table", "inferred"
FED = ("silver.trade_month", "silver.partner_trade_month")  # tables whose deliveries have a scope
DATED = ("delivery_id", "period_start", "known_at", "arrived_on", "ingested_at")
ASKED = ("delivery_id", "period_start", "flows", "hs_codes", "partner_countries", "scope_basis")
RECORDS = "delivery_id, hs_code, partner_country, period_start, flow, is_sound"
DELIVERIES = "delivery_id, arrived_on, ingested_at, stated_scope"

# What records name; what is set aside names cells that are unknown.
NAMED = """
create view named as
select record.delivery_id, arrived_on, hs_code, partner_country, period_start, flow
from record join delivery using (delivery_id) where is_sound;
create view unread as
select delivery_id, period_start, coalesce(hs_code, '*') || '|' || coalesce(partner_country, '*') as cell
from record where not is_sound;
create table span as select distinct delivery_id, arrived_on, period_start from named;
"""

# Of codes, and likewise of partners: those named up to a day, those usual in a month, the deliveries that are whole.
NAMES = """
create table {of}_by_delivery as
select delivery_id, list(distinct {of} order by {of}) as names from named group by all;
create table {of}_by_day as
with first as (select {of} as name, min(arrived_on) as since from named group by all)
select arrived_on, list(name order by name) as names
from (select distinct arrived_on from delivery) days join first on since <= arrived_on group by all;
create table {of}_usual as
with seen as (select {of} as name, period_start, min(arrived_on) as since from named group by all)
select name, cast(period_start + interval 1 month as date) as period_start, max(since) over year as since
from seen
window year as (partition by name order by period_start
    range between interval {months_before} months preceding and current row)
qualify count(*) over year = {usual_months};
create table {of}_whole as
select span.delivery_id, span.period_start
from span join {of}_usual usual on usual.period_start = span.period_start and usual.since <= span.arrived_on
left join (select distinct delivery_id, {of} as name from named) own
    on own.delivery_id = span.delivery_id and own.name = usual.name
group by all
having count(own.name) >= {share_least} * count(*)
    or (count(*) >= {one_missing_of} and count(own.name) >= count(*) - 1);
"""

INFERRED_ROWS = """
select span.delivery_id, span.period_start, flows, if(is_full, '{full}', '{inferred}') as scope_basis,
    if(is_full or code_whole.delivery_id is not null, code_day.names, code_own.names) as hs_codes,
    if(is_full or partner_whole.delivery_id is not null, partner_day.names, partner_own.names) as partner_countries
from span
join (select delivery_id, list(distinct flow order by flow) as flows from named group by all) using (delivery_id)
join hs_code_by_day code_day using (arrived_on)
join partner_country_by_day partner_day using (arrived_on)
join hs_code_by_delivery code_own using (delivery_id)
join partner_country_by_delivery partner_own using (delivery_id)
left join hs_code_whole code_whole using (delivery_id, period_start)
left join partner_country_whole partner_whole using (delivery_id, period_start)
join extent using (delivery_id)
where not is_asked
"""

# By delivery, the newest month that its source names by its day, where many codes were due in the month after.
SILENT = """
select delivery_id, newest from (
    select delivery_id, arrived_on, max(period_start) as newest
    from delivery join (select distinct arrived_on as since, period_start from named) on since <= arrived_on
    group by all) known
join hs_code_usual usual
    on usual.period_start = cast(newest + interval 1 month as date) and usual.since <= known.arrived_on
group by all having count(*) >= {one_missing_of}
"""

RESULT = """
with cells as (
    select span.delivery_id, span.period_start, list(distinct cell order by cell) as unread_cells
    from dated span join unread
        on unread.delivery_id = span.delivery_id
        and coalesce(unread.period_start, span.period_start) = span.period_start
    group by all)
select * replace (coalesce(unread_cells, []) as unread_cells), $source as source, delivery_id || ':0' as record_id,
       null::timestamptz as recorded_at, false as is_withdrawn
from (from inferred union all by name from asked)
join dated using (delivery_id, period_start) left join cells using (delivery_id, period_start)
order by period_start, ingested_at, delivery_id
"""


def published_on(month: date, rule: Publication) -> date:
    """The day on which the publication rule lets a month's figures appear.

    >>> published_on(date(2023, 12, 1), Publication(unit="month", lag=1, day=15)).isoformat()
    '2024-01-15'
    """
    if rule.unit == "day":
        return date.fromordinal(month.toordinal() + rule.lag)
    place = month.year * 12 + month.month - 1 + rule.lag
    return date.fromordinal(date(place // 12, place % 12 + 1, 1).toordinal() + (rule.day or 1) - 1)


def known_since(month: date, arrived_on: date, begun_on: date, rule: Publication) -> datetime:
    """The instant from which a delivery's word on a month was known: the month's publication, where that lies before
    the first delivery of the source; else the delivery's day.
    """
    published = published_on(month, rule)
    day = published if published < min(begun_on, arrived_on) else arrived_on
    return datetime.combine(day, time(), ZoneInfo(settings().timezone)).astimezone(ZoneInfo("UTC"))


def asked_rows(
    deliveries: Sequence[dict[str, Any]], silent_after: Mapping[str, date], rule: Publication
) -> Iterator[dict[str, Any]]:
    """What scope files state, in the months that were published when the answer was given.

    Args:
        deliveries: rows of the relation of deliveries.
        silent_after: by delivery, a month after which its source names nothing at all although many codes were due:
            that all stop at once is no news of trade, the publisher is late.
        rule: when a month is published.
    """
    for delivery in deliveries:
        asked = parse_scope(delivery["stated_scope"])
        if not isinstance(asked, ScopeFile):
            continue
        partners = None if asked.partner_countries is None else sorted(set(asked.partner_countries))
        last = silent_after.get(delivery["delivery_id"], date.max)
        for month in asked.months():
            if month <= last and published_on(month, rule) <= delivery["arrived_on"]:
                yield {
                    "delivery_id": delivery["delivery_id"],
                    "period_start": month,
                    "flows": sorted(set(asked.flows)),
                    "hs_codes": sorted(set(asked.hs_codes)),
                    "partner_countries": partners,
                    "scope_basis": STATED,
                }


def dated_rows(
    spans: Iterable[tuple[str, date]], deliveries: Sequence[dict[str, Any]], rule: Publication
) -> Iterator[dict[str, Any]]:
    """When what a delivery says of a month was known, by delivery and month."""
    begun_on = min((each["arrived_on"] for each in deliveries), default=date.max)
    by_id = {each["delivery_id"]: each for each in deliveries}
    for delivery_id, month in sorted(set(spans)):
        delivery = by_id[delivery_id]
        known_at = known_since(month, delivery["arrived_on"], begun_on, rule)
        row = (delivery_id, month, known_at, delivery["arrived_on"], delivery["ingested_at"])
        yield dict(zip(DATED, row, strict=True))


def extents(delivered: Landing, deliveries: Sequence[dict[str, Any]]) -> pa.Table:
    """Of each delivery whether its scope file says what was asked, and whether it states all there is."""
    stated = {each["delivery_id"]: parse_scope(each["stated_scope"]) for each in deliveries}
    return pa.table(
        {
            "delivery_id": pa.array(stated, pa.string()),
            "is_asked": pa.array([isinstance(scope, ScopeFile) for scope in stated.values()], pa.bool_()),
            "is_full": pa.array(
                [delivered.scope is not None or isinstance(scope, FullTable) for scope in stated.values()], pa.bool_()
            ),
        }
    )


def inference() -> Inference:
    """The rule that the contract of silver.trade_scope states.

    Raises:
        ContractError: it states none.
    """
    rule = contracts.table(SCOPE).inference
    if rule is None:
        raise contracts.ContractError(f"{SCOPE} states no inference")
    return rule


def derive_scopes(connection: duckdb.DuckDBPyConnection, delivered: Landing, *, rows: str, deliveries: str) -> pa.Table:
    """Rows of silver.trade_scope of all deliveries of one source.

    Args:
        connection: where the relations are; nothing is made in it.
        delivered: contract of the source.
        rows: name of a relation of what its deliveries state, rows of zero included: delivery_id, hs_code,
            partner_country, period_start, flow, is_sound (false: the record was set aside; what can not be read of it
            is null).
        deliveries: name of a relation of its deliveries, those without a row included: delivery_id, arrived_on,
            ingested_at, stated_scope (text of the scope file, null where there is none).
    """
    known = connection.sql(f"select {DELIVERIES} from {deliveries}").to_arrow_table()
    named = connection.sql(f"select distinct {RECORDS} from {rows}").to_arrow_table()
    rule, listed = inference(), known.to_pylist()
    with duckdb.connect() as own:
        own.register("delivery", known)
        own.register("record", named)
        own.execute(NAMED)
        for of in ("hs_code", "partner_country"):
            own.execute(NAMES.format(of=of, months_before=rule.usual_months - 1, **dict(rule)))
        silent_after = dict(own.execute(SILENT.format(one_missing_of=rule.one_missing_of)).fetchall())
        asked = list(asked_rows(listed, silent_after, delivered.publication))
        own.register("extent", extents(delivered, listed))
        own.execute("create view inferred as " + INFERRED_ROWS.format(full=FULL_TABLE, inferred=INFERRED))
        spans = own.execute("select delivery_id, period_start from inferred").fetchall()
        spans += [(row["delivery_id"], row["period_start"]) for row in asked]
        own.register("dated", rows_of(dated_rows(spans, listed, delivered.publication), DATED))
        own.register("asked", rows_of(asked, ASKED))
        schema = arrow_schema(contracts.table(SCOPE))
        answer = own.sql(RESULT, params={"source": delivered.source}).to_arrow_table()
        return answer.select(schema.names).cast(schema)


def rows_of(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> pa.Table:
    """Rows as a table of the columns of silver.trade_scope that are named."""
    schema = arrow_schema(contracts.table(SCOPE))
    return pa.Table.from_pylist(list(rows), schema=pa.schema([schema.field(name) for name in names]))
