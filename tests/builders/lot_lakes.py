"""Silver of a generated world of declarations, written without ingestion: in a second what the night would take in.

The lines come as filed on their day, and again on the day an inspection of them ended. Where a landing file would be
refused a row, this is not asked: the world's rows are sound but for the slips in their figures.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from deltalake import write_deltalake

from jobs import contracts
from jobs.contracts.arrow import arrow_schema
from jobs.lake.delta import Lake
from jobs.sample.low_price.world import DeclarationWorld

SEOUL = "timezone('UTC', timezone('Asia/Seoul', ({day})::timestamp))"  # midnight of a day, as the lake keeps it
LINES = f"""
    with stated as (
        select *, (declared_at[:10])::date as day, (declared_at[:10])::date as known_on from filed
        union all by name
        select s.*, (s.declared_at[:10])::date as day, (i.inspected_at[:10])::date as known_on
        from settled s join ended i using (declaration_id, line_no)
    )
    select * replace (
        declared_at::timestamptz as declared_at, try_cast(nullif(accepted_at, '') as timestamptz) as accepted_at,
        case when container_numbers <> '' then string_split(container_numbers, ';') end as container_numbers
        ),
        day as period_start, date_trunc('month', day)::date as period_month, 'import_declaration' as source,
        {SEOUL.format(day="known_on")} as known_at, net_mass_kg > 0 and customs_value_usd > 0 as is_judgeable,
        []::varchar[] as quality_flags, 'r:' || declaration_id || ':' || line_no as record_id
    from stated
"""
INSPECTED = f"""
    select * replace (inspected_at::timestamptz as inspected_at),
        (inspected_at[:10])::date as period_start, date_trunc('month', (inspected_at[:10])::date)::date as period_month,
        {SEOUL.format(day="(inspected_at[:10])::date")} as known_at, 'inspection_result' as source,
        []::varchar[] as quality_flags, 'i:' || declaration_id as record_id
    from inspected
"""
QUOTED = f"""
    select * replace (case when origin_country = '' then 'ALL' else origin_country end as origin_country),
        price / case unit when 'USD/t' then 1000 else 1 end / case currency when 'USD' then 1
            else {{won}} end as price_usd_per_kg,
        {SEOUL.format(day="published_on")} as known_at, 'price_reference' as source, []::varchar[] as quality_flags,
        'q:' || row_number() over () as record_id
    from quoted
"""
TAXED = f"""
    select * replace (
        is_vat_exempt = 'Y' as is_vat_exempt, valid_from::date as valid_from,
        try_cast(nullif(valid_to, '') as date) as valid_to
        ), valid_from::date as period_start, {SEOUL.format(day="date '2020-01-01'")} as known_at,
        'tariff_rate' as source,
        []::varchar[] as quality_flags, 't:' || row_number() over () as record_id
    from taxed
"""
RELATED = f"""
    select * replace (valid_from::date as valid_from, try_cast(nullif(valid_to, '') as date) as valid_to),
        valid_from::date as period_start, {SEOUL.format(day="valid_from::date")} as known_at, 'firm_relation' as source,
        []::varchar[] as quality_flags, 'f:' || row_number() over () as record_id
    from related
"""


def write_lots(lake: Lake, world: DeclarationWorld, inspected: pa.Table | None = None) -> None:
    """The silver tables that the low-price night reads, holding the whole world with its vintages.

    Args:
        lake: the lake.
        world: the world.
        inspected: results of inspections, as landing has them; the world's own when not given. The lines are settled by
            the world's own in any case.
    """
    ended = world.inspection_results()
    filed, settled = world.declarations(is_filed=True), world.declarations()
    won = float((settled["customs_value_krw"].to_pandas() / settled["customs_value_usd"].to_pandas()).median())
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        delivered = {
            "filed": filed,
            "settled": settled,
            "ended": ended,
            "inspected": ended if inspected is None else inspected,
            "quoted": world.price_reference,
            "taxed": world.tariff_rate,
            "related": world.firm_relation,
        }
        for name, rows in delivered.items():
            connection.register(name, rows)
        for name, sql in (
            ("silver.import_declaration", LINES),
            ("silver.inspection_result", INSPECTED),
            ("silver.tariff_rate", TAXED),
            ("silver.price_reference", QUOTED.format(won=won)),
            ("silver.firm_relation", RELATED),
        ):
            write(lake, name, connection.sql(sql).to_arrow_table())


def write(lake: Lake, name: str, rows: pa.Table) -> None:
    """The rows in the contract's columns and types."""
    contract = contracts.table(name)
    fields = arrow_schema(contract)
    table = pa.table([rows[each.name].cast(each.type, safe=False) for each in fields], schema=fields)
    write_deltalake(lake.path(name), table, mode="overwrite", partition_by=contract.partition or None)
