"""The facts of a night as one row an item: everything its detectors need, ready to be assessed anywhere.

The night and the back-test read silver by this one query.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from jobs.domains.supply_chain.facts.coverage import SCOPE, covered_sql
from jobs.domains.supply_chain.facts.revisions import RENAMED, REVISION
from jobs.lake.as_of import Stored, ask_known

TRADE = "silver.trade_month"
ITEMS = """
    with recursive {renamed},
    own as (  -- an origin that never brought anything is no series, whatever zeros a source states of it
        select * from cells where partner <> 'ALL'
        qualify max(greatest(value, coalesce(mass, 0))) over (partition by source, hs_code, flow, partner) > 0),
    {covered},
    newest as (
        select source, max(month) as last_period
        from (select source, month from cells union all select source, period_start from scope) group by source),
    fresh as (select * from newest where {is_fresh}),
    asked as (select distinct source, hs_code from own join fresh using (source)),
    stated as (
        select own.* from own join fresh using (source)
        union all
        select asked.source, total.* exclude (source)
        from cells total join asked using (hs_code)
        where total.partner = 'ALL'),
    bounds as (
        select runs.* from runs where partner <> 'ALL'
        union
        select asked.source, runs.* exclude (source) from runs join asked using (hs_code) where partner = 'ALL'),
    covers as (
        select source, hs_code, list({{'flow': flow, 'partner': partner, 'first': first, 'last': last}}
            order by flow, partner, first, last) as covered
        from bounds group by all)
    select source, hs_code, last_period, cells,
        if(source in (select source from scope), coalesce(covered, []), null) as covered
    from (
        select source, hs_code, last_period,
            list({{'flow': flow, 'partner': partner, 'month': month, 'mass': mass, 'value': value,
                'record_id': record_id}} order by flow, partner, month, mass, value, record_id) as cells
        from stated join fresh using (source) group by all) listed
    left join covers using (source, hs_code)
    order by source, hs_code
"""


def gather_items(
    stored: Stored, night: date | None, freshness_days: Mapping[str, int] | None = None, where: str = "true"
) -> pa.Table:
    """One row an item of a source: all its months as known on the night.

    Columns: source, hs_code, `last_period` (newest month of the whole source), `cells`, an array of
    struct(flow, partner, month, mass, value, record_id), sorted, and `covered`, an array of struct(flow, partner,
    first, last): the months in which deliveries cover a partner that ever had a row; null where nothing is known of
    what the source's deliveries cover. National totals (partner ALL) of a
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
    known = {"trade": TRADE, "scope": SCOPE, "revision": REVISION}
    question = ITEMS.format(is_fresh=is_fresh, renamed=RENAMED.strip(), covered=covered_sql())
    return ask_known(stored, question, night, known, where=where)
