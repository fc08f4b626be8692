"""The facts of a night as one row an item: everything its detectors need, ready to be assessed anywhere.

The night and the back-test read silver by this one query.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from jobs.lake.as_of import Stored, ask_known

TRADE = "silver.trade_month"
ITEMS = """
    with cells as (
        select source, hs_code, flow, partner_country as partner, period_start as month,
            cast(net_mass_kg as double) as mass, cast(value_usd as double) as value, record_id
        from trade),
    own as (  -- an origin that never brought anything is no series, whatever zeros a source states of it
        select * from cells where partner <> 'ALL'
        qualify max(greatest(value, coalesce(mass, 0))) over (partition by source, hs_code, flow, partner) > 0),
    newest as (select source, max(month) as last_period from cells group by source),
    fresh as (select * from newest where {is_fresh}),
    stated as (
        select own.* from own join fresh using (source)
        union all
        select asked.source, total.* exclude (source)
        from cells total join (select distinct source, hs_code from own join fresh using (source)) asked
            using (hs_code)
        where total.partner = 'ALL')
    select source, hs_code, last_period,
        list({{'flow': flow, 'partner': partner, 'month': month, 'mass': mass, 'value': value, 'record_id': record_id}}
            order by flow, partner, month, mass, value, record_id) as cells
    from stated join fresh using (source)
    group by all order by source, hs_code
"""


def gather_items(
    stored: Stored, night: date | None, freshness_days: Mapping[str, int] | None = None, where: str = "true"
) -> pa.Table:
    """One row an item of a source: all its months as known on the night.

    Columns: source, hs_code, `last_period` (newest month of the whole source) and `cells`, an array of
    struct(flow, partner, month, mass, value, record_id), sorted. National totals (partner ALL) of a
    source are cells of the same item in every source that states the item by country. A source whose newest
    month is older than its promise is left out: an alarm on it would be an alarm about the feed.

    Args:
        stored: the tables of silver.
        night: the night; None for everything known.
        freshness_days: by source, the age in days after which the contract calls it late; all are taken where none is
            given.
        where: a condition that rows must meet to be looked at.
    """
    is_fresh = "true"
    if freshness_days is not None and night is not None:
        promises = ", ".join(f"('{source}', {age})" for source, age in freshness_days.items())
        of_source = f"(select age from (values {promises}) promise(source, age) where promise.source = newest.source)"
        is_fresh = f"date '{night}' - last_day(last_period) <= {of_source}"
    return ask_known(stored, ITEMS.format(is_fresh=is_fresh), night, {"trade": TRADE}, where=where)
