"""A generated world as the tables of silver that a night reads, with everything in them as it became known.

Only columns are brought: what becomes of them is the night's own doing. Lines come as filed on their day, and again on
the day an inspection of them ended.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from jobs.domains.low_price.facts.declared import DECLARED, INSPECTED
from jobs.domains.low_price.facts.declared_file import as_silver, silver_lines
from jobs.ingest.silver.rules.exchange import weekly_rates
from jobs.sample.low_price import DeclarationWorld
from jobs.settings import settings

KNOWN = "timezone('{zone}', cast({day} as timestamp)) as known_at"  # midnight of a day
INSPECTIONS = """
    select * replace (cast(inspected_at as timestamptz) as inspected_at, cast(line_no as int) as line_no),
        cast(inspected_at[:10] as date) as period_start, date_trunc('month', period_start) as period_month,
        'inspection_result' as source, 'i:' || declaration_id || ':' || line_no as record_id, {known}
    from landed
"""
QUOTATIONS = """
    select landed.* replace (case when origin_country = '' then 'ALL' else origin_country end as origin_country),
        cast(price as double) * own._rate / dollar._rate
            / case split_part(unit, '/', 2) when 't' then 1000.0 else 1.0 end as price_usd_per_kg,
        'price_reference' as source, 'q:' || row_number() over () as record_id, {known}
    from landed
    left join rates own on own._currency = currency and own._week = cast(date_trunc('week', period_start) as date)
    left join rates dollar on dollar._currency = 'USD' and dollar._week = own._week
"""
TARIFF = """
    select * replace (is_vat_exempt = 'Y' as is_vat_exempt, cast(valid_from as date) as valid_from,
            try_cast(nullif(cast(valid_to as varchar), '') as date) as valid_to),
        cast(valid_from as date) as period_start, 'tariff_rate' as source, 't:' || row_number() over () as record_id,
        {known}
    from landed
"""
RELATIONS = """
    select * replace (try_cast(nullif(cast(valid_to as varchar), '') as date) as valid_to),
        valid_from as period_start, 'firm_relation' as source, 'f:' || row_number() over () as record_id, {known}
    from landed
"""
Tables = dict[str, pa.Table]


def read_world(world: DeclarationWorld, inspected: pa.Table | None = None) -> Tables:
    """The tables of silver that the low-price night reads, by name.

    Args:
        world: the world.
        inspected: results of inspections, as landing has them; the world's own when not given. Its lines are settled by
            the world's own in any case.
    """
    first = f"date '1970-01-01' + {world.calendar.first}"
    results = world.inspection_results() if inspected is None else inspected
    landed = (
        (INSPECTED, INSPECTIONS, results, "inspected_at[:10]"),
        ("silver.price_reference", QUOTATIONS, world.price_reference, f"greatest(published_on, {first})"),
        ("silver.tariff_rate", TARIFF, world.tariff_rate, first),
        ("silver.firm_relation", RELATIONS, world.firm_relation, f"greatest(valid_from, {first})"),
    )
    lines = silver_lines(pa.concat_tables([lines_as_filed(world), lines_as_settled(world)]))
    return {DECLARED: lines} | {name: as_known(name, sql, table, day) for name, sql, table, day in landed}


def as_known(name: str, sql: str, landed: pa.Table, day: str) -> pa.Table:
    """Rows of a table of silver from those of landing; `day` says in SQL when each became known."""
    with duckdb.connect() as connection:
        connection.register("landed", landed)
        connection.register("rates", weekly_rates("KRW", "USD"))
        known = KNOWN.format(zone=settings().timezone, day=day)
        return as_silver(name, connection.sql(sql.format(known=known)).to_arrow_table())


def lines_as_filed(world: DeclarationWorld) -> pa.Table:
    """Every line as it was declared, as texts, with the day."""
    filed = world.declarations(is_filed=True)
    return with_day(as_texts(filed), filed["declared_at"])


def lines_as_settled(world: DeclarationWorld) -> pa.Table:
    """The lines that an inspection changed or let stand, with the day it ended on."""
    ended, lines = world.inspection_results(), world.declarations()
    keys = ["declaration_id", "line_no"]
    days = ended.select([*keys, "inspected_at"])
    joined = lines.join(days, keys=keys, join_type="inner").sort_by([(key, "ascending") for key in keys])
    return with_day(as_texts(joined.select(lines.column_names)), joined["inspected_at"])


def as_texts(lines: pa.Table) -> pa.Table:
    """The columns as a landing file writes them, an empty text where nothing is stated."""
    return pa.table({name: pc.fill_null(lines[name].cast(pa.string()), "") for name in lines.column_names})


def with_day(lines: pa.Table, times: pa.ChunkedArray) -> pa.Table:
    """The lines with `known_on`, the day of each time."""
    return lines.append_column("known_on", pc.utf8_slice_codeunits(times, 0, 10).cast(pa.date32()))
